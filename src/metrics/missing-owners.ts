import { toSeconds, type LineName } from '../domain/names.ts';
import { holdersOf, ruleOfLine } from '../machine/law.ts';
import { askedOwners } from '../machine/unheld-roles.ts';
import { baselinesOf, linesOf, locksOf } from '../machine/world.ts';
import { lawAndBrakesAt } from './laws.ts';
import type { Material } from './material.ts';
import type { Observation } from './observation.ts';

/** Whom a change could need, line by line, and who is not there: as it was at the end of the window. */
export function missingOwners(material: Material): readonly Observation[] {
  const { world, laws, window } = material;
  const end = window.until - 1;
  const law = lawAndBrakesAt(world.tree, laws, end);
  return linesOf(world.tree)
    .filter((line) => ruleOfLine(law, line) !== null && begun(material, line) <= end)
    .flatMap((line) =>
      askedOwners(law).map((role): Observation => {
        const isMissing = holdersOf(law, [role], line, end).length === 0;
        return {
          metric: 'missing-owners',
          line,
          role,
          counted: isMissing ? 1 : 0,
          of: 1,
          named: isMissing ? [{ about: line, what: `nobody holds ${role}` }] : [],
        };
      }),
    );
}

/** The first thing that was signed for a line. */
function begun({ world: { tree }, bundles }: Material, line: LineName): number {
  const requests = bundles
    .filter(({ iteration }) => iteration.line === line)
    .map(({ record }) => record.request);
  const entries = [...baselinesOf(tree, line), ...locksOf(tree, line), ...requests];
  return entries.reduce((first, { time }) => Math.min(first, toSeconds(time)), Infinity);
}
