import * as z from 'zod';
import { jsonDocument } from './document.ts';
import { entryHeader, idSet, isStrictlySorted } from './entry.ts';
import { CommitId, EntryId, Fingerprint, PrincipalName, Sha256Text } from './names.ts';
import { Role } from './roles.ts';
import { Text } from './text.ts';

/** A role somebody gains, in a spelling that sorts: `<principal> <role>`. */
const Gain = z.strictObject({ principal: PrincipalName, role: Role }).readonly();

const common = {
  schema: z.literal('modelsmith/change/v1'),
  ...entryHeader('propose'),
  /** Of the policy: the new one for a change of policy, else the one in force. A change outlives no other. */
  version: z.int().min(1),
  reason: Text,
};

/**
 * `changes/<id>/change.json`: a proposal to change what is in force. Its id is the digest of everything it says, so an
 * approval that names the id approves exactly this. It never changes; what becomes of it lies beside it.
 */
export const Change = z.discriminatedUnion('kind', [
  /** `changes/<id>/proposed/` holds the whole new `policy/`. */
  z
    .strictObject({
      ...common,
      kind: z.literal('policy'),
      /** Digest of the files of the `policy/` that it replaces, and of the one proposed, each relative to its folder. */
      replaces: Sha256Text,
      proposal: Sha256Text,
      /** What comes in by it: should it turn out to be a thief's work, these go with it. */
      brings: z
        .strictObject({
          keys: z.array(Fingerprint).refine(isStrictlySorted, 'must be sorted, each once').readonly(),
          roles: z
            .array(Gain)
            .refine(
              (gains) => isStrictlySorted(gains.map(({ principal, role }) => `${principal} ${role}`)),
              'must be sorted by principal and role, each once',
            )
            .readonly(),
        })
        .readonly(),
      /** Every override in force that reports a stolen key. Who approves this knew of them, whatever time they bear. */
      reports: idSet(),
    })
    .readonly(),
  z.strictObject({ ...common, kind: z.literal('lift'), override: EntryId }).readonly(),
  /** A later commit to start judging from, for people who verified the way to it from the old root. */
  z
    .strictObject({
      ...common,
      kind: z.literal('root'),
      root: z.strictObject({ commit: CommitId, signer: Fingerprint }).readonly(),
      /** Digest of the governed files of that commit. */
      tree: Sha256Text,
    })
    .readonly(),
]);
export type Change = z.infer<typeof Change>;
export type PolicyChange = Extract<Change, { kind: 'policy' }>;

export const changeDocument = jsonDocument('modelsmith/change/v1', Change);

const decision = {
  schema: z.literal('modelsmith/change-approval/v1'),
  change: EntryId,
  /** Rejections and withdrawals that this entry settles. */
  answers: idSet(),
  reason: Text,
};

/** `changes/<id>/approvals/<id>.json`. */
export const ChangeApproval = z.discriminatedUnion('act', [
  z.strictObject({ ...decision, ...entryHeader('approve') }).readonly(),
  z.strictObject({ ...decision, ...entryHeader('reject') }).readonly(),
  z.strictObject({ ...decision, ...entryHeader('withdraw'), withdraws: EntryId }).readonly(),
]);
export type ChangeApproval = z.infer<typeof ChangeApproval>;

export const changeApprovalDocument = jsonDocument('modelsmith/change-approval/v1', ChangeApproval);

/** `changes/<id>/applied.json`: the change is in force from this commit on, by the approvals it relies on. */
export const AppliedChange = z
  .strictObject({
    schema: z.literal('modelsmith/change-applied/v1'),
    ...entryHeader('apply'),
    change: EntryId,
  })
  .readonly();
export type AppliedChange = z.infer<typeof AppliedChange>;

export const appliedChangeDocument = jsonDocument('modelsmith/change-applied/v1', AppliedChange);
