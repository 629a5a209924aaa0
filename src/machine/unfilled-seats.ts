import type { Approval } from '../domain/approval.ts';
import type { LineName, PrincipalName } from '../domain/names.ts';
import type { GateRule } from './gate-rule.ts';
import { holdersOf, type Law } from './law.ts';
import { filledSeats } from './separation.ts';

/**
 * The seats of an edge that stay empty although everybody signs who may. @param behind the people behind the request, who
 * do not count where requesters are barred. @param lost somebody who does not sign.
 */
export function unfilledSeats(
  law: Law,
  rules: readonly GateRule[],
  line: LineName,
  behind: ReadonlySet<PrincipalName>,
  at: number,
  lost: PrincipalName | null = null,
): readonly GateRule[] {
  const everybody = rules.flatMap((rule) =>
    holdersOf(law, rule.roles, line, at)
      .filter(({ id, kind }) => kind === 'human' && id !== lost && !(rule.requesterBarred && behind.has(id)))
      .map(({ id }) => ({ gate: rule.gate, principal: id, role: rule.roles[0] }) as Approval),
  );
  const filled = filledSeats(rules, everybody);
  return rules.filter((rule) => filled(rule) < rule.quorum);
}
