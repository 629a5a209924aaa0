import { seal } from '../../domain/document.ts';
import { toIterationId, type Iteration } from '../../domain/names.ts';
import { Step, type Transition } from '../../domain/record.ts';
import { transitionRelies } from '../../machine/acts/transition.ts';
import { edgeOnward } from '../../machine/edges.ts';
import { dueTransition } from '../../machine/standing.ts';
import { bundleOf } from '../../machine/world.ts';
import type { CommonOptions, Outcome } from './command.ts';
import { entryBy, roleFor, type Desk, type Plan } from './write.ts';

/** Adds the automatic transition that is due, if one is: it belongs into the commit that met its criteria. */
export function addDueStep(
  desk: Desk,
  common: CommonOptions,
  plan: Plan,
  iteration: Iteration,
): Extract<Outcome, { kind: 'refused' }> | null {
  const bundle = bundleOf(plan.world.tree, iteration);
  const to = bundle === null ? null : dueTransition(bundle);
  const edge = bundle === null ? null : edgeOnward(bundle.record.state);
  if (bundle === null || to === null || edge === null) return null;
  const step = seal(Step, {
    ...entryBy(
      desk,
      'transition',
      roleFor(desk, common, ['pipeline', 'evaluation-owner'], iteration.line),
      transitionRelies(plan.world, bundle, edge, desk.actor.clock),
    ),
    from: edge.from,
    to: to as Transition['to'],
  });
  if (step.act !== 'transition') throw new Error('a transition was sealed as something else');
  return plan.add(`${toIterationId(iteration)} cannot move ${edge.from} → ${to}`, {
    kind: 'transition',
    iteration,
    step,
  });
}
