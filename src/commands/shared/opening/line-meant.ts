import type { LineName } from '../../../domain/names.ts';
import { nearName } from '../../../domain/near-name.ts';
import { linesOf, type World } from '../../../machine/world.ts';

/** Lines that evidence tells of, and those that the policy names whole. */
function linesKnown({ law, tree }: World): readonly string[] {
  const named = law.policy.lines.map(({ match }) => match).filter((match) => !match.includes('*'));
  return [...new Set<string>([...linesOf(tree), ...named])];
}

export function isLineKnown(world: World, line: LineName): boolean {
  return linesKnown(world).includes(line);
}

/** The line that somebody may have meant who named one that nobody knows; null where it is known, or like none. */
export function lineMeant(world: World, line: string): string | null {
  const known = linesKnown(world);
  return known.includes(line) ? null : nearName(line, known);
}
