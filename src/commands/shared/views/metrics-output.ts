import * as z from 'zod';
import { DEFINITIONS } from '../../../metrics/definitions.ts';

/** What `modelsmith metrics --json` prints. Fields and metrics are only ever added to a version; times are UTC. */

const share = {
  /** Seconds where the unit is seconds. */
  numerator: z.int().min(0),
  denominator: z.int().min(0),
  /** The one by the other, from 0 to 1, or the mean in seconds; null where there is nothing to divide by. */
  ratio: z.number().min(0).nullable(),
  /** Percentiles by nearest rank, in seconds; null where nothing was measured, and for everything but seconds. */
  p50: z.int().min(0).nullable(),
  p90: z.int().min(0).nullable(),
};

/** What belongs to one line and one role; null for what belongs to none. */
const PartOut = z.strictObject({ line: z.string().nullable(), role: z.string().nullable(), ...share });

const MetricOut = z.strictObject({
  name: z.enum(DEFINITIONS.map(({ name }) => name)),
  title: z.string(),
  unit: z.enum(['things', 'seconds']),
  /** What the two numbers count, in words. */
  counts: z.strictObject({ numerator: z.string(), denominator: z.string() }),
  /** What it can be told apart by: what it is not, `--line` and `--role` do not narrow. */
  by: z.array(z.enum(['line', 'role'])).readonly(),
  ...share,
  /** They add up to the whole. */
  parts: z.array(PartOut).readonly(),
  /** What the numerator counts, by name; of complete lineage what is missing. */
  named: z
    .array(
      z.strictObject({
        /** An iteration, a line, or the full id of a change or commit. */
        about: z.string(),
        what: z.string(),
      }),
    )
    .readonly(),
});
export type MetricOut = z.infer<typeof MetricOut>;

export const MetricsOutput = z.strictObject({
  schema: z.literal('modelsmith/out/metrics/v1'),
  answer: z.enum(['yes', 'no']),
  demonstration: z.boolean(),
  tip: z.string(),
  /** The commit whose state is counted. */
  shown: z.string(),
  findings: z.int().min(0),
  /** What lies at `since` is counted, what lies at `until` is not. */
  window: z.strictObject({ since: z.string(), until: z.string() }),
  /** What was asked for; null for every line, every role. */
  asked: z.strictObject({ line: z.string().nullable(), role: z.string().nullable() }),
  /** Repairs that were signed in the window. */
  incidents: z.int().min(0),
  metrics: z.array(MetricOut).readonly(),
});
export type MetricsOutput = z.infer<typeof MetricsOutput>;
