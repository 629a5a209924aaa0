import type { PrincipalName } from '../domain/names.ts';
import type { Principal } from '../domain/signers.ts';
import { holdersOf, isKeyEnded, type Law } from '../machine/law.ts';
import type { LineClass } from './line-classes.ts';

/** The people behind requests of a line, as far as it matters who they are. */
export interface Behind {
  /** Those among them who could sign at some gate of the line; sorted. */
  readonly people: readonly PrincipalName[];
  /** Requests signed by one and made for another that come to this. */
  readonly stands: number;
}

/** Who may ask for a promotion of a line, for whom: as a request is judged. @param signing those who could sign at a gate. */
export function behindRequests(
  law: Law,
  { line, rule }: LineClass,
  signing: ReadonlySet<PrincipalName>,
  at: number,
): readonly Behind[] {
  const reads = (id: PrincipalName): boolean =>
    law.signers.principals.some(
      (each) =>
        rule.evidenceReaders.includes(each.id) &&
        (each.id === id || (each.kind === 'automation' && each.owner === id)),
    );
  const peopleOf = (principal: Principal): readonly PrincipalName[] =>
    principal.kind === 'automation' ? [principal.owner] : [principal.id];
  const ableToRead = new Set(law.signers.principals.filter(({ id }) => reads(id)).map(({ id }) => id));
  const signers = holdersOf(law, ['pipeline', 'model-owner'], line, at).filter(
    (each) => ![each.id, ...peopleOf(each)].some((id) => ableToRead.has(id)),
  );
  const askers = law.signers.principals.filter(
    ({ kind, id, keys }) => kind === 'human' && !ableToRead.has(id) && keys.some((key) => !isKeyEnded(key)),
  );
  const found = new Map<string, Behind>();
  for (const [one, first] of alike(signers.map(peopleOf), signing))
    for (const [other, second] of alike(askers.map(peopleOf), signing)) {
      const people = [...new Set([...one, ...other])].sort();
      const stands = first * second + (found.get(people.join())?.stands ?? 0);
      found.set(people.join(), { people, stands });
    }
  return [...found.values()];
}

/** Those who could sign, each alone; all others together. */
function alike(
  groups: readonly (readonly PrincipalName[])[],
  signing: ReadonlySet<PrincipalName>,
): readonly (readonly [readonly PrincipalName[], number])[] {
  const counts = new Map<string, readonly [readonly PrincipalName[], number]>();
  for (const group of groups) {
    const people = group.filter((id) => signing.has(id));
    counts.set(people.join(), [people, 1 + (counts.get(people.join())?.[1] ?? 0)]);
  }
  return [...counts.values()];
}
