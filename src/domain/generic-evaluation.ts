import * as z from 'zod';
import { Label, Text } from './text.ts';
import { SafeName, Time } from './names.ts';

/**
 * What a pipeline writes whose harness nothing else here reads (`modelsmith/generic-evaluation/v1`). Numbers stand as JSON
 * numbers, exactly as they were measured.
 */

const Count = z.int().min(1);

export const GenericEvaluation = z
  .strictObject({
    schema: z.literal('modelsmith/generic-evaluation/v1'),
    /** Whether every task came to its end. Anything else is no score. */
    status: z.literal('complete'),
    /** Its name in reports begins with `generic-`, so that it is not taken for a harness with an importer of its own. */
    harness: z.strictObject({ name: SafeName, version: Label }).readonly(),
    /** Several files are one run where they name the same one, with the same harness and model. */
    run: Label,
    date: Time.optional(),
    seeds: z.record(SafeName, z.int()).optional(),
    model: z
      .strictObject({
        /** Kind of the model for the harness. */
        name: Label,
        arguments: Text.optional(),
        base: Label,
        baseRevision: Label.optional(),
        adapter: Label.optional(),
      })
      .readonly(),
    /** Names of groups of tasks; their averages are not among the tasks. */
    groups: z.array(Label).max(5000).readonly().optional(),
    tasks: z
      .array(
        z
          .strictObject({
            task: Label,
            metric: Label,
            filter: Label.optional(),
            value: z.number(),
            stderr: z.number().min(0).optional(),
            higherIsBetter: z.boolean(),
            /** Samples the task has, samples that were run, and samples that were scored: all of them, three times. */
            samples: z.strictObject({ total: Count, run: Count, scored: Count }).readonly(),
            version: Label,
            /** Digest over prompts and documents. */
            promptsSha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256'),
            shots: z.int().min(0).optional(),
          })
          .readonly(),
      )
      .min(1)
      .max(20_000)
      .readonly(),
  })
  .readonly();
