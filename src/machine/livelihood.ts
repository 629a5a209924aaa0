import { EVERY_LINE } from '../domain/line-pattern.ts';
import { holdsForLines, livePeople, rescuers } from './change-requirements.ts';
import type { Law } from './law.ts';

/**
 * What keeps a law from locking everybody out: somebody can change it, somebody can pull the brake and, where there are
 * three people or more, the loss of one does not end that. @param at seconds since 1970. @returns sentences.
 */
export function livelihoodProblems(law: Law, at: number): readonly string[] {
  const people = livePeople(law, at);
  const rescue = rescuers(law, at);
  const approvers = people.filter((person) => holdsForLines(person, 'policy-approver', [EVERY_LINE], at));
  const canChangeWithout = (lost: string | null): boolean => {
    const left = rescue.filter(({ id }) => id !== lost).length;
    return approvers.some(({ id }) => id !== lost) || (left > 0 && left >= Math.min(2, rescue.length));
  };
  const problems: string[] = [];
  if (!canChangeWithout(null))
    problems.push('nobody could change the policy: no person holds policy-approver for all lines');
  else if (people.length + rescue.length >= 3) {
    for (const { id } of [...people, ...rescue])
      if (!canChangeWithout(id))
        problems.push(
          `the loss of ${id} would lock the policy for ever: a second policy-approver is needed, or people for recovery`,
        );
  }
  if (!people.some((person) => holdsForLines(person, 'override', [EVERY_LINE], at)))
    problems.push('nobody could stop anything: no person holds override for all lines');
  return problems;
}
