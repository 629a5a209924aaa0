import * as z from 'zod';
import { LineName, toIterationId, Version } from '../../domain/names.ts';
import { AliasName, ALIASES } from '../../domain/states.ts';
import { heldAliases } from '../../machine/held-aliases.ts';
import { recordOf } from '../../machine/world.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import { aliasViews, pinSentences } from '../shared/views/alias-view.ts';
import type { Command } from '../shared/command.ts';
import { explain } from '../shared/explaining/explain.ts';
import { later } from '../shared/gates/gate-decision.ts';
import { heldSentence, heldView } from '../shared/views/held-view.ts';
import { knownLine } from '../shared/opening/known-line.ts';
import { askReason, needPerson, typeBack } from '../shared/terminal/prompts.ts';
import { styleOf } from '../shared/terminal/style.ts';
import { land, openDesk, written } from '../shared/opening/write.ts';
import { courseOf, planned, type Planned } from './plan.ts';
import { IN_THE_WORLD, rollbackScreen } from './screen.ts';
import { Why } from '../shared/terminal/why.ts';

/** Stands where nobody has been asked yet. */
const NOT_YET = 'to be said';

const Input = z.object({
  line: LineName,
  to: Version.optional(),
  alias: AliasName.optional(),
  reason: Why.optional(),
});

/** An alias goes where people want it, at once and by one signature in an emergency, and stays there. */
export const rollback: Command<z.infer<typeof Input>> = {
  name: 'rollback',
  group: 'people',
  summary: 'put an alias back to what it pointed to before, and keep it there',
  description:
    'Signed by an operator or a release owner. Without --to each alias goes back to what it pointed to before; serving and,\n' +
    'where it points to the same, production. It is pinned there: what is promoted or deprecated later does not move it,\n' +
    'until somebody unpins it. Going back further than that takes an operator and a release owner, one after the other.\n' +
    'With --to an alias also goes on, to what was promoted while it was pinned. Needs a terminal; no option answers for you.',
  arguments: [{ name: '<line>', description: 'the line of models' }],
  options: [
    { flags: '--to <version>', description: 'the version to go to (default: what it pointed to before)' },
    { flags: '--alias <alias>', description: `${ALIASES.join(' or ')} alone` },
    { flags: '--reason <text>', description: 'why; recorded and signed' },
  ],
  examples: [
    'modelsmith rollback claims-triage',
    'modelsmith rollback claims-triage --to 1.3.0 --reason "1.4.0 misreads the new forms"',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { line, to, alias, reason: given }, common) => {
    if (!common.dryRun) needPerson(context, 'rollback');
    const desk = await openDesk(context, common);
    const { world } = desk.workspace;
    const unknown = knownLine(world, line, `${line} cannot be rolled back`);
    if (unknown !== null) return unknown;
    const course = courseOf(world, line, { alias: alias ?? null, to: to ?? null });
    const [leading] = course.wanted;
    const reasons = course.stays.map(({ why }) => why);
    if (leading === undefined) {
      if (!isNonEmpty(reasons)) throw new Error('nothing to roll back and no reason why');
      return { kind: 'refused', headline: `${line} cannot be rolled back`, reasons };
    }
    // Before anybody reads and types anything: whoever may not is told so at once.
    const first = planned(desk, common, line, course.wanted, given ?? NOT_YET);
    if ('kind' in first) return first;
    let why = given ?? NOT_YET;
    if (!common.dryRun) {
      const style = styleOf(context.terminal.color && !common.plain);
      const { columns } = context.terminal;
      context.terminal.say(rollbackScreen(desk, line, course, first, { columns, style }));
      why = given ?? (await askReason(context, 'why is it rolled back?'));
      await typeBack(context, purposeOf(line, course.wanted));
    }
    const at = common.dryRun ? desk : later(desk);
    const done = planned(at, common, line, course.wanted, why);
    if ('kind' in done) return done;
    const what = course.wanted.map((each) => `${each.alias} at ${each.version}`).join(', ');
    const report = await land(at, common, done.plan, `Pin ${what} of ${line}`);
    return written(report, outcomeLines(done, line, course, at.actor.clock), {
      iteration: toIterationId({ line, version: leading.version }),
      line,
      left: course.left,
      aliases: aliasViews(done.plan.world, line, at.actor.clock),
      moved: done.moves,
      entries: done.plan.acts.flatMap((act) => (act.kind === 'pin' ? [act.pin.id] : [])),
    });
  },
};

function purposeOf(line: LineName, wanted: readonly { alias: AliasName; version: Version }[]): string {
  const each = wanted.map(({ alias, version }) => `${alias} of ${line} at ${version}`);
  return `pin ${each.join(' and ')}`;
}

function outcomeLines(
  { plan, moves }: Planned,
  line: LineName,
  { left, stays }: ReturnType<typeof courseOf>,
  at: number,
): readonly string[] {
  const { world } = plan;
  const held = heldAliases(world, at).filter((each) => each.line === line);
  const views = aliasViews(world, line, at);
  const moved = moves.map(({ alias }) => alias);
  const gone = left !== null && moves.some(({ from }) => from === left);
  const alive = left !== null && recordOf(world.tree, { line, version: left })?.state !== 'deprecated';
  return [
    ...moves.map(
      ({ alias, from, to }) => `alias ${alias}: ${from ?? 'nothing'} → ${to ?? 'nothing'}, pinned`,
    ),
    ...views
      .filter(({ alias, waiting }) => waiting !== null && !moved.includes(alias))
      .flatMap((view) => pinSentences(line, view)),
    ...stays.map(({ alias, why }) => `alias ${alias} stays; ${explain(why).sentence}`),
    ...held.map((each) => heldSentence(heldView(each))),
    ...(moves.length === 0 ? [] : [IN_THE_WORLD]),
    ...(gone && alive
      ? [
          `next: modelsmith deprecate ${line}@${left} --reason <text> --retire   (ends it; or --successor <version>)`,
        ]
      : []),
    ...(moves.length === 0
      ? []
      : [
          `${gone && alive ? '      ' : 'next: '}modelsmith unpin ${line}   (once promotions may move it again)`,
        ]),
  ];
}
