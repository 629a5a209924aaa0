import type { LineName, PrincipalName } from '../domain/names.ts';
import { OWNER_ROLES, type OwnerRole } from '../domain/risk-rules.ts';
import type { HumanRole } from '../domain/roles.ts';
import { EDGES, type Edge } from '../machine/edges.ts';
import { gateRule, ownerSeat, type GateRule } from '../machine/gate-rule.ts';
import { holdersOf, type Law } from '../machine/law.ts';
import { byRole, requiredApprovals } from '../machine/required-approvals.ts';
import { demandedStrength, trainersOf } from '../machine/lock-strength.ts';
import { requiredChecks } from '../machine/required-checks.ts';
import { checkerOf } from '../domain/check.ts';
import { RISK_TIERS, type RiskTier } from '../domain/tiers.ts';
import { CHANGE_FLAGS } from '../domain/model-change.ts';
import { unfilledSeats } from '../machine/unfilled-seats.ts';
import { behindRequests, type Behind } from './behind-requests.ts';
import { casesOf, type Cases, type Change, type Outcome } from './cases.ts';
import type { LineClass } from './line-classes.ts';
import type { Budget } from './budget.ts';

/** A promotion that could be asked for and that people or machines enrolled could never bring to its end. */
export interface Stuck {
  readonly line: LineName;
  /** Null where no change at all could. */
  readonly change: Change | null;
  readonly edge: Pick<Edge, 'from' | 'to'>;
  readonly behind: readonly PrincipalName[];
  /** What stays empty: of which gate, in which roles, how many, and who could sign there. */
  readonly missing: readonly Missing[];
}

export interface Missing {
  /** A gate, or a check. */
  readonly what: string;
  readonly roles: readonly string[];
  readonly of: number;
  readonly holders: readonly PrincipalName[];
}

/** A person whom an edge cannot be opened without. */
export interface Needed {
  readonly person: PrincipalName;
  /** For every change, whoever asks for it; else for some. */
  readonly always: boolean;
}

/** One class of lines, with all changes that it could be asked for. */
export interface LineFound {
  readonly of: LineClass;
  readonly cases: Cases;
  /** Changes times those who ask for them. */
  readonly combinations: bigint;
  /** The first that is found; null where none is. */
  readonly stuck: Stuck | null;
  /** Null: there was not the time to say. */
  readonly needed: ReadonlyMap<Edge, readonly Needed[]> | null;
  /** Whether all was gone through, or follows from what was. */
  readonly decided: boolean;
}

const GATED = EDGES.filter(({ gates }) => gates.length > 0);

/** What becomes of every change of a class of lines, whoever asks for it. @param known cases of lines with the same risk. */
export function promotionsOf(
  law: Law,
  of: LineClass,
  known: Map<string, Cases>,
  budget: Budget,
  at: number,
): LineFound {
  const key = `${of.index} ${of.asked}`;
  const cases = known.get(key) ?? casesOf(law, of, budget.rules);
  if (!known.has(key)) budget.rules -= cases.spent;
  known.set(key, cases);
  const owners = cases.complete ? distinctOwners(cases.outcomes) : [mostOwners(law)];
  const signing = new Set(
    GATED.flatMap((edge) => owners.flatMap((some) => seatsOf(law, of.line, edge, some)))
      .flatMap(({ roles }) => holdersOf(law, roles, of.line, at))
      .map(({ id }) => id),
  );
  const everybody = behindRequests(law, of, signing, at);
  const stands = everybody.reduce((sum, each) => sum + BigInt(each.stands), 0n);
  const empty = firstStuck(law, of, cases, everybody, budget, at);
  return {
    of,
    cases,
    combinations: cases.covered * stands,
    stuck: empty === 'too long' ? null : empty,
    needed: cases.complete && empty !== 'too long' ? neededAt(law, of, cases, everybody, budget, at) : null,
    decided:
      empty !== 'too long' &&
      (empty !== null || cases.complete || isMostFillable(law, of, everybody, budget, at)),
  };
}

/** The seats of an edge for a change that asks these owners. */
export function seatsOf(
  law: Law,
  line: LineName,
  edge: Edge,
  owners: readonly OwnerRole[],
): readonly GateRule[] {
  return edge.gates.flatMap((gate) => {
    const own = gateRule(law, { iteration: { line, version: '0.0.0' as never } }, gate);
    return gate === 'operator-signoff' ? [own, ...owners.map((role) => ownerSeat(own, role))] : [own];
  });
}

function firstStuck(
  law: Law,
  { line }: LineClass,
  { outcomes }: Cases,
  everybody: readonly Behind[],
  budget: Budget,
  at: number,
): Stuck | null | 'too long' {
  const base = { line, behind: [] };
  if (everybody.length === 0) {
    const missing = [{ what: 'request', roles: ['pipeline', 'model-owner'], of: 1, holders: [] }];
    return { ...base, change: null, edge: EDGES[0], missing };
  }
  // Nothing is asked for without a lock, and nothing is locked without a baseline.
  if (holdersOf(law, ['evaluation-owner'], line, at).length === 0) {
    const missing = [{ what: 'baseline', roles: ['evaluation-owner'], of: 1, holders: [] }];
    return { ...base, change: null, edge: EDGES[0], missing };
  }
  for (const edge of EDGES) {
    if (edge.opens !== 'evaluation' && edge.opens !== 'export') continue;
    const roles =
      edge.opens === 'export' ? (['pipeline'] as const) : (['pipeline', 'evaluation-owner'] as const);
    if (holdersOf(law, roles, line, at).length === 0)
      return { ...base, change: null, edge, missing: [{ what: edge.opens, roles, of: 1, holders: [] }] };
  }
  for (const { tier, change } of outcomes)
    if (!isAttestable(law, line, tier)) {
      const missing = [{ what: 'a lock that is attested', roles: ['trainer'], of: 1, holders: [] }];
      return { ...base, change, edge: EDGES[0], missing };
    }
  for (const { tier, change } of outcomes)
    for (const { name } of requiredChecks(law, tier)) {
      const role = checkerOf(name);
      if (holdersOf(law, [role], line, at).length > 0) continue;
      const missing = [{ what: `check ${name}`, roles: [role], of: 1, holders: [] }];
      return { ...base, change, edge: edgeToCustomers(), missing };
    }
  for (const { owners, change } of byOwners(outcomes))
    for (const edge of GATED) {
      const seats = seatsOf(law, line, edge, owners);
      for (const { people } of everybody) {
        if (!budget.spend(law, seats)) return 'too long';
        const empty = unfilledSeats(law, seats, line, new Set(people), at);
        if (empty.length === 0) continue;
        return {
          line,
          change,
          edge,
          behind: people,
          missing: empty.map((seat) => missingAt(law, line, seat, at)),
        };
      }
    }
  return null;
}

