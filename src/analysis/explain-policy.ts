import type { RiskRule } from '../domain/risk-rules.ts';
import { GATES } from '../domain/states.ts';
import { matchesLine } from '../domain/line-pattern.ts';
import { changeFlags } from '../machine/change-flags.ts';
import { gateSeats, type GateRule } from '../machine/gate-rule.ts';
import { holdersOf, ruleOfLine, type Law } from '../machine/law.ts';
import { lockStanding, type LockStanding } from '../machine/lock-strength.ts';
import { referencesOf } from '../machine/references.ts';
import { requestersOf } from '../machine/requesters.ts';
import { riskOf, type Risk } from '../machine/risk.ts';
import type { Case } from '../machine/when-holds.ts';
import type { Bundle } from '../machine/world.ts';
import { flagBecause, whyHolds, type Held } from './why-holds.ts';

/** Which rules of a policy concern an iteration, and why. */
export interface Explanation {
  /** The rule of the line: the first that matches, by its place; null where none does any more. */
  readonly line: { readonly match: string; readonly place: number; readonly of: number } | null;
  /** Later rules of lines that would match, too, and never come to it. */
  readonly behind: readonly string[];
  readonly licenceTier: string;
  readonly flags: readonly { readonly flag: string; readonly counts: boolean; readonly because: string }[];
  /** Null where the policy has no rules of risk. */
  readonly risk: Pick<Risk, 'tier' | 'because' | 'approvals' | 'evidence'> | null;
  /** How strongly it is tied to its lock, what shows that or is lacking for more, and how strongly it has to be. */
  readonly lock: LockStanding;
  readonly rules: readonly RuleExplained[];
  readonly seats: readonly SeatExplained[];
}

export interface RuleExplained {
  readonly id: string;
  readonly why: string | null;
  /** A rule of which nobody can say whether it applies does. */
  readonly applies: boolean;
  readonly condition: Held;
  readonly brings: readonly string[];
}

export interface SeatExplained {
  readonly gate: string;
  readonly owner: string | null;
  readonly roles: readonly string[];
  readonly quorum: number;
  readonly distinctFrom: readonly string[];
  readonly evidence: readonly string[];
  readonly checks: readonly { readonly name: string; readonly maxAgeDays: number | null }[];
  /** Enrolled people who hold such a role now, the barred ones left out. */
  readonly people: readonly string[];
  /** People behind the request whom the seat does not take. */
  readonly barred: readonly string[];
}

/** @param at seconds since 1970: who holds a role is asked of that time. */
export function explainPolicy(law: Law, bundle: Bundle, at: number): Explanation {
  const { iteration, record, lock, tree } = bundle;
  const { request } = record;
  const { lines } = law.policy;
  const rule = ruleOfLine(law, iteration.line);
  const flags = changeFlags(rule, request, lock, referencesOf({ law, tree }, iteration.line, request));
  const licenceTier = rule?.licenceTier ?? 'C';
  const of: Case = {
    line: iteration.line,
    licenceTier,
    mutation: request.change.mutation,
    permissions: request.change.permissions,
    flags: new Map(flags.map(({ flag, value }) => [flag, value])),
  };
  const place = rule === null ? -1 : lines.indexOf(rule);
  return {
    line: rule === null ? null : { match: rule.match, place: place + 1, of: lines.length },
    behind:
      rule === null
        ? []
        : lines
            .slice(place + 1)
            .filter(({ match }) => matchesLine(match, iteration.line))
            .map(({ match }) => match),
    licenceTier,
    flags: flags.map((standing) => ({
      flag: standing.flag,
      counts: standing.counts,
      because: flagBecause(standing),
    })),
    risk: riskOf(law, bundle),
    lock: lockStanding(law, bundle),
    rules: (law.policy.risk?.rules ?? []).map((each) => {
      const condition = whyHolds(each.when, of, flags);
      return {
        id: each.id,
        why: each.why ?? null,
        applies: condition.holds !== false,
        condition,
        brings: bringsOf(each),
      };
    }),
    seats: GATES.flatMap((gate) => gateSeats(law, bundle, gate)).map((seat) => seatOf(law, bundle, seat, at)),
  };
}

function bringsOf({ tier, approvals = [], evidence = [] }: RiskRule): readonly string[] {
  return [
    ...(tier === undefined ? [] : [`risk at least ${tier}`]),
    ...approvals.map((role) => `approval of the ${role}`),
    ...evidence.map((path) => `evidence ${path}`),
  ];
}

function seatOf(law: Law, bundle: Bundle, seat: GateRule, at: number): SeatExplained {
  const holders = holdersOf(law, seat.roles, bundle.iteration.line, at)
    .filter(({ kind }) => kind === 'human')
    .map(({ id }) => id);
  const behind: ReadonlySet<string> = seat.requesterBarred ? requestersOf(bundle, law) : new Set();
  return {
    gate: seat.gate,
    owner: seat.owner,
    roles: seat.roles,
    quorum: seat.quorum,
    distinctFrom: seat.distinctFrom,
    evidence: seat.evidence,
    checks: seat.checks.map(({ name, maxAgeDays }) => ({ name, maxAgeDays })),
    people: holders.filter((id) => !behind.has(id)),
    barred: holders.filter((id) => behind.has(id)),
  };
}
