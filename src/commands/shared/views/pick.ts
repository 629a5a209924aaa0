import { toIteration, toIterationId, type IterationId, type LineName } from '../../../domain/names.ts';
import { reason } from '../../../domain/reason.ts';
import { bundleOf, iterationsOf, type Bundle, type World } from '../../../machine/world.ts';
import type { Outcome } from '../command.ts';
import { lineMeant } from '../opening/line-meant.ts';

/** The iteration a reading verb was asked about; the refusal to print where it does not exist. */
export function pickBundle(
  world: World,
  id: IterationId,
): { readonly bundle: Bundle } | Extract<Outcome, { kind: 'refused' }> {
  const bundle = bundleOf(world.tree, toIteration(id));
  if (bundle !== null) return { bundle };
  const meant = iterationMeant(world, id);
  return {
    kind: 'refused',
    headline: `${id} cannot be shown`,
    reasons: [reason('ITERATION_UNKNOWN', { iteration: id })],
    ...(meant !== null && { next: [`did you mean ${meant}?`] }),
  };
}

/** The version of another line whose name is nearly the same, or the newest of this one. */
function iterationMeant(world: World, id: IterationId): string | null {
  const { line, version } = toIteration(id);
  const other = lineMeant(world, line);
  const known = iterationsOf(world.tree, (other ?? line) as LineName);
  const found = known.find((each) => each.version === version) ?? known.at(-1);
  return found === undefined ? null : toIterationId(found);
}