/** Whether somebody can sign a model so that its lock is as strong as is asked for. */
function isAttestable(law: Law, line: LineName, tier: RiskTier | null): boolean {
  return demandedStrength(law, line, tier) !== 'attested' || trainersOf(law, line).length > 0;
}

function edgeToCustomers(): Edge {
  const edge = EDGES.find(({ to }) => to === 'customer-deployed');
  if (edge === undefined) throw new Error('no edge leads to customers');
  return edge;
}

function missingAt(law: Law, line: LineName, { gate, roles, quorum }: GateRule, at: number): Missing {
  return { what: gate, roles, of: quorum, holders: holdersOf(law, roles, line, at).map(({ id }) => id) };
}

/** Whoever could fill the seats of a change that asks all owners any could ask can fill those of every change: fewer seats are never harder. */
function isMostFillable(
  law: Law,
  { line }: LineClass,
  everybody: readonly Behind[],
  budget: Budget,
  at: number,
): boolean {
  const isOpenable = GATED.every((edge) => {
    const seats = seatsOf(law, line, edge, mostOwners(law));
    return everybody.every(
      ({ people }) =>
        budget.spend(law, seats) && unfilledSeats(law, seats, line, new Set(people), at).length === 0,
    );
  });
  const most = law.policy.risk === undefined ? null : 'high';
  const checks = requiredChecks(law, most);
  return (
    isOpenable &&
    isAttestable(law, line, most) &&
    checks.every(({ name }) => holdersOf(law, [checkerOf(name)], line, at).length > 0)
  );
}

function mostOwners({ policy: { risk } }: Law): readonly OwnerRole[] {
  if (risk === undefined) return [];
  const always = RISK_TIERS.flatMap((tier) => requiredApprovals(new Set(CHANGE_FLAGS), tier));
  const asked = [...always.map(({ role }) => role), ...risk.rules.flatMap(({ approvals = [] }) => approvals)];
  return byRole(asked.map((role) => [role, ''] as const)).map(({ role }) => role);
}

function distinctOwners(outcomes: readonly Outcome[]): readonly (readonly OwnerRole[])[] {
  return byOwners(outcomes).map(({ owners }) => owners);
}

/** Of outcomes that ask the same owners the first. */
function byOwners(outcomes: readonly Outcome[]): readonly Outcome[] {
  return [...new Map(outcomes.toReversed().map((each) => [each.owners.join(), each])).values()].toReversed();
}

/** Null where there is not the time. */
function neededAt(
  law: Law,
  { line }: LineClass,
  { outcomes }: Cases,
  everybody: readonly Behind[],
  budget: Budget,
  at: number,
): ReadonlyMap<Edge, readonly Needed[]> | null {
  const found = new Map<Edge, readonly Needed[]>();
  for (const edge of GATED) {
    const kinds = byOwners(outcomes).flatMap(({ owners }) => {
      const seats = seatsOf(law, line, edge, owners);
      return everybody.map(({ people }) => ({ seats, behind: new Set(people) }));
    });
    const can = ({ seats, behind }: (typeof kinds)[number], lost: PrincipalName | null): boolean =>
      unfilledSeats(law, seats, line, behind, at, lost).length === 0;
    const needed: Needed[] = [];
    const openable: typeof kinds = [];
    for (const kind of kinds) {
      if (!budget.spend(law, kind.seats)) return null;
      if (can(kind, null)) openable.push(kind);
    }
    for (const person of scarce(
      law,
      line,
      kinds.flatMap(({ seats }) => seats),
      at,
    )) {
      let [without, all] = [0, 0];
      for (const kind of openable) {
        if (!budget.spend(law, kind.seats)) return null;
        all += 1;
        if (!can(kind, person)) without += 1;
      }
      if (without > 0) needed.push({ person, always: without === all });
    }
    found.set(edge, needed);
  }
  return found;
}

/** Who holds a role that few hold: where more hold it than there are seats and people behind a request, one more or less changes nothing. */
function scarce(law: Law, line: LineName, seats: readonly GateRule[], at: number): readonly PrincipalName[] {
  const roles = new Map(seats.map((seat) => [seat.roles.join(), seat]));
  const most = GATED.reduce(
    (sum, edge) => sum + seatsOf(law, line, edge, OWNER_ROLES).reduce((n, { quorum }) => n + quorum, 0),
    0,
  );
  const people = [...roles.values()].flatMap(({ roles: some }: { readonly roles: readonly HumanRole[] }) => {
    const holders = holdersOf(law, some, line, at);
    return holders.length > most + 3 ? [] : holders.map(({ id }) => id);
  });
  return [...new Set(people)].sort();
}
