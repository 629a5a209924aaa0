import * as z from 'zod';
import { DecimalText } from '../base/decimal.ts';
import { isStrictlySorted } from './entry.ts';
import { SafeName } from './names.ts';

/** Why scores do not clear the lock. */
export const SHORTFALLS = ['CORE_BELOW', 'HELD_OUT_BELOW', 'TOO_MANY_REGRESSIONS', 'HARD_LIMIT'] as const;
export type ShortfallCode = (typeof SHORTFALLS)[number];

const TaskScore = z
  .strictObject({
    id: SafeName,
    value: DecimalText,
    /** From 0 (worst of the range) to 1 (best), rounded down. */
    score: DecimalText,
    /** Raw value of the baseline. */
    baseline: DecimalText,
    regressed: z.boolean(),
    /** Absent for a task without a hard limit. */
    hardLimitMet: z.boolean().optional(),
  })
  .readonly();

/** What one evaluation came to, as recorded. Anybody can compute it again from rubric, report, baseline and lock. */
export const ScoresRecord = z
  .strictObject({
    /** Weighted means of normalised scores, rounded down to 12 places; decisions use the exact values. */
    core: DecimalText,
    heldOut: DecimalText,
    regressions: z.int().min(0),
    tasks: z
      .array(TaskScore)
      .min(1)
      .max(2000)
      .refine((tasks) => isStrictlySorted(tasks.map((task) => task.id)), 'must be sorted by id, each id once')
      .readonly(),
    verdict: z.enum(['pass', 'fail']),
    /** Each code once, in the order of `SHORTFALLS`. */
    shortfalls: z.array(z.enum(SHORTFALLS)).max(SHORTFALLS.length).readonly(),
  })
  .refine(
    (scores) => (scores.verdict === 'pass') === (scores.shortfalls.length === 0),
    'passes exactly without shortfalls',
  )
  .readonly();
export type ScoresRecord = z.infer<typeof ScoresRecord>;
