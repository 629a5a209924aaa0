import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { seal } from '../../domain/document.ts';
import { IterationId, toIteration, toIterationId, Version, type Iteration } from '../../domain/names.ts';
import { bundleFolder } from '../../domain/paths.ts';
import { reason } from '../../domain/reason.ts';
import { Step, type Deprecation } from '../../domain/record.ts';
import { deprecationRelies } from '../../machine/acts/deprecate.ts';
import { bundleOf, type Bundle } from '../../machine/world.ts';
import type { Command, CommonOptions } from '../shared/command.ts';
import { later } from '../shared/gates/gate-decision.ts';
import { needPerson, typeBack } from '../shared/terminal/prompts.ts';
import { styleOf } from '../shared/terminal/style.ts';
import { entryBy, land, openDesk, Plan, roleFor, written, type Desk } from '../shared/opening/write.ts';
import { deprecationScreen, releases } from './deprecation-screen.ts';
import { Why } from '../shared/terminal/why.ts';

const Input = z
  .object({
    iteration: z.array(IterationId).min(1),
    reason: Why,
    successor: Version.optional(),
    retire: z.boolean().default(false),
  })
  .refine((input) => input.retire === (input.successor === undefined), {
    path: ['retire'],
    message: 'or --successor <version> must be given, and not both',
  })
  .refine((input) => new Set(input.iteration.map((id) => toIteration(id).line)).size === 1, {
    path: ['iteration'],
    message: 'must all be of one line, since one signature ends iterations of one line',
  });
type Input = z.infer<typeof Input>;

/** Ends iterations for good: an operator's own act, which nothing automatic ever does. */
export const deprecate: Command<Input> = {
  name: 'deprecate',
  group: 'people',
  summary: 'end iterations for good: superseded by another, or retired',
  description:
    'Aliases that point to what is deprecated go to the successor, or to nothing. Several iterations of one line take\n' +
    'one signature. Needs a terminal; no option answers for you.',
  arguments: [{ name: '<iteration...>', description: 'line@version, one or more of one line' }],
  options: [
    { flags: '--reason <text>', description: 'why; recorded and signed' },
    { flags: '--successor <version>', description: 'the production-validated version that takes over' },
    { flags: '--retire', description: 'nothing takes over' },
  ],
  examples: [
    'modelsmith deprecate claims-triage@1.3.0 --reason "1.4.0 took over" --successor 1.4.0',
    'modelsmith deprecate claims-triage@1.4.0-rc.1 claims-triage@1.4.0-rc.2 --reason "dead ends" --retire',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    if (!common.dryRun) needPerson(context, 'deprecate');
    const desk = await openDesk(context, common);
    const iterations = inOrder(input.iteration.map(toIteration));
    const names = iterations.map(toIterationId).join(', ');
    const bundles: Bundle[] = [];
    for (const iteration of iterations) {
      const bundle = bundleOf(desk.workspace.world.tree, iteration);
      if (bundle === null) {
        const reasons = [reason('ITERATION_UNKNOWN', { iteration: toIterationId(iteration) })] as const;
        return { kind: 'refused', headline: `${names} cannot be deprecated`, reasons };
      }
      bundles.push(bundle);
    }
    const first = planned(desk, common, bundles, input);
    if (!(first instanceof Plan)) return first;
    if (!common.dryRun) {
      const style = styleOf(context.terminal.color && !common.plain);
      context.terminal.say(
        deprecationScreen(desk, bundles, first, { ...input, columns: context.terminal.columns, style }),
      );
      await typeBack(context, `deprecate ${names} for good`);
    }
    const at = common.dryRun ? desk : later(desk);
    const plan = planned(at, common, bundles, input);
    if (!(plan instanceof Plan)) return plan;
    const report = await land(at, common, plan, `Deprecate ${names}`);
    const moved = releases(plan, bundles);
    return written(
      report,
      [
        ...iterations.map((iteration) => `deprecated ${toIterationId(iteration)}`),
        ...moved.map(({ alias, from, to }) => `alias ${alias}: ${from ?? 'nothing'} → ${to ?? 'nothing'}`),
      ],
      { iterations: iterations.map(toIterationId), successor: input.successor ?? null, aliases: moved },
    );
  },
};

/** As the judge does them again: by path. Each once. */
function inOrder(iterations: readonly Iteration[]): readonly Iteration[] {
  const byPath = new Map(iterations.map((iteration) => [`${bundleFolder(iteration)}/`, iteration]));
  return [...byPath].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, iteration]) => iteration);
}

function planned(desk: Desk, common: CommonOptions, bundles: readonly Bundle[], input: Input) {
  const plan = new Plan(desk);
  for (const bundle of bundles) {
    const id = toIterationId(bundle.iteration);
    const { state } = bundle.record;
    if (state === 'deprecated') {
      const reasons = [reason('EDGE_UNKNOWN', { from: state, to: 'deprecated' })] as const;
      return { kind: 'refused', headline: `${id} is deprecated already`, reasons } as const;
    }
    const role = roleFor(desk, common, ['operator', 'team-lead'], bundle.iteration.line);
    const draft: Omit<Deprecation, 'id'> = {
      ...entryBy(desk, 'deprecate', role, deprecationRelies(bundle)),
      from: state,
      to: 'deprecated',
      reason: input.reason,
      ...(input.successor !== undefined && { successor: input.successor }),
    };
    const step = seal(Step, draft);
    if (step.act !== 'deprecate')
      throw new CannotTell('BAD_DATA', 'a deprecation that became something else');
    const no = plan.add(`${id} cannot move ${state} → deprecated`, {
      kind: 'deprecate',
      iteration: bundle.iteration,
      step,
    });
    if (no !== null) return no;
  }
  return plan;
}
