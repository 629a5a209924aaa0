import type { Parsed } from '../base/problem.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { EMPTY_TREE, withFile, withFolder, type TreeFolder } from '../domain/tree.ts';
import type { NewFile } from './act.ts';
import { livelihoodProblems } from './livelihood.ts';
import { parseLaw, type Law } from './law.ts';
import { isForEver, isForRecovery, signersUnder } from './overrides.ts';
import { policyDifference } from './policy-difference.ts';
import { policyProblems } from './policy-invariants.ts';

/** The law with these files for its `policy/`. */
export function lawWith(tree: TreeFolder, files: readonly NewFile[]): Parsed<Law> {
  const folder = files.reduce((result, { path, bytes }) => withFile(result, path, bytes), EMPTY_TREE);
  return parseLaw(withFolder(tree, 'policy', folder));
}

/** Why a proposed policy can never be applied, whoever approves it. @param at seconds since 1970. */
export function proposalProblems(present: Law, proposed: Parsed<Law>, at: number): readonly Reason[] {
  if (!proposed.ok) {
    return proposed.problems.map(({ place, message }) =>
      reason('DOCUMENT_UNSOUND', { path: place.file, message, place }),
    );
  }
  const law = proposed.value;
  const { semantics, rubrics, thresholds, signers } = policyDifference(present, law);
  const nothing = !semantics && !rubrics && !thresholds && !signers;
  return [
    ...(law.policy.version === present.policy.version + 1
      ? []
      : [
          reason('CHANGE_DIFFERS', {
            what: 'version in policy.yaml',
            stated: String(law.policy.version),
            expected: String(present.policy.version + 1),
          }),
        ]),
    ...(nothing ? [reason('CHANGE_NOTHING', { change: 'proposed' })] : []),
    ...[...policyProblems(lasting(law), at), ...livelihoodProblems(lasting(law), at)].map((message) =>
      reason('LAW_UNLIVABLE', { message }),
    ),
    ...clearedCompromises(present, law),
    ...shieldedKeys(present, law),
  ];
}

/** A law as it is when all that can be lifted is lifted: who is suspended for now is not lost. */
function lasting(law: Law): Law {
  return { ...law, signers: signersUnder(law.enrolled, law.overrides.filter(isForEver)) };
}

/** What was reported as stolen stays reported, with no more entries kept than before. */
function clearedCompromises(present: Law, proposed: Law): readonly Reason[] {
  const after = new Map(
    proposed.enrolled.principals.flatMap(({ keys }) => keys.map((key) => [key.fingerprint, key] as const)),
  );
  return present.enrolled.principals
    .flatMap(({ keys }) => keys)
    .flatMap(({ fingerprint: key, compromised }) => {
      if (compromised === undefined) return [];
      const kept = after.get(key)?.compromised;
      if (kept === undefined) return [reason('COMPROMISE_CLEARED', { key, what: 'the report itself' })];
      const more = kept.keeps.filter((id) => !compromised.keeps.includes(id));
      return more.map((id) => reason('COMPROMISE_CLEARED', { key, what: `the entry ${id}` }));
    });
}

/** Overrides do not touch people kept for recovery, so a stolen key must not take shelter there. */
function shieldedKeys(present: Law, proposed: Law): readonly Reason[] {
  const stolen = new Set<string>(
    present.overrides.flatMap((override) =>
      override.act === 'revoke-signer' && override.as === 'compromised' ? override.keys : [],
    ),
  );
  const before = new Set(recoveryKeys(present));
  return recoveryKeys(proposed)
    .filter((key) => stolen.has(key) && !before.has(key))
    .map((key) => reason('COMPROMISE_CLEARED', { key, what: 'it would be kept for recovery' }));
}

function recoveryKeys({ enrolled }: Law): readonly string[] {
  return enrolled.principals.filter(isForRecovery).flatMap(({ keys }) => keys.map((key) => key.fingerprint));
}
