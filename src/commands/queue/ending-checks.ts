import { checkerOf } from '../../domain/check.ts';
import { toIterationId, toSeconds } from '../../domain/names.ts';
import { checkStandings } from '../../machine/check-standing.ts';
import type { Bundle, World } from '../../machine/world.ts';
import type { Row } from './expiring.ts';

const DAY = 86_400;
/** Results are good for days rather than months, so only what ends within a week is told. */
const SOON = 7;

/** Results of required checks that an iteration waiting for its sign-off has, and soon has no more. @param at seconds since 1970. */
export function endingChecks(world: World, bundle: Bundle, at: number): readonly Row[] {
  if (bundle.record.state !== 'artifact-exported') return [];
  const id = toIterationId(bundle.iteration);
  return checkStandings(world, bundle, at).flatMap(({ name, status, result, expires }): readonly Row[] => {
    if (status !== 'passed' || result === null || expires === null) return [];
    const days = Math.floor((toSeconds(expires) - at) / DAY);
    if (days >= SOON) return [];
    return [
      {
        kind: 'check',
        principal: result.principal,
        what: `${name} of ${id}`,
        lines: [bundle.iteration.line],
        roles: [checkerOf(name)],
        days,
        command: `modelsmith check add ${id} <file> --name ${name}`,
      },
    ];
  });
}
