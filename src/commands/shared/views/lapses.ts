import { agingEvidence, lapsesAhead, type Lapse } from '../../../machine/freshness.ts';
import type { Standing } from '../../../machine/standing.ts';
import type { Bundle, World } from '../../../machine/world.ts';

const TWO_WEEKS = 14 * 24 * 60 * 60;

/** What the gates ahead build on and what soon stops counting by its age, soonest first. @param at seconds since 1970. */
export function lapsesSoon(
  { law }: World,
  bundle: Bundle,
  { gates }: Pick<Standing, 'gates'>,
  at: number,
): readonly Lapse[] {
  if (gates.length === 0) return [];
  const rules = gates.map(({ rule }) => rule);
  const counted = gates.flatMap((gate) => gate.counted);
  return lapsesAhead(law, bundle, { demanded: agingEvidence(law, bundle, rules), counted }, at, TWO_WEEKS);
}
