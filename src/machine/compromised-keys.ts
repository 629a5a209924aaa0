import type { AppliedChange } from '../domain/change.ts';
import type { EntryId, Fingerprint, Time } from '../domain/names.ts';
import type { TreeFolder } from '../domain/tree.ts';
import { appliedLaw, type ChangeCase } from './changes.ts';
import type { Law } from './law.ts';
import { isForEver, isForRecovery } from './overrides.ts';

/** Since when it is known that a key was stolen: a policy version or a time, whichever is known. */
export interface Report {
  readonly keeps: readonly EntryId[];
  readonly version: number | null;
  readonly time: Time | null;
}

/** A change that is in force, with what put it there. */
export type AppliedCase = ChangeCase & { readonly applied: AppliedChange };

/** Compromised keys with what is known of the theft. A key stays compromised when it is no longer enrolled. */
export function compromisedKeys(
  tree: TreeFolder,
  law: Law,
  applied: readonly AppliedCase[],
): ReadonlyMap<Fingerprint, Report> {
  const found = new Map<Fingerprint, Report>();
  const ends = law.overrides.filter((override) => override.act === 'revoke-signer').filter(isForEver);
  // No override touches people kept for recovery.
  const spared = new Set(
    law.enrolled.principals.filter(isForRecovery).flatMap(({ keys }) => keys.map((key) => key.fingerprint)),
  );
  for (const key of new Set(ends.flatMap(({ keys }) => keys))) {
    if (spared.has(key)) continue;
    const own = ends.filter(({ keys }) => keys.includes(key));
    // Reported twice it keeps what both keep, and is known for certain since the later report.
    const keeps = own
      .map((override) => override.keeps)
      .reduce((kept, more) => kept.filter((id) => more.includes(id)));
    const time = own.map((override) => override.time).reduce((a, b) => (a > b ? a : b));
    found.set(key, { keeps, version: null, time });
  }
  for (const { fingerprint, compromised } of law.enrolled.principals.flatMap(({ keys }) => keys)) {
    if (compromised === undefined) continue;
    const earlier = found.get(fingerprint);
    found.set(fingerprint, {
      keeps: compromised.keeps.filter((id) => earlier === undefined || earlier.keeps.includes(id)),
      version: versionOfReport(tree, applied, fingerprint),
      time: earlier?.time ?? null,
    });
  }
  return found;
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
