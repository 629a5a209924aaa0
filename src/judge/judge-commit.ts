import { toTime } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { Principal } from '../domain/signers.ts';
import { differences, type TreeFolder } from '../domain/tree.ts';
import type { Act } from '../machine/act.ts';
import { holderOfKey, isKeyEnded, lawOf } from '../machine/law.ts';
import type { SignatureVerdict } from '../domain/signature.ts';
import { explainChange } from './explain-change.ts';

/** How far a clock may be off, in seconds: a laptop eight minutes fast or slow is fine. */
export const CLOCK_TOLERANCE = 600;

/** So many changed paths show what an unsigned commit is about. */
const MOST_TOLD = 20;

export interface CommitUnderJudgement {
  readonly id: string;
  /** The governed tree. */
  readonly tree: TreeFolder;
  /** What is wrong with its objects, found while they were read. */
  readonly structure: readonly Reason[];
  /** Headers that git may write and a governed commit may not have. */
  readonly extraHeaders: readonly string[];
  readonly message: string;
  /** Null where the commit is not signed. */
  readonly signature: SignatureVerdict | null;
}

/** What is known of a parent: it was judged before. */
export interface JudgedParent {
  readonly id: string;
  readonly tree: TreeFolder;
  readonly void: boolean;
  /** The latest signature time among the commit and its valid governed ancestors, seconds since 1970. */
  readonly clock: number;
}

export interface Judgement {
  readonly kind: 'root' | 'governed' | 'merge' | 'ungoverned';
  readonly reasons: readonly Reason[];
  readonly clock: number;
  readonly signer: Principal | null;
  readonly acts: readonly Act[];
  /** When the signing key expires, seconds since 1970; null for never, or without a signature. */
  readonly expires: number | null;
}

/**
 * The validity of one commit by the law of its parent. It depends on this commit, its parent's governed tree and clock,
 * and the time now for one question only: whether the signature comes from the future.
 */
export function judgeCommit(commit: CommitUnderJudgement, parent: JudgedParent, now: number): Judgement {
  const { clock } = parent;
  const before = [...commit.structure, ...voidParents([parent])];
  const nothing = { clock, signer: null, acts: [], expires: null } as const;
  const changes = differences(parent.tree, commit.tree, MOST_TOLD);
  if (changes.length === 0) return { kind: 'ungoverned', reasons: before, ...nothing };
  const refuse = (...reasons: readonly Reason[]): Judgement => ({
    kind: 'governed',
    reasons: [...before, ...reasons],
    ...nothing,
  });
  // A void parent has no law to judge by; what is wrong there is reported there.
  if (parent.void) return refuse();
  const law = lawOf(parent.tree);
  const { signature } = commit;
  if (signature === null) return refuse(reason('UNSIGNED', { paths: changes.map((change) => change.path) }));
  if (signature.kind === 'bad')
    return refuse(reason('SIGNATURE_REFUSED', { fault: signature.fault, detail: signature.detail }));
  const holder = holderOfKey(law, signature.primary);
  if (holder === null) return refuse(reason('SIGNER_NOT_ENROLLED', { key: signature.primary }));

  const { principal, key } = holder;
  const actor = {
    principal,
    key: key.fingerprint,
    signed: signature.time,
    clock: Math.max(clock, signature.time),
  };
  const { acts, reasons } = explainChange(law, parent.tree, commit.tree, actor);
  const all = [...before, ...headerReasons(commit), ...timeReasons(signature.time, clock, now), ...reasons];
  if (isKeyEnded(key))
    all.push(
      reason('KEY_ENDED', {
        key: key.fingerprint,
        principal: principal.id,
        how: key.compromised === undefined ? 'retired' : 'compromised',
      }),
    );
  return {
    kind: 'governed',
    reasons: all,
    clock: all.length === 0 ? actor.clock : clock,
    signer: principal,
    acts,
    expires: signature.expires,
  };
}

export function voidParents(parents: readonly JudgedParent[]): readonly Reason[] {
  return parents
    .filter((parent) => parent.void)
    .map((parent) => reason('PARENT_VOID', { parent: parent.id }));
}

export function headerReasons({
  extraHeaders,
  message,
}: Pick<CommitUnderJudgement, 'extraHeaders' | 'message'>): readonly Reason[] {
  return [
    ...extraHeaders.map((name) =>
      reason('COMMIT_MALFORMED', { message: `has the header ${name}, which a governed commit may not have` }),
    ),
    ...(message.includes('\0')
      ? [reason('COMMIT_MALFORMED', { message: 'has a NUL character in its message' })]
      : []),
  ];
}

function timeReasons(signed: number, clock: number, now: number): readonly Reason[] {
  if (signed > now + CLOCK_TOLERANCE)
    return [reason('FROM_THE_FUTURE', { signed: toTime(signed), now: toTime(now) })];
  if (signed < clock - CLOCK_TOLERANCE)
    return [reason('TIME_BACKWARDS', { signed: toTime(signed), clock: toTime(clock) })];
  return [];
}
