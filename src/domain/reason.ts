import type { Place } from '../base/errors.ts';

/**
 * Why something is refused. A closed list: each code has its facts, and one sentence with a remedy in
 * `commands/shared/explaining/explain.ts`. Codes are stable; scripts may rely on them.
 */
interface RefusalFacts {
  // who
  ENTRY_ID_FALSE: { readonly entry: string; readonly expected: string };
  ENTRY_NOT_SIGNERS: { readonly principal: string; readonly signer: string };
  ENTRY_OTHER_KEY: { readonly key: string; readonly signer: string };
  ENTRY_OTHER_REPOSITORY: { readonly repository: string; readonly expected: string };
  ENTRY_TIME: { readonly time: string; readonly signed: string };
  ENTRY_UNRELATED: { readonly what: string; readonly expected: string };
  HUMAN_REQUIRED: { readonly act: string; readonly principal: string };
  ROLE_CANNOT: { readonly act: string; readonly role: string; readonly allowed: readonly string[] };
  ROLE_NOT_HELD: { readonly principal: string; readonly role: string; readonly line: string };
  // the yardstick
  LINE_UNKNOWN: { readonly line: string };
  RUBRIC_UNKNOWN: { readonly rubric: string };
  LOCK_DIFFERS_FROM_POLICY: { readonly what: string; readonly lock: string; readonly policy: string };
  LOCK_UNKNOWN: { readonly lock: string };
  LOCK_NOT_NEWEST: { readonly lock: string; readonly newest: string };
  LOCK_STAMP_OTHER: { readonly path: string; readonly stamped: string; readonly lock: string };
  LOCK_STAMP_UNFOUNDED: { readonly path: string };
  LOCK_STRENGTH_FALSE: { readonly stated: string; readonly shown: string };
  LOCK_STRENGTH_LOW: {
    readonly iteration: string;
    readonly strength: string;
    readonly demanded: string;
    /** How risky the change is; null where nobody judges that. */
    readonly tier: string | null;
    /** What is lacking. */
    readonly because: string;
  };
  MODEL_SIGNATURE_FALSE: { readonly why: string };
  TRAINING_BEFORE_LOCK: { readonly startedAt: string; readonly lockedAt: string };
  TRAINING_TIMES: { readonly startedAt: string; readonly endedAt: string; readonly requestedAt: string };
  BASELINE_IS_COMPARATOR: { readonly baseline: string; readonly model: string };
  BASELINE_UNKNOWN: { readonly baseline: string };
  BASELINE_AFTER_LOCK: { readonly evaluatedAt: string; readonly lockedAt: string };
  // the request
  ITERATION_EXISTS: { readonly iteration: string };
  ITERATION_UNKNOWN: { readonly iteration: string };
  ON_BEHALF_OF_UNKNOWN: { readonly name: string };
  PARENT_UNKNOWN: { readonly parent: string };
  MUTATION_NOT_OF_ARTIFACT: { readonly mutation: string; readonly format: string };
  MUTATION_NOT_ALLOWED: { readonly mutation: string; readonly allowed: readonly string[] };
  CAPABILITY_NOT_ALLOWED: { readonly capability: string };
  PERMISSION_PROHIBITED: { readonly permission: string };
  PERMISSION_NOT_ALLOWED: { readonly permission: string; readonly allowed: readonly string[] };
  FLAG_CONTRADICTED: { readonly flag: string; readonly declared: boolean; readonly fact: string };
  INTAKE_FAILED: {
    readonly rule: string;
    readonly about: string;
    readonly waivable: boolean;
    readonly found: string;
  };
  REFERRED_MISSING: { readonly what: string; readonly dataset: string; readonly sha256: string };
  READER_BARRED: {
    readonly principal: string;
    readonly line: string;
    /** The machine that can; null where the person can. */
    readonly through: string | null;
  };
  POPULATION_CEILING: {
    readonly line: string;
    readonly ceiling: number;
    readonly waiting: readonly string[];
  };
  ARTIFACT_REFUSED: { readonly fault: string; readonly message: string; readonly path: string };
  ARTIFACT_DIGEST_FALSE: { readonly stated: string; readonly computed: string };
  ARTIFACT_ALREADY_REQUESTED: { readonly iteration: string; readonly why: string };
  // files
  FILE_DIFFERS: { readonly path: string; readonly stated: string; readonly found: string };
  FILE_NOT_EVIDENCE: { readonly path: string };
  DOCUMENT_UNSOUND: { readonly path: string; readonly message: string; readonly place: Place };
  EVIDENCE_MISSING: { readonly path: string };
  EVIDENCE_UNSOUND: { readonly path: string; readonly message: string; readonly line?: number };
  EVIDENCE_DECIDED: { readonly path: string; readonly gate: string };
  CONFIDENTIAL_IN_CLEAR: { readonly path: string; readonly line: string };
  CONFIDENTIAL_UNSOUND: { readonly path: string; readonly message: string };
  CONTENT_ERASED: { readonly path: string; readonly date: string; readonly principal: string };
  ERASE_UNKNOWN: { readonly path: string; readonly message: string };
  EVIDENCE_NOT_YOURS: { readonly path: string; readonly principal: string };
  RECORD_FULL: { readonly iteration: string; readonly holds: string };
  // evaluation and export
  EVAL_ALREADY_DECIDED: { readonly iteration: string; readonly verdict: string };
  EVAL_OTHER_MODEL: { readonly what: string; readonly requested: string; readonly evaluated: string };
  BASELINE_OTHER_MODEL: { readonly stated: string; readonly evaluated: string };
  EVAL_OTHER_YARDSTICK: { readonly what: string; readonly locked: string; readonly used: string };
  EVAL_BEFORE_TRAINING_END: { readonly evaluatedAt: string; readonly trainedUntil: string };
  EVAL_RUN_REPEATED: { readonly run: string; readonly earlier: string };
  EVAL_INCOMPLETE: { readonly task: string; readonly original: number; readonly effective: number };
  EVAL_UNSCORABLE: { readonly fault: string; readonly facts: readonly string[] };
  EVAL_NOT_ERRORED: { readonly run: string; readonly file: string };
  SCORE_DIFFERS: { readonly what: string; readonly recorded: string; readonly computed: string };
  TRANSITION_WITHHELD: { readonly iteration: string; readonly to: string };
  EXPORT_DIFFERS: { readonly what: string; readonly stated: string; readonly expected: string };
  ALREADY_EXPORTED: { readonly iteration: string };
  // transitions and gates
  EDGE_UNKNOWN: { readonly from: string; readonly to: string };
  STATE_OTHER: { readonly iteration: string; readonly state: string; readonly needed: string };
  CRITERIA_NOT_MET: { readonly to: string; readonly shortfalls: readonly string[] };
  GATE_OTHER_EDGE: { readonly gate: string; readonly edge: string };
  GATE_PENDING: {
    readonly gate: string;
    readonly roles: readonly string[];
    readonly has: number;
    readonly of: number;
    readonly canSign: readonly string[];
  };
  APPROVAL_EXPIRED: {
    readonly gate: string;
    readonly principal: string;
    readonly date: string;
    readonly days: number;
  };
  EVIDENCE_EXPIRED: { readonly path: string; readonly date: string; readonly days: number };
  EVALUATION_EXPIRED: { readonly run: string; readonly date: string; readonly days: number };
  GATE_OBJECTED: {
    readonly gate: string;
    readonly act: string;
    readonly principal: string;
    readonly reason: string;
    readonly entry: string;
  };
  CHECK_MISSING: { readonly check: string; readonly iteration: string; readonly tainted: boolean };
  CHECK_FAILED: { readonly check: string; readonly iteration: string; readonly date: string };
  CHECK_EXPIRED: { readonly check: string; readonly iteration: string; readonly date: string };
  CHECK_UNREADABLE: { readonly fault: string; readonly facts: readonly string[] };
  RECEIPT_MISSING: {
    readonly iteration: string;
    readonly target: string;
    readonly kind: string;
    readonly status: 'removed' | 'missing' | 'tainted';
  };
  RECEIPT_DIFFERS: { readonly what: string; readonly stated: string; readonly expected: string };
  TARGET_UNKNOWN: { readonly target: string; readonly line: string; readonly known: readonly string[] };
  DIGEST_UNKNOWN: { readonly digest: string };
  ALIAS_ELSEWHERE: {
    readonly iteration: string;
    readonly alias: string;
    /** The version it points to; null for nothing. */
    readonly to: string | null;
  };
  ALIAS_HELD: {
    readonly line: string;
    readonly alias: string;
    readonly by: 'frozen' | 'disabled' | 'tainted' | 'stolen-word' | 'contested';
    readonly because: string;
  };
  CONTESTED: {
    readonly entry: string;
    readonly act: string;
    readonly principal: string;
    readonly reason: string;
  };
  APPROVAL_STALE: {
    readonly gate: string;
    readonly principal: string;
    readonly what: string;
    readonly date: string;
  };
  APPROVAL_INACTIVE: { readonly gate: string; readonly principal: string; readonly why: string };
  APPROVAL_WITHDRAWN: { readonly gate: string; readonly principal: string };
  ALREADY_APPROVED: { readonly gate: string; readonly principal: string };
  STATEMENT_DIFFERS: { readonly what: string; readonly stated: string; readonly found: string };
  ACKNOWLEDGEMENT_MISSING: { readonly acknowledgement: string };
  ACKNOWLEDGEMENT_FALSE: { readonly acknowledgement: string; readonly proof: string };
  ANSWER_UNKNOWN: { readonly entry: string };
  ENTRY_UNKNOWN: { readonly entry: string; readonly iteration: string };
  DUE_NOT_AHEAD: { readonly due: string; readonly time: string };
  SAMPLE_TOO_SMALL: { readonly gate: string; readonly has: number; readonly of: number };
  SAMPLE_NOT_MET: {
    readonly gate: string;
    readonly met: number;
    readonly of: number;
    readonly share: string;
  };
  SAMPLE_METHOD: { readonly gate: string; readonly method: string; readonly allowed: readonly string[] };
  SAMPLE_OTHER_RUN: { readonly run: string };
  SAMPLE_SEED: { readonly seed: string; readonly expected: string };
  SAMPLE_NOT_HERE: { readonly gate: string };
  REQUESTER_BARRED: { readonly gate: string; readonly principal: string };
  SEPARATION_REQUIRED: { readonly principal: string; readonly gate: string; readonly other: string };
  RELIED_ON_FALSE: { readonly missing: readonly string[]; readonly extra: readonly string[] };
  ROLLBACK_MISSING: { readonly iteration: string };
  ALIAS_PINNED: {
    readonly line: string;
    readonly version: string;
    readonly alias: string;
    readonly since: string;
  };
  ALIAS_OTHER_WORD: { readonly principal: string; readonly alias: string; readonly entry: string };
  NEVER_PROMOTED: { readonly line: string; readonly lines: readonly string[] };
  NO_WAY_BACK: { readonly line: string; readonly alias: string };
  NOT_PINNED: { readonly line: string; readonly alias: string };
  SUCCESSOR_NOT_VALIDATED: { readonly successor: string };
  // overrides and taint
  CANDIDATES_STOPPED: { readonly line: string; readonly override: string; readonly reason: string };
  CAPABILITY_DISABLED: { readonly capability: string; readonly override: string; readonly reason: string };
  APPROVAL_TAINTED: { readonly gate: string; readonly principal: string };
  TAINTED: {
    readonly iteration: string;
    readonly entries: readonly string[];
    readonly keys: readonly string[];
  };
  POLICY_TAINTED: { readonly change: string; readonly version: number };
  POLICY_CONTESTED: {
    readonly change: string;
    readonly entry: string;
    readonly principal: string;
    readonly reason: string;
  };
  NOT_TAINTED: { readonly entry: string };
  REAFFIRM_NOT_YOURS: { readonly entry: string; readonly act: string; readonly needed: string };
  // changes of the law
  CHANGE_UNKNOWN: { readonly change: string };
  CHANGE_NOTHING: { readonly change: string };
  CHANGE_APPLIED: { readonly change: string };
  CHANGE_OUTDATED: { readonly change: string; readonly stated: string; readonly present: string };
  CHANGE_DIFFERS: { readonly what: string; readonly stated: string; readonly expected: string };
  CHANGE_PENDING: {
    readonly change: string;
    readonly needed: string;
    readonly has: number;
    readonly of: number;
    readonly canSign: readonly string[];
  };
  CHANGE_OBJECTED: {
    readonly change: string;
    readonly act: string;
    readonly principal: string;
    readonly reason: string;
    readonly entry: string;
  };
  CHANGE_NOT_ASKED: { readonly change: string; readonly principal: string };
  CHANGE_NOT_APPROVER: { readonly change: string; readonly principal: string };
  CHANGE_ALREADY_APPROVED: { readonly change: string; readonly principal: string; readonly role: string };
  // exceptions
  EXCEPTIONS_NOT_ALLOWED: { readonly line: string };
  EXCEPTION_UNKNOWN: { readonly exception: string };
  EXCEPTION_NOT_WAIVABLE: { readonly rule: string; readonly why: string };
  EXCEPTION_MIXED: { readonly kinds: readonly string[] };
  EXCEPTION_TERM: { readonly what: string; readonly stated: string; readonly rule: string };
  EXCEPTION_OWNER_UNKNOWN: { readonly owner: string };
  EXCEPTION_RENEWAL: { readonly renews: string; readonly why: string };
  EXCEPTION_APPROVER_BARRED: {
    readonly exception: string;
    readonly principal: string;
    readonly why: string;
  };
  EXCEPTION_ALREADY_APPROVED: {
    readonly exception: string;
    readonly principal: string;
    readonly role: string;
  };
  EXCEPTION_PENDING: {
    readonly exception: string;
    readonly role: string;
    readonly canSign: readonly string[];
  };
  EXCEPTION_OBJECTED: {
    readonly exception: string;
    readonly act: string;
    readonly principal: string;
    readonly reason: string;
    readonly entry: string;
  };
  EXCEPTION_TAINTED: { readonly exception: string; readonly principal: string };
  EXCEPTION_ENDED: { readonly exception: string; readonly how: string; readonly date: string };
  EXCEPTION_NOT_ENDED: { readonly exception: string; readonly expires: string };
  EXCEPTION_OUT_OF_SCOPE: {
    readonly exception: string;
    readonly iteration: string;
    readonly scope: string;
  };
  EXCEPTION_NOT_NEEDED: {
    readonly exception: string;
    readonly iteration: string;
    readonly waives: readonly string[];
  };
  EXCEPTION_REVIEWED: { readonly exception: string; readonly principal: string };
  EXCEPTION_REVIEW_OVERDUE: {
    readonly exception: string;
    readonly line: string;
    readonly owner: string;
    readonly due: string;
  };
  LAW_UNLIVABLE: { readonly message: string };
  COMPROMISE_CLEARED: { readonly key: string; readonly what: string };
  LIFT_IMPOSSIBLE: { readonly override: string; readonly why: string };
  REFRESH_UNSOUND: { readonly path: string; readonly message: string };
  REFRESH_OWN_KEY: { readonly key: string; readonly principal: string };
  GUARDED_PATH: { readonly paths: readonly string[]; readonly principal: string };
}

