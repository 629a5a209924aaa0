import type { Approval } from '../domain/approval.ts';
import { toIdSet } from '../domain/entry.ts';
import type { EntryId } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { GateName, State } from '../domain/states.ts';
import { isAtRest } from './at-rest.ts';
import { automaticReasons } from './automatic-steps.ts';
import { checkReasons, countedResults } from './check-standing.ts';
import { edgeOnward, type Edge } from './edges.ts';
import { evidenceProblems } from './evidence-rules.ts';
import { contestedExceptions, exceptionsInUse } from './exception-use.ts';
import { gateSeats, isAtSeat, type GateRule } from './gate-rule.ts';
import { agingEvidence, approvalExpired, expiredReasons } from './freshness.ts';
import { referredProblems } from './intake.ts';
import { holderOfKey, holdersOf, holdsRole, isKeyEnded, principalNamed } from './law.ts';
import { tieReasons } from './lock-strength.ts';
import { contestedEntries, standingObjections, withdrawnEntries, type Objection } from './objections.ts';
import { once } from './once.ts';
import { countedReceipts, receiptReasons, reliesOnTainted } from './receipts.ts';
import { requestersOf } from './requesters.ts';
import { filledSeats, isSeparationWaived } from './separation.ts';
import { staleBecause, statementOf } from './statement.ts';
import { contestedChanges } from './change-standing.ts';
import { disablementOf } from './overrides.ts';
import { taintOf, taintReasons } from './taint.ts';
import { runsVerdict } from './verdict.ts';
import type { Bundle, World } from './world.ts';

type Approve = Extract<Approval, { act: 'approve' }>;

/** What counts at one seat of a gate now, and what is missing. */
export interface GateStanding {
  readonly rule: GateRule;
  readonly counted: readonly Approve[];
  /** Approvals that are there and do not count, with why. */
  readonly discounted: readonly { readonly entry: Approve; readonly why: Reason }[];
  readonly objections: readonly Objection[];
  readonly filled: number;
  /** Who could sign next: people who hold a role of the gate, are not barred and have not signed. */
  readonly canSign: readonly string[];
  readonly open: boolean;
}

/** What counts for one iteration at one time: a pure function of the tree, its law and the time. */
export interface Standing {
  readonly state: State;
  readonly edge: Edge | null;
  readonly runs: 'pending' | 'pass' | 'fail';
  /** Seat by seat. */
  readonly gates: readonly GateStanding[];
  readonly evidence: readonly Reason[];
  readonly contested: readonly Approval[];
  readonly separationWaived: boolean;
  /** Everything that keeps the edge onward closed; empty when it can be taken. */
  readonly blocked: readonly Reason[];
  /** Entries a transition through the gates of the edge would rely on, sorted. */
  readonly reliesOn: readonly EntryId[];
}

/** @param at seconds since 1970: what expiry of grants is measured at. */
export function standingOf(world: World, bundle: Bundle, at: number): Standing {
  return world.tree === bundle.tree
    ? once(world.law, bundle, `standing at ${at}`, () => computeStanding(world, bundle, at))
    : computeStanding(world, bundle, at);
}

/** Nothing leads on from there, so nothing keeps it closed, and nobody can take back a step that matters. */
const AT_REST = { edge: null, gates: [], evidence: [], contested: [], blocked: [], reliesOn: [] } as const;

