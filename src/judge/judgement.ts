import { toTime, type Fingerprint } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { Role } from '../domain/roles.ts';
import type { SignatureVerdict } from '../domain/signature.ts';
import type { Principal } from '../domain/signers.ts';
import type { TreeFile, TreeFolder } from '../domain/tree.ts';
import type { Act } from '../machine/act.ts';
import { holderOfKey, isKeyEnded, type Law } from '../machine/law.ts';
import type { GuardedValues } from './combine.ts';
import type { InForce } from './in-force.ts';
import type { RefreshFacts } from './recognise-law.ts';

/** Of what differs from what is due so much is looked for: whoever wrote it is not believed, and it may be a lot. */
export const MOST_TOLD = 100;

/** How far a clock may be off, in seconds: a laptop eight minutes fast or slow is fine. */
export const CLOCK_TOLERANCE = 600;

export interface CommitUnderJudgement {
  readonly id: string;
  readonly parents: readonly string[];
  /** The governed tree. */
  readonly tree: TreeFolder;
  /** What lies at paths that the law of some commit guards. */
  readonly guarded: GuardedValues;
  /** What is wrong with its objects, found while they were read. */
  readonly structure: readonly Reason[];
  /** Headers that git may write and a governed commit may not have. */
  readonly extraHeaders: readonly string[];
  readonly message: string;
  /** Null where the commit is not signed. */
  readonly signature: SignatureVerdict | null;
  readonly refreshes: RefreshFacts;
  /** What is wrong with certificates of a policy that it proposes or puts in force. */
  readonly certificates: readonly Reason[];
}

/** What is known of a parent: it was judged before. */
export interface JudgedParent {
  readonly id: string;
  readonly tree: TreeFolder;
  readonly guarded: GuardedValues;
  readonly void: boolean;
  /** The latest signature time among the commit and its valid governed ancestors, seconds since 1970. */
  readonly clock: number;
  readonly force: InForce;
  /** From when on keys may not sign by the certificates here, seconds since 1970; those without an end are left out. */
  readonly ends?: KeyEnds;
  /** A repair that had to choose and waits for a second person. */
  readonly unseconded?: Unseconded | null;
}

export type KeyEnds = ReadonlyMap<Fingerprint, number>;

export interface Unseconded {
  readonly incident: string;
  readonly by: Voucher;
}

/** Who answers for what a repair gave up. */
export interface Voucher {
  readonly principal: Principal;
  readonly key: Fingerprint;
  readonly role: Role;
}

export interface Judgement {
  readonly kind: 'root' | 'governed' | 'merge' | 'ungoverned' | 'repair';
  readonly reasons: readonly Reason[];
  readonly clock: number;
  readonly signer: Principal | null;
  /** Primary fingerprint of the key that signed for the signer. */
  readonly key: Fingerprint | null;
  readonly acts: readonly Act[];
  /** When the signing key expires, seconds since 1970; null for never, or without a signature. */
  readonly expires: number | null;
  /** Overrides that are in force although the commit itself is void, by path. */
  readonly imposed: ReadonlyMap<string, TreeFile>;
  readonly unseconded?: Unseconded;
  /** Of a repair that gave up what was validly signed. */
  readonly vouchers?: readonly Voucher[];
}

/** Whoever soundly signed a commit, by a law. */
export interface Signed {
  readonly principal: Principal;
  readonly key: Fingerprint;
  readonly time: number;
  readonly expires: number | null;
  /** That the key has ended, where it has. */
  readonly ended: readonly Reason[];
}

/** @param paths what is changed, for the sentence where nobody signed. */
export function signerOf(
  { signature }: Pick<CommitUnderJudgement, 'signature'>,
  law: Law,
  paths: readonly string[],
): Signed | Reason {
  if (signature === null) return reason('UNSIGNED', { paths });
  if (signature.kind === 'bad')
    return reason('SIGNATURE_REFUSED', { fault: signature.fault, detail: signature.detail });
  const holder = holderOfKey(law, signature.primary);
  if (holder === null) return reason('SIGNER_NOT_ENROLLED', { key: signature.primary });
  const { principal, key } = holder;
  const how = key.compromised === undefined ? 'retired' : 'compromised';
  const ended = isKeyEnded(key)
    ? [reason('KEY_ENDED', { key: key.fingerprint, principal: principal.id, how })]
    : [];
  return { principal, key: key.fingerprint, time: signature.time, expires: signature.expires, ended };
}

export function voidParents(parents: readonly JudgedParent[]): readonly Reason[] {
  return parents
    .filter((parent) => parent.void)
    .map((parent) => reason('PARENT_VOID', { parent: parent.id }));
}

/** Guarded paths at which two commits hold different things. */
export function changedGuarded(
  paths: readonly string[],
  before: GuardedValues,
  after: GuardedValues,
): readonly string[] {
  return paths.filter((path) => before.get(path) !== after.get(path));
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

export function timeReasons(signed: number, clock: number, now: number): readonly Reason[] {
  if (signed > now + CLOCK_TOLERANCE)
    return [reason('FROM_THE_FUTURE', { signed: toTime(signed), now: toTime(now) })];
  if (signed < clock - CLOCK_TOLERANCE)
    return [reason('TIME_BACKWARDS', { signed: toTime(signed), clock: toTime(clock) })];
  return [];
}
