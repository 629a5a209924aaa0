import { toIterationId } from '../../domain/names.ts';
import type { IterationWork } from '../../machine/queue.ts';
import type { World } from '../../machine/world.ts';
import { lapsesSoon } from '../shared/views/lapses.ts';
import type { Row } from './expiring.ts';

const DAY = 86_400;

/** Approvals, runs and documents that an iteration waits with, and that soon are too old. @param at seconds since 1970. */
export function endingEvidence(
  world: World,
  { bundle, standing }: Pick<IterationWork, 'bundle' | 'standing'>,
  at: number,
): readonly Row[] {
  const id = toIterationId(bundle.iteration);
  return lapsesSoon(world, bundle, standing, at).map(({ kind, what, by, end }) => ({
    kind,
    principal: by.principal,
    what: `${what} of ${id}`,
    lines: [bundle.iteration.line],
    roles: [by.role],
    days: Math.floor((end - at) / DAY),
    // Only documents can be brought again before they are too old: for all else the step is to be taken in time.
    command: kind === 'document' ? `modelsmith evidence add ${id} <file>` : `modelsmith status ${id}`,
  }));
}
