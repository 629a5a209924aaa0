import type { EntryHeader } from '../domain/entry.ts';
import type { EntryId, Fingerprint } from '../domain/names.ts';
import { toIterationId } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { TreeFolder } from '../domain/tree.ts';
import { changesOf, type ChangeCase } from './changes.ts';
import type { Law } from './law.ts';
import { baselineNamed, type Bundle, type World } from './world.ts';

/**
 * What a stolen key touched. A thief chooses dates, so every act of a compromised key is tainted, whatever date it bears,
 * except those that the report of the theft keeps. Keys and roles that came in by a tainted change go with it.
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

function computeTaint(tree: TreeFolder, law: Law): Taint {
  const compromised = compromisedKeys(law);
  if (compromised.size === 0) return { isTainted: () => false, changes: [] };
  const keys = new Set<Fingerprint>();
  const roles = new Set<string>();
  const isTainted = (entry: EntryHeader): boolean => {
    const keeps = compromised.get(entry.key);
    if (keeps !== undefined && !keeps.includes(entry.id)) return true;
    return keys.has(entry.key) || roles.has(`${entry.principal} ${entry.role}`);
  };
  let changes: ChangeCase[] = [];
  const applied = changesOf(tree)
    .filter(({ applied: step }) => step !== null)
    .sort((a, b) => a.change.version - b.change.version || order(a) - order(b));
  for (const each of applied) {
    const relied = each.approvals.filter(({ id }) => each.applied?.reliedOn.includes(id) === true);
    if (relied.some(isTainted)) {
      changes.push(each);
      if (each.change.kind !== 'policy') continue;
      for (const key of each.change.brings.keys) keys.add(key);
      for (const { principal, role } of each.change.brings.roles) roles.add(`${principal} ${role}`);
    } else if (each.change.kind === 'policy') {
      // People who were there before the thief have approved all that is in force now.
      changes = [];
      keys.clear();
      roles.clear();
    }
  }
  return { isTainted, changes };
}

/** A policy comes before what is changed under it. */
function order({ change }: ChangeCase): number {
  return change.kind === 'policy' ? 0 : 1;
}

/** Compromised keys with the entries that were kept. A key stays compromised when it is no longer enrolled. */
function compromisedKeys(law: Law): ReadonlyMap<Fingerprint, readonly EntryId[]> {
  const found = new Map<Fingerprint, readonly EntryId[]>();
  const enrolled = new Set<Fingerprint>();
  for (const { fingerprint, compromised } of law.signers.principals.flatMap(({ keys }) => keys)) {
    enrolled.add(fingerprint);
    if (compromised !== undefined) found.set(fingerprint, compromised.keeps);
  }
  for (const override of law.overrides) {
    if (override.act !== 'revoke-signer' || override.as !== 'compromised') continue;
    for (const key of override.keys.filter((each) => !enrolled.has(each)))
      found.set(key, found.get(key)?.filter((id) => override.keeps.includes(id)) ?? override.keeps);
  }
  return found;
}

/** What one iteration stands on: its own record, its yardstick, and the decisions its transitions relied on. */
export function standsOn(world: World, bundle: Bundle): readonly EntryHeader[] {
  const { record, lock, iteration } = bundle;
  const baseline = baselineNamed(world.tree, iteration.line, lock.baseline.id)?.baseline;
  const relied = new Set<EntryId>(record.transitions.flatMap((step) => step.reliedOn));
  return [
    ...(baseline === undefined ? [] : [baseline]),
    lock,
    record.request,
    ...record.evidence,
    ...record.evaluations,
    ...(record.export === undefined ? [] : [record.export]),
    ...bundle.approvals.filter(({ id }) => relied.has(id)),
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
  const tainted = taintedEntries(world, bundle);
  return [
    ...(tainted.length === 0
      ? []
      : [
          reason('TAINTED', {
            iteration: toIterationId(bundle.iteration),
            entries: tainted.map(({ id }) => id),
            keys: [...new Set(tainted.map(({ key }) => key))],
          }),
        ]),
    ...taintOf(world).changes.map(({ change }) =>
      reason('POLICY_TAINTED', { change: change.id, version: change.version }),
    ),
  ];
}
