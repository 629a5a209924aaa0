import type { Approval } from '../domain/approval.ts';
import type { PrincipalName } from '../domain/names.ts';
import { isAtSeat, mustBeDistinct, type GateRule } from './gate-rule.ts';
import { ruleOfLine, type Law } from './law.ts';
import { seating } from './seating.ts';
import type { Bundle } from './world.ts';

/** Whether this release may lack separation of duties. Whatever shows the release says so. */
export function isSeparationWaived(law: Law, { iteration }: Pick<Bundle, 'iteration'>): boolean {
  const tier = ruleOfLine(law, iteration.line)?.licenceTier ?? 'C';
  if (tier === 'C') return false;
  return (
    !mustBeDistinct(law, tier) || !law.policy.separation.requesterBarredFrom.includes('governance-approval')
  );
}

/**
 * How many people of each gate's quorum can be met when gates that must be distinct share nobody.
 * A person with approvals on two such gates fills one seat; seats are filled so that as many as possible are taken.
 */
export function filledSeats(
  rules: readonly GateRule[],
  counted: readonly Approval[],
): (rule: GateRule) => number {
  const seats = rules.flatMap((rule) => Array.from({ length: rule.quorum }, (): Seat => ({ rule })));
  const people = (rule: GateRule): readonly PrincipalName[] => [
    ...new Set(counted.filter((entry) => isAtSeat(rule, rules, entry)).map((entry) => entry.principal)),
  ];
  const seatOf = (rule: GateRule, person: PrincipalName): string =>
    rule.distinctFrom.length > 0 ? `*|${person}` : `${rule.gate}|${rule.owner ?? ''}|${person}`;
  const taken = seating(seats, ({ rule }) => people(rule).map((person) => seatOf(rule, person)));
  return (asked) => [...taken.values()].filter(({ rule }) => rule === asked).length;
}

interface Seat {
  readonly rule: GateRule;
}
