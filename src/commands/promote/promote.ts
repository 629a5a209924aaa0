import * as z from 'zod';
import { isNonEmpty } from '../../base/nonempty.ts';
import { IterationId, toIteration, toIterationId } from '../../domain/names.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { State } from '../../domain/states.ts';
import { edgeOnward, type Edge } from '../../machine/edges.ts';
import { standingOf } from '../../machine/standing.ts';
import { bundleOf, type Bundle } from '../../machine/world.ts';
import type { Command, Outcome } from '../shared/command.ts';
import { OPENED_OPTION, withOpened } from '../shared/confidential/opened.ts';
import { decideAtGates } from '../shared/gates/gate-decision.ts';
import { ownWork } from '../shared/sharing/own-work.ts';
import { openDesk, type Desk } from '../shared/opening/write.ts';
import { takeTransition } from './take-transition.ts';

const Input = z.object({
  iteration: IterationId.optional(),
  to: State.exclude(['candidate', 'deprecated'], {
    error: 'must be a state to move on to (modelsmith deprecate ends an iteration)',
  }).optional(),
  confidentialFrom: z.string().nullable().default(null),
});

/** Moves an iteration along its edge onward, as far as a person's signature can. */
export const promote: Command<z.infer<typeof Input>> = {
  name: 'promote',
  group: 'people',
  summary: 'move an iteration onward: sign what you can sign, take the transition when the gates are open',
  description:
    'Where the gates of the edge are open, takes the transition. Where your signature is missing, it is the same review\n' +
    'as `modelsmith approve`. Evaluation and export carry their transitions by themselves.',
  arguments: [{ name: '[iteration]', description: 'line@version; without it, those that wait for you' }],
  options: [{ flags: '--to <state>', description: 'the state you expect it to move to' }, OPENED_OPTION],
  examples: [
    'modelsmith promote claims-triage@1.4.0',
    'modelsmith promote claims-triage@1.4.0 --to customer-deployed --dry-run',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const desk = await openDesk(await withOpened(context, input.confidentialFrom), common);
    if (input.iteration === undefined) return ownWork(desk, 'promote', common);
    const iteration = toIteration(input.iteration);
    const bundle = bundleOf(desk.workspace.world.tree, iteration);
    if (bundle === null) {
      const reasons = [reason('ITERATION_UNKNOWN', { iteration: input.iteration })] as const;
      return { kind: 'refused', headline: `${input.iteration} cannot move`, reasons };
    }
    const edge = edgeOnward(bundle.record.state);
    if (edge === null || (input.to !== undefined && input.to !== edge.to))
      return otherWay(bundle, edge, input.to);
    if (edge.opens !== 'gates') return automatic(desk, bundle, edge);
    const { blocked } = standingOf(desk.workspace.world, bundle, desk.actor.clock);
    return blocked.length === 0
      ? await takeTransition(desk, common, bundle, edge)
      : await decideAtGates(desk, common, { act: 'approve', iteration, gates: [], answers: [] });
  },
};

/** The way asked for is not the one that leads on from here. */
function otherWay({ iteration, record }: Bundle, onward: Edge | null, to: State | undefined): Outcome {
  const id = toIterationId(iteration);
  const { state } = record;
  if (to === undefined) {
    const needed = 'a state with a way onward';
    return {
      kind: 'refused',
      headline: `${id} cannot move on from ${state}`,
      reasons: [reason('STATE_OTHER', { iteration: id, state, needed })],
    };
  }
  return {
    kind: 'refused',
    headline: `${id} cannot move ${state} → ${to}`,
    reasons: [reason('EDGE_UNKNOWN', { from: state, to })],
    next: onward === null ? [] : [`modelsmith promote ${id} --to ${onward.to}`],
  };
}

/** No person moves these: the run that clears the lock, or the export, carries the transition in its own commit. */
function automatic(desk: Desk, bundle: Bundle, edge: Edge): Outcome {
  const { blocked } = standingOf(desk.workspace.world, bundle, desk.actor.clock);
  const id = toIterationId(bundle.iteration);
  const what = edge.opens === 'evaluation' ? 'the evaluation that clears the lock' : 'the export';
  const reasons: readonly Reason[] = blocked;
  return {
    kind: 'refused',
    headline: `${id} cannot move ${edge.from} → ${edge.to} by hand: ${what} carries this transition`,
    reasons: isNonEmpty(reasons) ? reasons : [reason('TRANSITION_WITHHELD', { iteration: id, to: edge.to })],
  };
}
