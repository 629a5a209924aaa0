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
 * @param at seconds since 1970. @returns one sentence for each line and edge that is stuck, and for evidence that cannot be brought.
 */
export function policyProblems(law: Law, at: number): readonly string[] {
  return [...unfillable(law, at), ...clashingEvidence(law)];
}

function unfillable(law: Law, at: number): readonly string[] {
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

/** Demanded files that no bundle holds together: one below another, or two that some file system takes for one. */
function clashingEvidence({ policy: { gates, risk } }: Law): readonly string[] {
  const demanded = [
    ...GATES.flatMap((gate) => gates[gate].extraEvidence),
    ...(risk?.rules ?? []).flatMap(({ evidence = [] }) => evidence),
  ];
  const known = new Map<string, { readonly node: string; readonly of: string }>();
  return [...new Set(demanded)].sort().flatMap((path) => {
    const segments = path.split('/');
    const nodes = segments.map((_segment, index) =>
      index + 1 === segments.length ? path : `${segments.slice(0, index + 1).join('/')}/`,
    );
    for (const node of nodes) {
      const folded = node.replace(/\/$/, '').toLowerCase();
      const other = known.get(folded);
      if (other !== undefined && other.node !== node)
        return [`the policy demands ${other.of} and ${path}, which no bundle can hold together`];
      known.set(folded, { node, of: path });
    }
    return [];
  });
}

function isAlive(principal: Principal): boolean {
  return principal.kind === 'human' && principal.keys.some((key) => !isKeyEnded(key));
}

/** A line that a pattern matches. */
function sampleOf(pattern: string): LineName {
  return (pattern.endsWith('*') ? `${pattern.slice(0, -1)}x` : pattern) as LineName;
}
