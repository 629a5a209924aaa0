import { seal } from '../../../domain/document.ts';
import { toIterationId, type Iteration } from '../../../domain/names.ts';
import { Step } from '../../../domain/record.ts';
import { transitionRelies } from '../../../machine/acts/transition.ts';
import { edgeOnward } from '../../../machine/edges.ts';
import { dueTransition } from '../../../machine/automatic-steps.ts';
import { bundleOf } from '../../../machine/world.ts';
import type { CommonOptions, Outcome } from '../command.ts';
import { entryBy, roleFor, type Desk, type Plan } from '../opening/write.ts';

/** Adds the automatic transition that is due, if one is: it belongs into the commit that met its criteria. */
export function addDueStep(
  desk: Desk,
  common: CommonOptions,
  plan: Plan,
  iteration: Iteration,
): Extract<Outcome, { kind: 'refused' }> | null {
  const bundle = bundleOf(plan.world.tree, iteration);
  const edge = bundle === null ? null : edgeOnward(bundle.record.state);
  if (bundle === null || edge === null || edge.to === 'deprecated' || dueTransition(bundle) === null)
    return null;
  const role = roleFor(desk, common, ['pipeline', 'evaluation-owner'], iteration.line);
  const relies = transitionRelies(plan.world, bundle, edge, desk.actor.clock);
  const step = seal(Step, {
    ...entryBy(desk, 'transition', role, relies),
    from: edge.from,
    to: edge.to,
  });
  if (step.act !== 'transition') throw new Error('a transition was sealed as something else');
  return plan.add(`${toIterationId(iteration)} cannot move ${edge.from} → ${edge.to}`, {
    kind: 'transition',
    iteration,
    step,
  });
}
