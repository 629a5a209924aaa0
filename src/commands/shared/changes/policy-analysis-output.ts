import * as z from 'zod';

/** What an analysis of a policy says, as part of `modelsmith policy check --json`. Fields are only ever added to a version. */

const Answer = z.enum(['proved', 'refuted', 'cannot-tell']);
const Names = z.array(z.string()).readonly();

const ChangeOut = z.strictObject({
  mutation: z.string(),
  permissions: Names,
  /** Flags that are set, and flags that nobody speaks of; all others are said not to be set. */
  flags: Names,
  unsaid: Names,
});

const NeededOut = z.strictObject({
  person: z.string(),
  /** For every change, whoever asks; else for some. */
  always: z.boolean(),
});

export const PolicyAnalysisOutput = z.strictObject({
  schema: z.literal('modelsmith/out/policy-analysis/v1'),
  /** Changes times people asking for them, over all lines told apart; in digits, since it can be larger than numbers in JSON may be. */
  combinations: z.string(),
  /** Changes looked at one by one; all others are like one of them. */
  examined: z.int().min(0),
  /** One line of each kind that the policy tells apart, with the rule it falls under. */
  lines: z.array(z.strictObject({ line: z.string(), rule: z.string() })).readonly(),
  /** Nothing goes to customers or into production without a person. */
  attended: z.strictObject({
    answer: Answer,
    counterExamples: z.array(z.strictObject({ line: z.string(), path: Names })).readonly(),
  }),
  /** Whatever is asked for, the people and machines enrolled can bring to its end. */
  openable: z.strictObject({
    answer: Answer,
    counterExamples: z
      .array(
        z.strictObject({
          line: z.string(),
          /** Null: every change. */
          change: ChangeOut.nullable(),
          edge: z.strictObject({ from: z.string(), to: z.string() }),
          /** The people behind the request who could have signed. */
          behind: Names,
          missing: z
            .array(z.strictObject({ what: z.string(), roles: Names, of: z.int(), holders: Names }))
            .readonly(),
        }),
      )
      .readonly(),
  }),
  /** Nobody alone can lock all others out. */
  unlockable: z.strictObject({
    answer: Answer,
    counterExamples: z.array(z.strictObject({ person: z.string(), others: z.int() })).readonly(),
  }),
  /** Who cannot be missing, and where: at an edge of a line (null where it cannot be told), or for an act on the law. */
  indispensable: z.strictObject({
    edges: z
      .array(
        z.strictObject({
          line: z.string(),
          from: z.string(),
          to: z.string(),
          people: z.array(NeededOut).readonly().nullable(),
        }),
      )
      .readonly(),
    acts: z.array(z.strictObject({ act: z.string(), people: Names, unfilled: Names })).readonly(),
  }),
  /** Rules that never apply or add nothing. */
  idle: z
    .array(z.strictObject({ kind: z.enum(['line', 'risk', 'check']), rule: z.string(), why: z.string() }))
    .readonly(),
  /** Whether rules of risk could be gone through to their end. */
  idleComplete: z.boolean(),
});
export type PolicyAnalysisOutput = z.infer<typeof PolicyAnalysisOutput>;
