import * as z from 'zod';
import { isNonEmpty } from '../../base/nonempty.ts';
import { IterationId, toIteration } from '../../domain/names.ts';
import { reason } from '../../domain/reason.ts';
import { Text } from '../../domain/text.ts';
import { idsOfBundle } from '../../machine/entries-in.ts';
import { bundleOf } from '../../machine/world.ts';
import type { Command } from '../shared/command.ts';
import { entryStarting } from '../shared/opening/entry-starting.ts';
import { EntryStart } from '../shared/gates/gate-options.ts';
import { brief } from '../shared/terminal/layout.ts';
import { wordsOf } from '../shared/terminal/prompts.ts';
import { say } from '../shared/views/say.ts';
import { land, openDesk, Plan, written } from '../shared/opening/write.ts';

const Input = z.object({
  iteration: IterationId,
  about: z.array(EntryStart).default([]),
  message: Text.optional(),
});

/** Says something for everybody to read. It decides nothing. */
export const comment: Command<z.infer<typeof Input>> = {
  name: 'comment',
  group: 'people',
  summary: 'say something about an iteration, or about entries of it; it decides nothing',
  description:
    'Signed and kept like everything here, and no gate depends on it. Without --message you are asked at the\n' +
    'terminal; Enter alone opens your editor (VISUAL or EDITOR). Pipelines may comment too.',
  arguments: [{ name: '<iteration>', description: 'line@version' }],
  options: [
    { flags: '--about <entry>', description: 'entry it is about: the id that log shows', repeat: true },
    { flags: '--message <text>', description: 'the words' },
  ],
  examples: [
    'modelsmith comment claims-triage@1.4.0 --message "The card should name the dialects."',
    'modelsmith comment claims-triage@1.4.0 --about 3fa6c01b2d94 --message "Run again on the GPU pool?"',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { iteration: it, about, message }, common) => {
    const desk = await openDesk(context, common);
    const iteration = toIteration(it);
    const headline = `${it} cannot take this comment`;
    const bundle = bundleOf(desk.workspace.world.tree, iteration);
    if (bundle === null)
      return { kind: 'refused', headline, reasons: [reason('ITERATION_UNKNOWN', { iteration: it })] };
    const ids = idsOfBundle(bundle);
    const found = about.map((start) => ({ start, id: entryStarting(ids, start) }));
    const unknown = found.flatMap(({ start, id }) =>
      id === null ? [reason('ENTRY_UNKNOWN', { entry: start, iteration: it })] : [],
    );
    if (isNonEmpty(unknown)) return { kind: 'refused', headline, reasons: unknown };
    const text = await wordsOf(context, message, 'what do you have to say?', Text);
    const plan = new Plan(desk);
    const said = say(desk, common, plan, iteration, { about: found.flatMap(({ id }) => id ?? []), text });
    if ('kind' in said) return said;
    const report = await land(desk, common, plan, `Comment on ${it}`);
    return written(report, [`${common.dryRun ? 'would say' : 'said'} ${brief(said.id)} about ${it}`], {
      iteration: it,
      comment: said.id,
      about: said.reliedOn,
    });
  },
};
