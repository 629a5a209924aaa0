import type { HumanRole } from '../domain/roles.ts';
import type { LinePattern } from '../domain/line-pattern.ts';
import type { PrincipalName } from '../domain/names.ts';
import { holdsForLines, isLive, livePeople } from './change-requirements.ts';
import type { Law } from './law.ts';
import { isForRecovery } from './overrides.ts';

const ALL = ['*' as LinePattern];

/**
 * What keeps a law from locking everybody out: somebody can change it, somebody can pull the brake and, where there are
 * three people or more, the loss of one does not end that. @param at seconds since 1970. @returns sentences.
 */
export function livelihoodProblems(law: Law, at: number): readonly string[] {
  const people = livePeople(law);
  const recoverable = law.signers.principals.some(
    (principal) => isForRecovery(principal) && isLive(principal),
  );
  const holders = (role: HumanRole, lost?: PrincipalName): number =>
    people.filter(({ id }) => id !== lost).filter((person) => holdsForLines(person, role, ALL, at)).length;
  const problems: string[] = [];
  if (holders('policy-approver') === 0 && !recoverable)
    problems.push('nobody could change the policy: no person holds policy-approver for all lines');
  if (holders('override') === 0) problems.push('nobody could stop anything: no person holds override');
  if (people.length >= 3 && !recoverable && holders('policy-approver') > 0) {
    for (const { id } of people)
      if (holders('policy-approver', id) === 0)
        problems.push(
          `the loss of ${id} would lock the policy for ever: a second policy-approver is needed, or people for recovery`,
        );
  }
  return problems;
}
