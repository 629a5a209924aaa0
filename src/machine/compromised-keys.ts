import type { AppliedChange, PolicyChange } from '../domain/change.ts';
import { toIdSet } from '../domain/entry.ts';
import type { EntryId, Fingerprint } from '../domain/names.ts';
import type { TreeFolder } from '../domain/tree.ts';
import { appliedLaw, type ChangeCase } from './changes.ts';
import type { Law } from './law.ts';
import { isForEver, isForRecovery } from './overrides.ts';

/** Somebody's word that a key was stolen: an override, or a version of the policy and all that come after it. */
type Source = { readonly keeps: readonly EntryId[] } & (
  { readonly override: EntryId } | { readonly version: number }
);

/** A stolen key: which of its entries are kept – those that everybody who reported it keeps –, and who reported it. */
export interface Report {
  readonly keeps: readonly EntryId[];
  readonly sources: readonly Source[];
}

/** A change that is in force, with what put it there. */
export type AppliedCase = ChangeCase & { readonly applied: AppliedChange };

/** Overrides in force that report a stolen key, as a change of policy has to list them. */
export function theftReports({ overrides }: Law): readonly EntryId[] {
  return toIdSet(overrides.filter(isForEver).map(({ id }) => id));
}

/** Compromised keys with what is known of the theft. A key stays compromised when it is no longer enrolled. */
export function compromisedKeys(
  tree: TreeFolder,
  law: Law,
  applied: readonly AppliedCase[],
): ReadonlyMap<Fingerprint, Report> {
  const found = new Map<Fingerprint, Source[]>();
  const add = (key: Fingerprint, source: Source): unknown =>
    found.set(key, [...(found.get(key) ?? []), source]);
  // No override touches people kept for recovery.
  const spared = new Set(
    law.enrolled.principals.filter(isForRecovery).flatMap(({ keys }) => keys.map((key) => key.fingerprint)),
  );
  for (const override of law.overrides) {
    if (override.act !== 'revoke-signer' || !isForEver(override)) continue;
    for (const key of override.keys)
      if (!spared.has(key)) add(key, { keeps: override.keeps, override: override.id });
  }
  for (const { fingerprint, compromised } of law.enrolled.principals.flatMap(({ keys }) => keys))
    if (compromised !== undefined)
      add(fingerprint, { keeps: compromised.keeps, version: versionOfReport(tree, applied, fingerprint) });
  return new Map([...found].map(([key, sources]) => [key, { keeps: keptByAll(sources), sources }]));
}

/**
 * Whether those who approved a change of policy knew of a theft as it is known now: what had been reported to them keeps the
 * same entries. No date is asked for: whoever writes a report chooses that.
 */
export function isKnownTo({ keeps, sources }: Report, change: PolicyChange): boolean {
  const told = sources.filter((source) =>
    'version' in source ? change.version >= source.version : change.reports.includes(source.override),
  );
  return told.length > 0 && keptByAll(told).every((id) => keeps.includes(id));
}

function keptByAll(sources: readonly Source[]): readonly EntryId[] {
  return sources.map((source) => source.keeps).reduce((kept, more) => kept.filter((id) => more.includes(id)));
}

/** The first policy version that reports a key as stolen; 0 where the root did. */
function versionOfReport(tree: TreeFolder, applied: readonly AppliedCase[], key: Fingerprint): number {
  const reporting = applied.find(
    ({ change }) =>
      change.kind === 'policy' &&
      appliedLaw(tree, change.id).enrolled.principals.some(({ keys }) =>
        keys.some(({ fingerprint, compromised }) => fingerprint === key && compromised !== undefined),
      ),
  );
  return reporting?.change.version ?? 0;
}
