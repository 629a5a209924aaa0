import * as z from 'zod';
import { DecimalText } from '../base/decimal.ts';
import { jsonDocument } from './document.ts';
import { fileSet, isStrictlySorted } from './entry.ts';
import { SafeName, Sha256Text, Time } from './names.ts';
import { measurementKey } from './rubric.ts';
import { Label, Text } from './text.ts';

/** `report.json`: what a harness measured, in one form whatever the harness. An importer makes it from raw output. */

export const Measurement = z
  .strictObject({
    task: Label,
    metric: Label,
    filter: Label,
    value: DecimalText,
    /** Standard error, where the harness estimated one. */
    stderr: DecimalText.refine((text) => !text.startsWith('-'), 'must not be negative').optional(),
    /** Absent where the harness knows the task but does not say it of this metric. */
    higherIsBetter: z.boolean().optional(),
    /** Samples the task has, and samples that were run. Absent where the harness counts none. */
    samples: z
      .strictObject({ original: z.int().min(1), effective: z.int().min(1) })
      .readonly()
      .optional(),
    /** Version of the task, as the harness spells it. */
    version: Label,
    /** Digest over the prompts and documents, where the harness tells it. */
    hash: Label.optional(),
    /** Examples given in the prompt. */
    shots: z.int().min(0).optional(),
  })
  .readonly();
export type Measurement = z.infer<typeof Measurement>;

const EvaluatedModel = z
  .strictObject({
    /** Kind of the model for the harness, such as `hf` or `vllm`. */
    name: Label,
    /** Its arguments, word for word (an object as canonical JSON). */
    arguments: Text,
    base: Label.optional(),
    baseRevision: Label.optional(),
    /** Last segment of the adapter's path. */
    adapter: Label.optional(),
    /** Commits that the harness resolved. */
    baseSha: Label.optional(),
    adapterSha: Label.optional(),
  })
  .readonly();
export type EvaluatedModel = z.infer<typeof EvaluatedModel>;

export const EvaluationReport = z
  .strictObject({
    schema: z.literal('modelsmith/evaluation-report/v1'),
    importer: z.strictObject({ name: SafeName, version: z.int().min(1) }).readonly(),
    harness: z
      .strictObject({
        name: SafeName,
        version: Label,
        /** Digest of what the harness was told to do, without which model it was told to do it to. */
        configSha256: Sha256Text,
        gitHash: Label.optional(),
        /** Where it never says whether higher is better: then the rubric does, which people approved. */
        tellsDirections: z.literal(false).optional(),
      })
      .readonly(),
    seeds: z
      .array(z.strictObject({ name: SafeName, value: Label }).readonly())
      .max(100)
      .refine(
        (seeds) => isStrictlySorted(seeds.map((seed) => seed.name)),
        'must be sorted by name, each name once',
      )
      .readonly(),
    model: EvaluatedModel,
    date: Time.optional(),
    /** Names of groups of tasks. Their averages are not measurements and are left out. */
    groups: z.array(Label).max(5000).refine(isStrictlySorted, 'must be sorted, each name once').readonly(),
    tasks: z
      .array(Measurement)
      .min(1)
      .max(20_000)
      .refine(
        (tasks) => isStrictlySorted(tasks.map(measurementKey)),
        'must be sorted by task, metric and filter, each once',
      )
      .readonly(),
    /** The raw files the report was made from. */
    raw: fileSet(),
  })
  .readonly();
export type EvaluationReport = z.infer<typeof EvaluationReport>;

export const evaluationReportDocument = jsonDocument('modelsmith/evaluation-report/v1', EvaluationReport);
