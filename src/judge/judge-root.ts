import { toTime, type Fingerprint } from '../domain/names.ts';
import { POLICY_FILE, REPOSITORY_FILE } from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { filesUnder, type TreeFolder } from '../domain/tree.ts';
import { holderOfKey, parseLaw } from '../machine/law.ts';
import { policyProblems } from '../machine/policy-invariants.ts';
import { CLOCK_TOLERANCE, headerReasons, type CommitUnderJudgement, type Judgement } from './judgement.ts';

/** Paths of what a root holds beside the law. */
export function strayIn(tree: TreeFolder): readonly string[] {
  return filesUnder(tree, '').flatMap(([path]) =>
    path === REPOSITORY_FILE || path.startsWith('policy/') ? [] : [path],
  );
}

/**
 * The trust root, the only commit judged by its own tree. Its content is taken on trust, so it holds the law and
 * nothing that the law could have judged – unless it takes over evidence of an earlier law whose keys are lost, and says
 * so, or is a later commit to which an approved change moved the root (`isMovedTo`).
 */
export function judgeRoot(
  commit: CommitUnderJudgement,
  signer: Fingerprint,
  now: number,
  isMovedTo = false,
): Judgement {
  const { signature } = commit;
  const law = parseLaw(commit.tree);
  const reasons: Reason[] = [...commit.structure, ...headerReasons(commit)];
  if (!law.ok)
    reasons.push(
      ...law.problems.map(({ place, message }) =>
        reason('DOCUMENT_UNSOUND', { path: place.file, message, place }),
      ),
    );
  reasons.push(...commit.certificates);
  const stray = strayIn(commit.tree);
  const continues = law.ok ? law.value.repository.continues : undefined;
  const takesOver = isMovedTo || (continues !== undefined && commit.parents.includes(continues));
  if (stray.length > 0 && !takesOver) reasons.push(reason('ROOT_NOT_BARE', { paths: stray }));
  if (signature === null) reasons.push(reason('UNSIGNED', { paths: [REPOSITORY_FILE, 'policy/'] }));
  else if (signature.kind === 'bad')
    reasons.push(reason('SIGNATURE_REFUSED', { fault: signature.fault, detail: signature.detail }));
  else {
    if (signature.primary !== signer)
      reasons.push(reason('ROOT_MISMATCH', { what: 'signer', expected: signer, found: signature.primary }));
    if (signature.time > now + CLOCK_TOLERANCE)
      reasons.push(reason('FROM_THE_FUTURE', { signed: toTime(signature.time), now: toTime(now) }));
  }
  const good = signature?.kind === 'good' ? signature : null;
  // A law under which some gate could never open is no law, whoever signs it.
  if (law.ok && good !== null) {
    const stuck = policyProblems(law.value, good.time);
    const place = { file: POLICY_FILE };
    reasons.push(
      ...stuck.map((message) => reason('DOCUMENT_UNSOUND', { path: POLICY_FILE, message, place })),
    );
  }
  const holder = law.ok && good !== null ? holderOfKey(law.value, good.primary) : null;
  if (law.ok && good !== null && holder?.principal.kind !== 'human')
    reasons.push(reason('SIGNER_NOT_ENROLLED', { key: good.primary }));
  return {
    kind: 'root',
    reasons,
    clock: good?.time ?? 0,
    signer: holder?.principal ?? null,
    key: good?.primary ?? null,
    acts: [],
    expires: good?.expires ?? null,
    imposed: new Map(),
  };
}
