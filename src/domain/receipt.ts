import * as z from 'zod';
import { jsonDocument } from './document.ts';
import { entryHeader } from './entry.ts';
import { IterationId, SafeName, Sha256Text } from './names.ts';
import { Text } from './text.ts';

/** What became of a model at a target. */
export const ReceiptOutcome = z.enum(['live', 'removed']);
export type ReceiptOutcome = z.infer<typeof ReceiptOutcome>;

/** `receipts/<id>.json` of a bundle: what was put to a target, or taken away from it. */
export const Receipt = z
  .strictObject({
    schema: z.literal('modelsmith/receipt/v1'),
    ...entryHeader('receipt'),
    iteration: IterationId,
    target: SafeName,
    /** SHA-256 of the RFC 8785 form of the target as the policy had it, with its name: a place that moved is another. */
    place: Sha256Text,
    /** Digest of the artifact. */
    artifact: Sha256Text,
    /** SHA-256 of the manifest it was exported with. */
    manifest: Sha256Text,
    outcome: ReceiptOutcome,
    /** What was read back there, or seen by a person. */
    seen: Text,
  })
  .readonly();
export type Receipt = z.infer<typeof Receipt>;

export const receiptDocument = jsonDocument('modelsmith/receipt/v1', Receipt);
