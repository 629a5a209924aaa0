import type { NonEmpty } from '../base/nonempty.ts';
import { isNonEmpty } from '../base/nonempty.ts';
import type { Approval, Reaffirmation } from '../domain/approval.ts';
import type { Baseline } from '../domain/baseline.ts';
import type { AppliedChange, Change, ChangeApproval } from '../domain/change.ts';
import type { CheckResult } from '../domain/check.ts';
import type { CommentEntry } from '../domain/comment.ts';
import type { ClosedException, Exception, ExceptionApproval, ExceptionReview } from '../domain/exception.ts';
import type { Drill } from '../domain/drill.ts';
import type { Lock } from '../domain/lock.ts';
import type { Fingerprint, Iteration, LineName } from '../domain/names.ts';
import type { Override } from '../domain/override.ts';
import type { Pin, Unpin } from '../domain/pin.ts';
import type { Reason } from '../domain/reason.ts';
import type {
  Deprecation,
  Erasure,
  Evaluation,
  EvidenceEntry,
  Export,
  Transition,
} from '../domain/record.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { Request } from '../domain/request.ts';
import type { Principal } from '../domain/signers.ts';

/** A file an act brings. `path` is relative to the act's own folder. */
export interface NewFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** One thing somebody does, with the entry as it is (or will be) written. The same value for promote and for verify. */
export type Act =
  | { readonly kind: 'lock'; readonly lock: Lock }
  | {
      readonly kind: 'baseline';
      readonly baseline: Baseline;
      readonly report: Uint8Array;
      readonly files: readonly NewFile[];
    }
  | {
      readonly kind: 'request';
      readonly iteration: Iteration;
      readonly request: Request;
      /** The bytes of the rubric the cited lock pins, whatever the policy says by now. */
      readonly rubric: Uint8Array;
    }
  | {
      readonly kind: 'evidence';
      readonly iteration: Iteration;
      readonly evidence: EvidenceEntry;
      readonly files: readonly NewFile[];
    }
  | {
      readonly kind: 'evaluate';
      readonly iteration: Iteration;
      readonly evaluation: Evaluation;
      /** The normalised report; absent when the run errored. */
      readonly report: Uint8Array | null;
      readonly files: readonly NewFile[];
    }
  | {
      readonly kind: 'check';
      readonly iteration: Iteration;
      readonly check: CheckResult;
      /** The normalised report. */
      readonly report: Uint8Array;
      readonly files: readonly NewFile[];
    }
  | { readonly kind: 'export'; readonly iteration: Iteration; readonly export: Export }
  | { readonly kind: 'erase'; readonly iteration: Iteration; readonly erasure: Erasure }
  | { readonly kind: 'transition'; readonly iteration: Iteration; readonly step: Transition }
  | { readonly kind: 'decide'; readonly iteration: Iteration; readonly approval: Approval }
  | { readonly kind: 'deprecate'; readonly iteration: Iteration; readonly step: Deprecation }
  | { readonly kind: 'pin'; readonly pin: Pin }
  | { readonly kind: 'unpin'; readonly unpin: Unpin }
  | { readonly kind: 'comment'; readonly iteration: Iteration; readonly comment: CommentEntry }
  | { readonly kind: 'receipt'; readonly iteration: Iteration; readonly receipt: Receipt }
  | { readonly kind: 'reaffirm'; readonly iteration: Iteration; readonly reaffirmation: Reaffirmation }
  | {
      readonly kind: 'override';
      readonly override: Override;
      /** As it is spelled: an override may be written by hand. */
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'drill'; readonly drill: Drill }
  | {
      readonly kind: 'propose';
      readonly change: Change;
      /** The files of `proposed/`. */
      readonly files: readonly NewFile[];
    }
  | { readonly kind: 'decide-change'; readonly approval: ChangeApproval }
  | { readonly kind: 'apply-change'; readonly applied: AppliedChange }
  | { readonly kind: 'open-exception'; readonly exception: Exception }
  | { readonly kind: 'decide-exception'; readonly line: LineName; readonly approval: ExceptionApproval }
  | { readonly kind: 'close-exception'; readonly line: LineName; readonly closed: ClosedException }
  | {
      readonly kind: 'review-exception';
      readonly line: LineName;
      readonly review: ExceptionReview;
      readonly text: Uint8Array;
    }
  | ({ readonly kind: 'refresh' } & Refresh)
  | { readonly kind: 'guarded'; readonly paths: readonly string[] };

/** A later version of a certificate, with what only a look into its packets can tell. */
export interface Refresh {
  /** Primary fingerprint. */
  readonly key: Fingerprint;
  readonly bytes: Uint8Array;
  /** Why it is no refresh of the certificate in force, in words; null where it is one. */
  readonly fault: string | null;
  /** Enrolled keys, by primary fingerprint, whose certificates had expired at the clock of the act. */
  readonly expired: ReadonlySet<Fingerprint>;
}

/** Who acts: the principal whose key signed, and when by the signature. */
export interface Actor {
  readonly principal: Principal;
  /** Primary fingerprint. */
  readonly key: Fingerprint;
  /** Time of the signature, seconds since 1970. */
  readonly signed: number;
  /** The later of `signed` and the clock of the parents: what expiry is measured by. */
  readonly clock: number;
}

/** A file to be written, by its path in the repository; `bytes` null: to be taken away. */
export interface Put {
  readonly path: string;
  readonly bytes: Uint8Array | null;
}

/** The answer of the machine: the files that follow, or every reason why not. */
export type Decision =
  | { readonly kind: 'allowed'; readonly puts: readonly Put[] }
  | { readonly kind: 'refused'; readonly reasons: NonEmpty<Reason> };

export function refusedIf(reasons: readonly Reason[], puts: () => readonly Put[]): Decision {
  return isNonEmpty(reasons) ? { kind: 'refused', reasons } : { kind: 'allowed', puts: puts() };
}

export function refused(...reasons: NonEmpty<Reason>): Decision {
  return { kind: 'refused', reasons };
}

const encoder = new TextEncoder();

export function putText(path: string, text: string): Put {
  return { path, bytes: encoder.encode(text) };
}