function computeStanding(world: World, bundle: Bundle, at: number): Standing {
  const { record } = bundle;
  const here = {
    state: record.state,
    runs: runsVerdict(bundle),
    separationWaived: isSeparationWaived(world.law, bundle),
  };
  if (isAtRest(record)) return { ...here, ...AT_REST };
  const edge = edgeOnward(record.state);
  const gates = edge === null ? [] : gateStandings(world, bundle, edge.gates, at);
  const demanded = [...new Set(gates.flatMap((gate) => gate.rule.evidence))].sort();
  const aging = agingEvidence(
    world.law,
    bundle,
    gates.map(({ rule }) => rule),
  );
  const evidence = [
    ...evidenceProblems(bundle.folder, demanded),
    ...(edge?.to === 'customer-deployed' ? referredProblems(world.law, bundle) : []),
    ...(gates.length === 0 ? [] : expiredReasons(world.law, bundle, aging, at)),
  ];
  const exceptions = exceptionsInUse(world, bundle, at);
  const contested = contestedEntries(world, bundle);
  const blocked = [
    ...gates.flatMap((gate) => gateReasons(gate)),
    ...evidence,
    ...(gates.some(({ rule }) => rule.checks.length > 0) ? checkReasons(world, bundle, at) : []),
    ...(gates.length === 0 ? [] : tieReasons(world.law, bundle)),
    ...(isJudgedThere(edge) ? receiptReasons(world, bundle) : []),
    ...contested.map((entry) =>
      reason('CONTESTED', {
        entry: entry.id,
        act: entry.act,
        principal: entry.principal,
        reason: entry.reason,
      }),
    ),
    ...(gates.length === 0 ? [] : [...exceptions.blocked, ...heldReasons(world, bundle, at)]),
    ...automaticReasons(bundle, edge),
  ];
  return {
    ...here,
    edge,
    gates,
    evidence,
    contested,
    blocked,
    reliesOn: toIdSet([
      ...gates.flatMap((gate) => gate.counted.map((entry) => entry.id)),
      ...exceptions.reliesOn,
      ...(isJudgedThere(edge) ? countedReceipts(world, bundle) : []),
    ]),
  };
}

/** Whether an expert judges at one of its gates what customers get. */
function isJudgedThere(edge: Edge | null): boolean {
  return edge?.to === 'production-validated';
}

/** What stands against every transition by people: stolen keys, a law in dispute, a capability that is switched off. */
function heldReasons(world: World, bundle: Bundle, at: number): readonly Reason[] {
  const { iteration, record } = bundle;
  const disabled = disablementOf(world.law.overrides, iteration.line, record.request.change.capabilities);
  return [
    ...contestedExceptions(world, bundle).map(({ why }) => why),
    ...taintReasons(world, bundle),
    ...contestedChanges(world, at),
    ...(disabled === null
      ? []
      : [
          reason('CAPABILITY_DISABLED', {
            capability: disabled.capability,
            override: disabled.id,
            reason: disabled.reason,
          }),
        ]),
  ];
}

function gateStandings(
  world: World,
  bundle: Bundle,
  names: readonly GateName[],
  at: number,
): readonly GateStanding[] {
  const rules = names.flatMap((gate) => gateSeats(world.law, bundle, gate));
  const judged = rules.map((rule) => ({ rule, ...countApprovals(world, bundle, rule, rules, at) }));
  const filled = filledSeats(
    rules,
    judged.flatMap((gate) => gate.counted),
  );
  const objections = standingObjections(world, bundle);
  return judged.map((gate) => {
    const seats = filled(gate.rule);
    const against = objections.filter((entry) => isAtSeat(gate.rule, rules, entry));
    return {
      ...gate,
      objections: against,
      filled: seats,
      canSign: whoCanSign(
        world,
        bundle,
        gate.rule,
        rules,
        judged.flatMap((other) => other.counted),
        at,
      ),
      open: seats >= gate.rule.quorum && against.length === 0,
    };
  });
}

