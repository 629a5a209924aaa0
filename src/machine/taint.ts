import type { Change } from '../domain/change.ts';
import type { EntryHeader } from '../domain/entry.ts';
import { toIterationId, type EntryId, type Time } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { TreeFolder } from '../domain/tree.ts';
import { appliedLaw, changesOf, type ChangeCase } from './changes.ts';
import { compromisedKeys, isKnownTo, type Report } from './compromised-keys.ts';
import { entriesOfException, exceptionsOf } from './exceptions.ts';
import type { Law } from './law.ts';
import { lockedBaseline, type Bundle, type World } from './world.ts';

/**
 * What a stolen key touched. A thief chooses dates, so every act of a compromised key is tainted, whatever date it bears,
 * except those that the report of the theft keeps. Keys and roles that came in by a tainted change go with it, until people
 * who knew of the theft have approved a version that leaves them in force – and what they did before stays tainted.
 */
export interface Taint {
  isTainted(entry: EntryHeader): boolean;
  /** Applied changes that are tainted, and that no later version approved by untouched people has confirmed. */
  readonly changes: readonly ChangeCase[];
}

const known = new WeakMap<TreeFolder, { readonly law: Law; readonly taint: Taint }>();

export function taintOf({ tree, law }: World): Taint {
  const memo = known.get(tree);
  if (memo?.law === law) return memo.taint;
  const taint = computeTaint(tree, law);
  known.set(tree, { law, taint });
  return taint;
}

/** What a tainted change brought. `cleanFrom`: when people who knew confirmed it, which clears nothing that came before. */
interface Brought {
  readonly reports: readonly Report[];
  readonly cleanFrom: Time | null;
}

function computeTaint(tree: TreeFolder, law: Law): Taint {
  const applied = changesOf(tree)
    .flatMap((each) => (each.applied === null ? [] : [{ ...each, applied: each.applied }]))
    .sort((a, b) => a.change.version - b.change.version || order(a) - order(b));
  const compromised = compromisedKeys(tree, law, applied);
  if (compromised.size === 0) return { isTainted: () => false, changes: [] };
  // A name may come in by tainted changes more than once, and confirming what is known of one clears no other.
  const brought = new Map<string, readonly Brought[]>();
  const reportsOf = (entry: EntryHeader): readonly Report[] => {
    const report = compromised.get(entry.key);
    const own = report === undefined || report.keeps.includes(entry.id) ? [] : [report];
    const names = [keyName(entry.key), roleName(entry.principal, entry.role)];
    return [
      ...own,
      ...names
        .flatMap((name) => brought.get(name) ?? [])
        .flatMap(({ cleanFrom, reports }) => (cleanFrom !== null && entry.time >= cleanFrom ? [] : reports)),
    ];
  };
  let changes: { readonly each: ChangeCase; readonly reports: readonly Report[] }[] = [];
  for (const each of applied) {
    const { change } = each;
    const relied = each.approvals.filter(({ id }) => each.applied.reliedOn.includes(id));
    const reports = relied.flatMap(reportsOf);
    if (reports.length > 0) {
      changes.push({ each, reports });
      for (const name of broughtNames(change))
        brought.set(name, [...(brought.get(name) ?? []), { reports, cleanFrom: null }]);
    } else if (change.kind === 'policy') {
      // Only people who knew of the theft can have confirmed what is in force, and only what they left in force.
      const knew = (all: readonly Report[]): boolean => all.every((report) => isKnownTo(report, change));
      changes = changes.filter(({ reports: known }) => !knew(known));
      const confirmed = (found: Brought): Brought =>
        found.cleanFrom === null && knew(found.reports) ? { ...found, cleanFrom: each.applied.time } : found;
      for (const name of namesInForce(tree, each))
        brought.set(name, (brought.get(name) ?? []).map(confirmed));
    }
  }
  return {
    isTainted: (entry) => reportsOf(entry).length > 0,
    changes: changes.map(({ each }) => each),
  };
}

const keyName = (key: string): string => `key ${key}`;
const roleName = (principal: string, role: string): string => `role ${principal} ${role}`;

function broughtNames(change: Change): readonly string[] {
  if (change.kind !== 'policy') return [];
  const { keys, roles } = change.brings;
  return [...keys.map(keyName), ...roles.map(({ principal, role }) => roleName(principal, role))];
}

/** Keys and roles that a change left in force. */
function namesInForce(tree: TreeFolder, { change }: ChangeCase): ReadonlySet<string> {
  const { enrolled } = appliedLaw(tree, change.id);
  return new Set(
    enrolled.principals.flatMap(({ id, keys, roles }) => [
      ...keys.map(({ fingerprint }) => keyName(fingerprint)),
      ...roles.map(({ role }) => roleName(id, role)),
    ]),
  );
}

/** A policy comes before what is changed under it. */
function order({ change }: ChangeCase): number {
  return change.kind === 'policy' ? 0 : 1;
}

/** What one iteration stands on: its own record, its yardstick, and the decisions its transitions relied on. */
export function standsOn(world: World, bundle: Bundle): readonly EntryHeader[] {
  const { record, lock } = bundle;
  const relied = new Set<EntryId>(record.transitions.flatMap((step) => step.reliedOn));
  const approvals = bundle.approvals.filter(({ id }) => relied.has(id));
  const approved = new Set<EntryId>(approvals.flatMap((entry) => entry.reliedOn));
  const excepted = new Set<EntryId>([...relied, ...record.request.reliedOn]);
  const exceptions =
    record.request.exceptions === undefined
      ? []
      : exceptionsOf(world.tree, bundle.iteration.line).flatMap(entriesOfException);
  return [
    lockedBaseline(world.tree, bundle).baseline,
    lock,
    record.request,
    ...exceptions.filter(({ id }) => excepted.has(id)),
    ...record.evidence,
    ...record.evaluations,
    ...(record.export === undefined ? [] : [record.export]),
    ...(record.checks ?? []).filter(({ id }) => approved.has(id)),
    ...bundle.receipts.filter(({ id }) => approved.has(id) || relied.has(id)),
    ...approvals,
    ...record.transitions,
  ];
}

/** Tainted entries that the iteration stands on and nobody has vouched for anew. */
export function taintedEntries(world: World, bundle: Bundle): readonly EntryHeader[] {
  const taint = taintOf(world);
  const affirmed = new Set<EntryId>(
    bundle.reaffirmations.filter((entry) => !taint.isTainted(entry)).flatMap((entry) => entry.entries),
  );
  return standsOn(world, bundle).filter((entry) => taint.isTainted(entry) && !affirmed.has(entry.id));
}

/** Why no person's transition builds on this iteration now; empty once everything is vouched for or the model is gone. */
export function taintReasons(world: World, bundle: Bundle): readonly Reason[] {
  if (bundle.record.state === 'deprecated') return [];
  return [
    ...taintedReasons(world, bundle),
    ...taintOf(world).changes.map(({ change }) =>
      reason('POLICY_TAINTED', { change: change.id, version: change.version }),
    ),
  ];
}

/** The same of the iteration alone, whatever becomes of the law. */
export function taintedReasons(world: World, bundle: Bundle): readonly Reason[] {
  const tainted = taintedEntries(world, bundle);
  if (tainted.length === 0) return [];
  const keys = [...new Set(tainted.map(({ key }) => key))];
  const entries = tainted.map(({ id }) => id);
  return [reason('TAINTED', { iteration: toIterationId(bundle.iteration), entries, keys })];
}
