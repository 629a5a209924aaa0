import * as z from 'zod';
import { DecimalText } from '../base/decimal.ts';
import { jsonDocument } from './document.ts';
import { entryHeader, isStrictlySorted } from './entry.ts';
import { EntryId, LineName, SafeName, Sha256Text } from './names.ts';
import { Label } from './text.ts';

/** Thresholds as they are fixed for good: canonical decimals. */
export const LockedThresholds = z
  .strictObject({ core: DecimalText, heldOut: DecimalText, maxRegressions: z.int().min(0) })
  .readonly();
export type LockedThresholds = z.infer<typeof LockedThresholds>;

const PinnedTask = z
  .strictObject({
    task: Label,
    version: Label,
    /** Digest of the prompts, where the harness tells it. */ hash: Label.optional(),
  })
  .readonly();

/** `locks/<line>/<id>.json`: the yardstick, fixed before training begins. */
export const Lock = z
  .strictObject({
    schema: z.literal('modelsmith/lock/v1'),
    ...entryHeader('lock'),
    line: LineName,
    rubric: z.strictObject({ name: SafeName, sha256: Sha256Text }).readonly(),
    thresholds: LockedThresholds,
    /** Complete runs that decide; transition or failure is due with the last of them, the worst counts. */
    runs: z.int().min(1).max(10),
    harness: z.strictObject({ name: SafeName, version: Label }).readonly(),
    /** Task and prompt versions of the harness, as in the baseline. */
    tasks: z
      .array(PinnedTask)
      .min(1)
      .max(2000)
      .refine(
        (tasks) => isStrictlySorted(tasks.map((task) => task.task)),
        'must be sorted by task, each task once',
      )
      .readonly(),
    /** Data sets the tasks read, where the submitter pins them beyond what the harness reports. */
    datasets: z
      .array(z.strictObject({ name: Label, revision: Label }).readonly())
      .max(200)
      .refine(
        (sets) => isStrictlySorted(sets.map((set) => set.name)),
        'must be sorted by name, each name once',
      )
      .readonly(),
    baseline: z.strictObject({ id: EntryId, report: Sha256Text }).readonly(),
  })
  .readonly();
export type Lock = z.infer<typeof Lock>;

export const lockDocument = jsonDocument('modelsmith/lock/v1', Lock);
