import { iterationsByRest } from './at-rest.ts';
import type { Approval } from '../domain/approval.ts';
import type { EntryHeader } from '../domain/entry.ts';
import type { LineName, PrincipalName } from '../domain/names.ts';
import type { Reason, ReasonCode } from '../domain/reason.ts';
import type { Role } from '../domain/roles.ts';
import { voucherRole } from './acts/reaffirm.ts';
import { dueAt, type Due } from './due.ts';
import { holdersOf } from './law.ts';
import { openObjections, type OpenObjection } from './open-objections.ts';
import { standingOf, type GateStanding, type Standing } from './standing.ts';
import { taintedEntries } from './taint.ts';
import { NEVER } from './urgency.ts';
import { bundleOf, linesOf, type Bundle, type World } from './world.ts';

/** What people and machines still have to do about one iteration. */
export interface IterationWork {
  readonly bundle: Bundle;
  readonly standing: Standing;
  /** By when the way onward is to be taken: the earliest of its gates. Null where no gate is ahead. */
  readonly due: Due | null;
  /** Gates ahead that lack signatures and that nobody objected to. */
  readonly pending: readonly { readonly gate: GateStanding; readonly due: Due | null }[];
  /** All is signed and nothing stands against it: somebody has to take the step. */
  readonly ready: boolean;
  /** What keeps the way onward closed beside missing signatures and objections. */
  readonly blocked: readonly Reason[];
  readonly objections: readonly OpenObjection[];
  readonly lapsed: readonly LapsedApproval[];
  readonly tainted: readonly TaintedEntry[];
  /** What only a machine does next; null where people are needed. */
  readonly machine: 'evaluation' | 'export' | null;
}

/** An approval that has stopped counting while its gate still needs one, with why. */
export interface LapsedApproval {
  readonly entry: Approval;
  readonly why: Reason;
  /** Whether the one who gave it can look again. */
  readonly again: boolean;
}

/** What a stolen key signed, and who can vouch for it in which role. */
export interface TaintedEntry {
  readonly entry: EntryHeader;
  readonly role: Role;
  readonly vouchers: readonly PrincipalName[];
}

/** Every iteration that is not retired, each looked at once. @param at seconds since 1970. */
export function iterationWork(
  world: World,
  at: number,
  isMeant: (line: LineName) => boolean = () => true,
): readonly IterationWork[] {
  return linesOf(world.tree)
    .filter(isMeant)
    .flatMap((line) => iterationsByRest(world.tree, line).inMotion)
    .flatMap((iteration) => bundleOf(world.tree, iteration) ?? [])
    .map((bundle) => workOn(world, bundle, at));
}

function workOn(world: World, bundle: Bundle, at: number): IterationWork {
  const standing = standingOf(world, bundle, at);
  const { edge, gates } = standing;
  const ahead = gates.map((gate) => ({ gate, due: dueAt(world, bundle, gate.rule.gate) }));
  const machine = machineOf(standing);
  return {
    bundle,
    standing,
    due: earliest(ahead.filter(({ gate }) => !gate.open)) ?? earliest(ahead),
    pending: ahead.filter(({ gate }) => gate.filled < gate.rule.quorum && gate.objections.length === 0),
    ready: edge?.opens === 'gates' && standing.blocked.length === 0,
    blocked:
      edge === null || machine !== null ? [] : standing.blocked.filter(({ code }) => !SIGNED.has(code)),
    objections: openObjections(world, bundle, standing, at),
    lapsed: gates.flatMap(lapsedAt),
    tainted: taintedEntries(world, bundle).map((entry) => vouchersFor(world, bundle, entry, at)),
    machine,
  };
}

/** What a signature, or the answer to an objection, settles: shown with the gate itself. */
const SIGNED: ReadonlySet<ReasonCode> = new Set([
  'GATE_PENDING',
  'GATE_OBJECTED',
  'APPROVAL_EXPIRED',
  'APPROVAL_STALE',
  'APPROVAL_INACTIVE',
  'APPROVAL_TAINTED',
  'APPROVAL_WITHDRAWN',
]);

function machineOf({ edge, runs }: Standing): IterationWork['machine'] {
  if (edge?.opens === 'evaluation') return runs === 'pending' ? 'evaluation' : null;
  return edge?.opens === 'export' ? 'export' : null;
}

function earliest(gates: IterationWork['pending']): Due | null {
  const dues = gates.map(({ due }) => due).sort((a, b) => ((a?.due ?? NEVER) < (b?.due ?? NEVER) ? -1 : 1));
  return dues[0] ?? null;
}

/** The latest of each person who has not signed again; what was taken back is no surprise to anybody. */
function lapsedAt({ rule, filled, counted, discounted, canSign }: GateStanding): readonly LapsedApproval[] {
  if (filled >= rule.quorum) return [];
  const latest = new Map(discounted.map((each) => [each.entry.principal, each]));
  return [...latest.values()]
    .filter(({ why }) => why.code !== 'APPROVAL_WITHDRAWN')
    .filter(({ entry }) => !counted.some(({ principal }) => principal === entry.principal))
    .map(({ entry, why }) => ({ entry, why, again: canSign.includes(entry.principal) }));
}

/** Nobody vouches for his own entry where another could. */
function vouchersFor(world: World, { iteration }: Bundle, entry: EntryHeader, at: number): TaintedEntry {
  const role = voucherRole(entry);
  const holders = holdersOf(world.law, [role], iteration.line, at).map(({ id }) => id);
  const others = holders.filter((id) => id !== entry.principal);
  return { entry, role, vouchers: others.length > 0 ? others : holders };
}
