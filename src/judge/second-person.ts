import { EVERY_LINE } from '../domain/line-pattern.ts';
import type { Role } from '../domain/roles.ts';
import type { Principal } from '../domain/signers.ts';
import { enrolledPeople, holdsForLines } from '../machine/change-requirements.ts';
import { holdsRole, type Law } from '../machine/law.ts';

/**
 * A repair that gives up what was validly signed takes two people. Whom an override suspended still counts as one of those
 * there are: else whoever can pull the brake could make himself the only one.
 */
export function isOnlyPerson(laws: readonly Law[], clock: number): boolean {
  return laws.every((law) => enrolledPeople(law, clock).length <= 1);
}

/** Whether somebody else could agree as a policy approver under each of the laws; where nobody can, any person may. */
export function hasOtherApprover(laws: readonly Law[], first: string, clock: number): boolean {
  const approvers = laws.map((law) => approversOf(law, clock));
  return approvers
    .flatMap((ids) => [...ids])
    .some((id) => id !== first && approvers.every((ids) => ids.has(id)));
}

/**
 * Whether somebody holds the role to repair in, or to agree to a repair. Both concern every line.
 * @param options.everyLine something is given up: an approver must be one for all of them.
 */
export function holdsFor(
  person: Principal,
  role: Role,
  clock: number,
  { everyLine }: { readonly everyLine: boolean },
): boolean {
  return everyLine && role === 'policy-approver'
    ? holdsForLines(person, role, [EVERY_LINE], clock)
    : holdsRole(person, role, null, clock);
}

function approversOf(law: Law, clock: number): ReadonlySet<string> {
  return new Set(
    enrolledPeople(law, clock)
      .filter((person) => holdsFor(person, 'policy-approver', clock, { everyLine: true }))
      .map(({ id }) => id),
  );
}