/** What is wrong with a commit, beside refused acts. */
interface FaultFacts {
  // the commit and its objects
  OBJECT_CORRUPT: { readonly object: string };
  OBJECT_TOO_LARGE: { readonly path: string; readonly size: number; readonly limit: number };
  TREE_TOO_LARGE: {
    readonly path: string;
    readonly what: 'paths' | 'bytes' | 'depth';
    readonly limit: number;
  };
  COMMIT_MALFORMED: { readonly message: string };
  TREE_MALFORMED: { readonly path: string; readonly message: string };
  PATH_NOT_PLAIN: { readonly path: string; readonly what: string };
  PATH_UNKNOWN: { readonly path: string };
  // the signature
  UNSIGNED: { readonly paths: readonly string[] };
  SIGNATURE_REFUSED: { readonly fault: string; readonly detail: string };
  SIGNER_NOT_ENROLLED: { readonly key: string };
  KEY_ENDED: { readonly key: string; readonly principal: string; readonly how: string };
  FROM_THE_FUTURE: { readonly signed: string; readonly now: string };
  TIME_BACKWARDS: { readonly signed: string; readonly clock: string };
  SIGNATURE_LOST: { readonly how: string; readonly by: string | null; readonly of: readonly string[] };
  // what the commit does
  LAW_CHANGED: { readonly paths: readonly string[] };
  ENTRY_ALTERED: { readonly path: string };
  ENTRY_REMOVED: { readonly path: string };
  RECORD_REWRITTEN: { readonly path: string; readonly what: string };
  UNEXPLAINED_CHANGE: { readonly paths: readonly string[] };
  COMMIT_MIXES_DECISIONS: { readonly decisions: readonly string[] };
  NO_ACT: { readonly paths: readonly string[] };
  MERGE_GOVERNED: { readonly parents: number };
  MERGE_CONFLICT: { readonly strands: readonly string[] };
  MERGE_NOT_MECHANICAL: { readonly paths: readonly string[] };
  ENDED_BEFORE_MERGE: { readonly commit: string; readonly what: string; readonly clock: string };
  PARENT_VOID: { readonly parent: string };
  REPAIR_DIFFERS: { readonly what: string; readonly stated: string; readonly expected: string };
  REPAIR_NOT_RESTORED: { readonly paths: readonly string[] };
  REPAIR_TEARS: { readonly line: string; readonly iteration: string; readonly entry: string };
  REPAIR_UNSECONDED: { readonly incident: string };
  // the history
  ROOT_MISMATCH: { readonly what: string; readonly expected: string; readonly found: string };
  ROOT_NOT_BARE: { readonly paths: readonly string[] };
  OUTSIDE_ROOT: { readonly root: string };
  /** `branch`: whose verified tip `expected` is remembered as; null where somebody named that commit. */
  NOT_DESCENDED: { readonly expected: string; readonly tip: string; readonly branch: string | null };
  CONTENT_DIFFERS: { readonly path: string; readonly message: string };
}

type ReasonsOf<Facts> = {
  readonly [Code in keyof Facts]: { readonly code: Code; readonly facts: Facts[Code] };
}[keyof Facts];

export type ReasonFacts = RefusalFacts & FaultFacts;
export type Reason = ReasonsOf<ReasonFacts>;
export type ReasonCode = keyof ReasonFacts;

/** Longer lists in a reason are cut: a commit can do more wrong than anybody reads, or than memory holds. */
const MOST_LISTED = 100;

export function reason<Code extends ReasonCode>(code: Code, facts: ReasonFacts[Code]): Reason {
  const cut = Object.entries(facts).map(([name, fact]: [string, unknown]): [string, unknown] => [
    name,
    Array.isArray(fact) ? fact.slice(0, MOST_LISTED) : fact,
  ]);
  return { code, facts: Object.fromEntries(cut) } as unknown as Reason;
}
