import { toIteration, type IterationId } from '../../domain/names.ts';
import { reason } from '../../domain/reason.ts';
import { bundleOf, type Bundle, type World } from '../../machine/world.ts';
import type { Outcome } from './command.ts';

/** The iteration a reading verb was asked about; the refusal to print where it does not exist. */
export function pickBundle(
  world: World,
  id: IterationId,
): { readonly bundle: Bundle } | Extract<Outcome, { kind: 'refused' }> {
  const bundle = bundleOf(world.tree, toIteration(id));
  if (bundle !== null) return { bundle };
  return {
    kind: 'refused',
    headline: `${id} cannot be shown`,
    reasons: [reason('ITERATION_UNKNOWN', { iteration: id })],
  };
}
