import * as z from 'zod';
import { IterationId, Time, toIteration, toTime } from '../../domain/names.ts';
import type { Command } from '../shared/command.ts';
import { later } from '../shared/gates/gate-decision.ts';
import { askReason, needPerson, typeBack } from '../shared/terminal/prompts.ts';
import { wish } from '../shared/views/say.ts';
import { land, openDesk, Plan, written } from '../shared/opening/write.ts';
import { Why } from '../shared/terminal/why.ts';

const SECONDS = { h: 3600, d: 86_400 } as const;

/** `3d` or `12h` from now, a day (until its end), or a time. */
const Due = z.string().transform((text, context) => {
  const [, count = '', unit] = /^([1-9]\d{0,2})([hd])$/.exec(text) ?? [];
  if (unit === 'h' || unit === 'd') return { from: 'now', seconds: Number(count) * SECONDS[unit] } as const;
  const time = Time.safeParse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59Z` : text);
  if (time.success) return { from: 'calendar', time: time.data } as const;
  context.addIssue('must be such as 3d, 12h, 2026-03-09 or 2026-03-09T12:00:00Z');
  return z.NEVER;
});

/** Stands where nobody has been asked yet. */
const NOT_YET = 'to be said';

const Input = z.object({ iteration: IterationId, due: Due, reason: Why.optional() });

/** A manager's wish by when the gates ahead are decided. It waives nothing. */
export const expedite: Command<z.infer<typeof Input>> = {
  name: 'expedite',
  group: 'people',
  summary: 'say by when a review is wanted, as an ML manager; it waives nothing',
  description:
    'Goes before the days that the policy gives reviews. No gate opens by it, and none closes when the time has passed.\n' +
    'Needs a terminal; no option answers for you.',
  arguments: [{ name: '<iteration>', description: 'line@version' }],
  options: [
    { flags: '--due <when>', description: '3d, 12h, a day (until its end, UTC) or a time' },
    { flags: '--reason <text>', description: 'why; recorded and signed' },
  ],
  examples: [
    'modelsmith expedite claims-triage@1.4.0 --due 3d --reason "The old model misreads the new forms."',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { iteration: it, due, reason }, common) => {
    if (!common.dryRun) needPerson(context, 'expedite');
    const desk = await openDesk(context, common);
    const iteration = toIteration(it);
    const until = due.from === 'calendar' ? due.time : toTime(desk.now + due.seconds);
    // Before anybody is asked anything: whoever may not is told so at once.
    const tried = wish(desk, common, new Plan(desk), iteration, { due: until, text: reason ?? NOT_YET });
    if ('kind' in tried) return tried;
    let text = reason ?? NOT_YET;
    if (!common.dryRun) {
      text = reason ?? (await askReason(context, 'why is it wanted by then?'));
      context.terminal.say(`${it}: its open gates are wanted decided by ${until}. This waives nothing.`);
      await typeBack(context, `expedite ${it}`);
    }
    const at = common.dryRun ? desk : later(desk);
    const plan = new Plan(at);
    const made = wish(at, common, plan, iteration, { due: until, text });
    if ('kind' in made) return made;
    const report = await land(at, common, plan, `Expedite ${it}`);
    return written(report, [`${it} is wanted by ${until}`], { iteration: it, due: until, entry: made.id });
  },
};
