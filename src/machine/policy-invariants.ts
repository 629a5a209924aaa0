import type { LineRule } from '../domain/line-rule.ts';
import type { LineName } from '../domain/names.ts';
import type { Principal } from '../domain/signers.ts';
import { GATES, type GateName } from '../domain/states.ts';
import { EDGES } from './edges.ts';
import { gateRule, ownerSeat, type GateRule } from './gate-rule.ts';
import { isKeyEnded, type Law } from './law.ts';
import { leastOwners } from './risk.ts';
import { unfilledSeats } from './unfilled-seats.ts';

/**
 * What no law may be, whoever approves it: a gate that nobody could ever open.
 * @param at seconds since 1970. @returns one sentence for each line and edge that is stuck.
 */
export function policyProblems(law: Law, at: number): readonly string[] {
  return law.policy.lines.flatMap((rule) => {
    const line = sampleOf(rule.match);
    const rules = GATES.flatMap((gate) => leastSeats(law, line, rule, gate));
    return EDGES.filter((edge) => edge.gates.length > 0).flatMap((edge) => {
      const ofEdge = rules.filter((gate) => gate.edge === edge);
      const requesters = law.signers.principals.filter(isAlive);
      const behind = (requester: Principal) => new Set([requester.id]);
      if (
        requesters.some((requester) => unfilledSeats(law, ofEdge, line, behind(requester), at).length === 0)
      )
        return [];
      const needs = ofEdge
        .map((seat) => `${seat.quorum} of ${seat.roles.join(' or ')} for ${seat.gate}`)
        .join(' and ');
      return [
        `lines matching ${rule.match} can never become ${edge.to}: it takes ${needs}, and the people enrolled cannot fill that`,
      ];
    });
  });
}

/** The seats that every change has to fill, whatever its risk. */
function leastSeats(law: Law, line: LineName, rule: LineRule, gate: GateName): readonly GateRule[] {
  const own = gateRule(law, { iteration: { line, version: '0.0.0' as never } }, gate);
  return gate === 'operator-signoff'
    ? [own, ...leastOwners(law, line, rule).map((role) => ownerSeat(own, role))]
    : [own];
}

function isAlive(principal: Principal): boolean {
  return principal.kind === 'human' && principal.keys.some((key) => !isKeyEnded(key));
}

/** A line that a pattern matches. */
function sampleOf(pattern: string): LineName {
  return (pattern.endsWith('*') ? `${pattern.slice(0, -1)}x` : pattern) as LineName;
}
