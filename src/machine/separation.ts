import type { Approval } from '../domain/approval.ts';
import type { PrincipalName } from '../domain/names.ts';
import type { GateName } from '../domain/states.ts';
import { mustBeDistinct, type GateRule } from './gate-rule.ts';
import { principalNamed, ruleOfLine, type Law } from './law.ts';
import type { Bundle } from './world.ts';

/** The people behind a request: who signed it, for whom, and who answers for the automation that signed it. */
export function requestersOf({ record }: Pick<Bundle, 'record'>, law?: Law): ReadonlySet<PrincipalName> {
  const people = new Set([record.request.principal, record.request.onBehalfOf]);
  const signer = law === undefined ? null : principalNamed(law, record.request.principal);
  if (signer?.kind === 'automation') people.add(signer.owner);
  return people;
}

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
): ReadonlyMap<GateName, number> {
  const seats = rules.flatMap((rule) => Array.from({ length: rule.quorum }, () => rule));
  const people = (rule: GateRule): readonly PrincipalName[] => [
    ...new Set(counted.filter((entry) => entry.gate === rule.gate).map((entry) => entry.principal)),
  ];
  const exclusive = new Map<string, number>();
  const seatOf = (rule: GateRule, person: PrincipalName): string =>
    rule.distinctFrom.length > 0 ? `*|${person}` : `${rule.gate}|${person}`;
  // Augmenting paths (Kuhn): seat by seat, moving earlier people over where that frees one.
  const place = (index: number, tried: Set<string>): boolean => {
    const rule = seats[index];
    if (rule === undefined) return false;
    for (const person of people(rule)) {
      const key = seatOf(rule, person);
      if (tried.has(key)) continue;
      tried.add(key);
      const taken = exclusive.get(key);
      if (taken === undefined || place(taken, tried)) {
        exclusive.set(key, index);
        return true;
      }
    }
    return false;
  };
  seats.forEach((_seat, index) => place(index, new Set()));
  const filled = new Map<GateName, number>(rules.map((rule) => [rule.gate, 0]));
  for (const index of exclusive.values()) {
    const gate = seats[index]?.gate;
    if (gate !== undefined) filled.set(gate, (filled.get(gate) ?? 0) + 1);
  }
  return filled;
}