function countApprovals(
  world: World,
  bundle: Bundle,
  rule: GateRule,
  seats: readonly GateRule[],
  at: number,
): Pick<GateStanding, 'counted' | 'discounted'> {
  const now = statementOf(world.law, bundle, rule);
  const withdrawn = withdrawnEntries(bundle);
  const taint = taintOf(world);
  const results = countedResults(world, bundle, rule.checks);
  const entries = bundle.approvals.filter(
    (entry): entry is Approve => entry.act === 'approve' && isAtSeat(rule, seats, entry),
  );
  const judged = entries.map((entry) => {
    const { gate, principal } = entry;
    const stale =
      staleBecause(entry.statement, now) ??
      otherResults(bundle, entry, results) ??
      (reliesOnTainted(world, bundle, entry.reliedOn)
        ? 'relies on a receipt that was made with a stolen key'
        : null);
    const inactive = inactiveBecause(world, bundle, rule, entry, at);
    const why = withdrawn.has(entry.id)
      ? reason('APPROVAL_WITHDRAWN', { gate, principal })
      : taint.isTainted(entry)
        ? reason('APPROVAL_TAINTED', { gate, principal })
        : stale !== null
          ? reason('APPROVAL_STALE', { gate, principal, what: stale, date: entry.time })
          : inactive !== null
            ? reason('APPROVAL_INACTIVE', { gate, principal, why: inactive })
            : approvalExpired(world.law, entry, at);
    return { entry, why };
  });
  return {
    counted: judged.filter(({ why }) => why === null).map(({ entry }) => entry),
    discounted: judged.flatMap(({ entry, why }) => (why === null ? [] : [{ entry, why }])),
  };
}

/** An approval builds on the results that counted when it was given: a stolen key may have made one of them. */
function otherResults({ record }: Bundle, { reliedOn }: Approve, now: readonly EntryId[]): string | null {
  const relied = (record.checks ?? []).filter(({ id }) => reliedOn.includes(id));
  const same = relied.length === now.length && relied.every(({ id }) => now.includes(id));
  return same ? null : 'relies on a result of a check that no longer counts';
}

/** Principal, key and role must still be there when the approval is used. */
function inactiveBecause(
  world: World,
  bundle: Bundle,
  rule: GateRule,
  entry: Approve,
  at: number,
): string | null {
  const person = principalNamed(world.law, entry.principal);
  if (person?.kind !== 'human') return 'the signer is no longer enrolled';
  const holder = holderOfKey(world.law, entry.key);
  if (holder?.principal.id !== person.id) return 'the key is no longer enrolled';
  if (isKeyEnded(holder.key)) return 'the key has been retired or reported as compromised';
  if (
    !(rule.roles as readonly string[]).includes(entry.role) ||
    !holdsRole(person, entry.role, bundle.iteration.line, at)
  ) {
    return `the signer no longer holds the role ${entry.role}`;
  }
  return rule.requesterBarred && requestersOf(bundle, world.law).has(person.id)
    ? 'the requester does not count at this gate'
    : null;
}

function whoCanSign(
  world: World,
  bundle: Bundle,
  rule: GateRule,
  seats: readonly GateRule[],
  counted: readonly Approve[],
  at: number,
): readonly string[] {
  const requesters = requestersOf(bundle, world.law);
  return holdersOf(world.law, rule.roles, bundle.iteration.line, at)
    .filter((person) => !(rule.requesterBarred && requesters.has(person.id)))
    .filter(
      (person) =>
        !counted.some(
          (entry) =>
            entry.principal === person.id &&
            (isAtSeat(rule, seats, entry) || rule.distinctFrom.includes(entry.gate)),
        ),
    )
    .map((person) => person.id);
}

function gateReasons({ rule, filled, canSign, discounted, objections }: GateStanding): readonly Reason[] {
  const objected = objections.map((entry) =>
    reason('GATE_OBJECTED', {
      gate: rule.gate,
      act: entry.act,
      principal: entry.principal,
      reason: entry.reason,
      entry: entry.id,
    }),
  );
  if (filled >= rule.quorum) return objected;
  return [
    reason('GATE_PENDING', { gate: rule.gate, roles: rule.roles, has: filled, of: rule.quorum, canSign }),
    ...discounted.map(({ why }) => why),
    ...objected,
  ];
}
