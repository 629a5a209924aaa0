import * as z from 'zod';
import { jsonDocument } from './document.ts';
import { entryHeader, idSet, isStrictlySorted } from './entry.ts';
import { EntryId, IterationId, RepositoryId, SafePath, Sha256Text } from './names.ts';
import { Sample } from './sample.ts';
import { GateName, State } from './states.ts';
import { Text } from './text.ts';

/** What a decision is about, exactly: it counts only while all of this is as it was. */
export const Statement = z
  .strictObject({
    /** SHA-256 of the RFC 8785 form of the subject: what is promoted and what it was judged by. */
    subject: Sha256Text,
    /** Each required file that is neither a log nor the record. */
    evidence: z
      .array(z.strictObject({ path: SafePath, sha256: Sha256Text }).readonly())
      .refine(
        (files) => isStrictlySorted(files.map((file) => file.path)),
        'must be sorted by path, each path once',
      )
      .readonly(),
    /** The entries in `approvals/` when this one was made: none of them may vanish. */
    approvals: idSet(),
    /** SHA-256 of the RFC 8785 form of the gate's resolved rule. */
    gateRule: Sha256Text,
  })
  .readonly();
export type Statement = z.infer<typeof Statement>;

/** What a signer says he has checked. The machine checks it too and refuses when it is not so. */
export const ACKNOWLEDGEMENTS = [
  'artifact-is-intended',
  'bundle-is-complete',
  'meets-domain-standard',
  'representative-sample',
  'risk-is-accepted',
  'rollback-is-understood',
  'rubric-was-locked',
  'thresholds-unchanged',
] as const;
export const Acknowledgement = z.enum(ACKNOWLEDGEMENTS);
export type Acknowledgement = z.infer<typeof Acknowledgement>;

const Edge = z.strictObject({ from: State, to: State }).readonly();

const common = {
  iteration: IterationId,
  gate: GateName,
  edge: Edge,
  statement: Statement,
};

const Approve = z
  .strictObject({
    schema: z.literal('modelsmith/approval/v1'),
    ...entryHeader('approve'),
    ...common,
    acknowledgements: z
      .array(Acknowledgement)
      .refine(isStrictlySorted, 'must be sorted, each once')
      .readonly(),
    /** Rejections, change requests and withdrawals that this entry settles. */
    answers: idSet(),
    sample: Sample.optional(),
    reason: Text,
  })
  .readonly();

const Reject = z
  .strictObject({
    schema: z.literal('modelsmith/approval/v1'),
    ...entryHeader('reject'),
    ...common,
    answers: idSet(),
    sample: Sample.optional(),
    reason: Text,
  })
  .readonly();

const RequestChanges = z
  .strictObject({
    schema: z.literal('modelsmith/approval/v1'),
    ...entryHeader('request-changes'),
    ...common,
    answers: idSet(),
    sample: Sample.optional(),
    reason: Text,
  })
  .readonly();

/** Takes a decision back. It may name an entry that has not arrived yet. */
const Withdraw = z
  .strictObject({
    schema: z.literal('modelsmith/approval/v1'),
    ...entryHeader('withdraw'),
    iteration: IterationId,
    gate: GateName,
    withdraws: EntryId,
    answers: idSet(),
    reason: Text,
  })
  .readonly();

/** Vouches anew for entries that a compromised key made: those made in this role or, for an evaluation owner, by automations. */
export const Reaffirmation = z
  .strictObject({
    schema: z.literal('modelsmith/approval/v1'),
    ...entryHeader('reaffirm'),
    iteration: IterationId,
    entries: z
      .array(EntryId)
      .min(1)
      .max(10_000)
      .refine(isStrictlySorted, 'must be sorted, each id once')
      .readonly(),
    reason: Text,
  })
  .readonly();
export type Reaffirmation = z.infer<typeof Reaffirmation>;

/** A decision at a gate. */
export const Approval = z.discriminatedUnion('act', [Approve, Reject, RequestChanges, Withdraw]);
export type Approval = z.infer<typeof Approval>;
export type Decided = Exclude<Approval, { act: 'withdraw' }>;

/** `approvals/<id>.json` of a bundle. */
export const ApprovalEntry = z.discriminatedUnion('act', [
  Approve,
  Reject,
  RequestChanges,
  Withdraw,
  Reaffirmation,
]);
export type ApprovalEntry = z.infer<typeof ApprovalEntry>;

export const approvalDocument = jsonDocument('modelsmith/approval/v1', ApprovalEntry);

/** @param entry what stands for an entry. */
function logOf<E extends z.ZodType>(entry: E) {
  return z
    .strictObject({
      schema: z.literal('modelsmith/approval-log/v1'),
      repository: RepositoryId,
      iteration: IterationId,
      entries: z.array(entry).min(1).readonly(),
    })
    .readonly();
}

/** `approval-log.json`: the decisions in one readable file, sorted by (time, id), written by each human transition. */
const ApprovalLog = logOf(ApprovalEntry);
export type ApprovalLog = z.infer<typeof ApprovalLog>;

export const approvalLogDocument = jsonDocument('modelsmith/approval-log/v1', ApprovalLog, {
  composed: { parts: [{ member: 'entries', item: ApprovalEntry }], frame: logOf(z.int().min(0)) },
});
