import * as z from 'zod';
import { jsonDocument } from './document.ts';
import { entryHeader, idSet, isStrictlySorted } from './entry.ts';
import { EntryId, LineName, PrincipalName, Sha256Text, Time } from './names.ts';
import { Text } from './text.ts';
import { VersionPattern } from './version-pattern.ts';

export type WaivedRule = string & { readonly __brand: 'WaivedRule' };
/** An intake rule by its id, or `check:<name>`. Which of them can be waived is the law's to say. */
export const WaivedRule = z
  .string()
  .regex(
    /^(?:check:)?[a-z0-9][a-z0-9-]{0,62}$/,
    'must be the id of an intake rule, or check: and the name of a check',
  ) as unknown as z.ZodType<WaivedRule, string>;

/**
 * `exceptions/<line>/<id>/exception.json`: rules that do not hold for a while, on one line. Its id is the digest of everything
 * it says, so an approval that names the id approves exactly this. It never changes; what becomes of it lies beside it.
 */
export const Exception = z
  .strictObject({
    schema: z.literal('modelsmith/exception/v1'),
    ...entryHeader('open-exception'),
    line: LineName,
    /** One version, or the beginning of several; left out: all of the line. */
    versions: VersionPattern.optional(),
    waives: z
      .array(WaivedRule)
      .min(1, 'must name what is waived')
      .max(20)
      .refine(isStrictlySorted, 'must be sorted, each once')
      .readonly(),
    /** The person who answers for it. */
    owner: PrincipalName,
    /** What is done in the place of what is waived. */
    controls: z.array(Text).min(1, 'must name a compensating control').max(50).readonly(),
    expires: Time,
    /** By when it is reviewed, where it was used. */
    reviewDue: Time,
    /** The exception that this one continues. */
    renews: EntryId.optional(),
    reason: Text,
  })
  .readonly();
export type Exception = z.infer<typeof Exception>;

export const exceptionDocument = jsonDocument('modelsmith/exception/v1', Exception);

const decision = {
  schema: z.literal('modelsmith/exception-approval/v1'),
  exception: EntryId,
  /** Rejections and withdrawals that this entry settles. */
  answers: idSet(),
  reason: Text,
};

/** `exceptions/<line>/<id>/approvals/<id>.json`. */
export const ExceptionApproval = z.discriminatedUnion('act', [
  z.strictObject({ ...decision, ...entryHeader('approve') }).readonly(),
  z.strictObject({ ...decision, ...entryHeader('reject') }).readonly(),
  z.strictObject({ ...decision, ...entryHeader('withdraw'), withdraws: EntryId }).readonly(),
]);
export type ExceptionApproval = z.infer<typeof ExceptionApproval>;

export const exceptionApprovalDocument = jsonDocument('modelsmith/exception-approval/v1', ExceptionApproval);

/** `exceptions/<line>/<id>/closed.json`: it waives nothing from here on. */
export const ClosedException = z
  .strictObject({
    schema: z.literal('modelsmith/exception-closed/v1'),
    ...entryHeader('close-exception'),
    exception: EntryId,
    reason: Text,
  })
  .readonly();
export type ClosedException = z.infer<typeof ClosedException>;

export const closedExceptionDocument = jsonDocument('modelsmith/exception-closed/v1', ClosedException);

/** `exceptions/<line>/<id>/reviews/<id>.json`, beside the text in `reviews/<id>.md`: what was learned once it was over. */
export const ExceptionReview = z
  .strictObject({
    schema: z.literal('modelsmith/exception-review/v1'),
    ...entryHeader('review-exception'),
    exception: EntryId,
    /** The text by its digest. */
    text: z.strictObject({ size: z.int().min(1), sha256: Sha256Text }).readonly(),
  })
  .readonly();
export type ExceptionReview = z.infer<typeof ExceptionReview>;

export const exceptionReviewDocument = jsonDocument('modelsmith/exception-review/v1', ExceptionReview);
