import * as z from 'zod';
import { CheckResult } from './check.ts';
import { jsonDocument } from './document.ts';
import { entryHeader, fileSet } from './entry.ts';
import { EntryId, LineName, RepositoryId, SafeName, Sha256Text, Version } from './names.ts';
import { Request } from './request.ts';
import { ScoresRecord } from './scores.ts';
import { State } from './states.ts';
import { Label, Text } from './text.ts';

/** Evidence files put into the bundle, or replaced in answer to a change request. */
export const EvidenceEntry = z
  .strictObject({ ...entryHeader('evidence'), files: fileSet(), answers: z.array(EntryId).readonly() })
  .readonly();
export type EvidenceEntry = z.infer<typeof EvidenceEntry>;

const runHeader = {
  ...entryHeader('evaluate'),
  run: SafeName,
  /** Digest of the artifact that was evaluated. */
  artifact: Sha256Text,
  lock: EntryId,
};

/** An evaluation that was made, or one that could not be made: errored is not failed. */
export const Evaluation = z.discriminatedUnion('status', [
  z
    .strictObject({
      ...runHeader,
      status: z.literal('complete'),
      /** SHA-256 of the normalised report `eval-transcripts/<run>/report.json`. */
      report: Sha256Text,
      /** What the harness wrote, under `eval-transcripts/<run>/raw/`. */
      files: fileSet(),
      scores: ScoresRecord,
    })
    .readonly(),
  z.strictObject({ ...runHeader, status: z.literal('errored'), error: Text, files: fileSet() }).readonly(),
]);
export type Evaluation = z.infer<typeof Evaluation>;
export type CompleteEvaluation = Extract<Evaluation, { status: 'complete' }>;

export const Export = z
  .strictObject({
    ...entryHeader('export'),
    artifact: Sha256Text,
    manifest: z.strictObject({ mediaType: Label, size: z.int().min(1), sha256: Sha256Text }).readonly(),
    /** Where the exporter put it: the registry and the name there. */
    registry: Label,
    reference: Label,
  })
  .readonly();
export type Export = z.infer<typeof Export>;

export const MOST_ERASURES = 1000;

/** Content of confidential files that is gone. What stood for it stays, so what people signed stays what it was. */
export const Erasure = z
  .strictObject({
    ...entryHeader('erase'),
    /** Each by where it would lie, its size and the SHA-256 of what it held. */
    files: fileSet(),
    reason: Text,
  })
  .readonly();
export type Erasure = z.infer<typeof Erasure>;

const Transition = z
  .strictObject({ ...entryHeader('transition'), from: State, to: State.exclude(['candidate', 'deprecated']) })
  .readonly();
const Deprecation = z
  .strictObject({
    ...entryHeader('deprecate'),
    from: State.exclude(['deprecated']),
    to: z.literal('deprecated'),
    reason: Text,
    /** The production-validated iteration that takes over; absent when the line's model is retired. */
    successor: Version.optional(),
  })
  .readonly();

export const Step = z.discriminatedUnion('act', [Transition, Deprecation]);
export type Step = z.infer<typeof Step>;
export type Transition = z.infer<typeof Transition>;
export type Deprecation = z.infer<typeof Deprecation>;

/** Entries of each kind in one record. */
export const MOST_EVIDENCE = 1000;
export const MOST_EVALUATIONS = 100;

/** The entries of a record, in its order. */
const ENTRIES = {
  request: Request,
  evidence: EvidenceEntry,
  evaluations: Evaluation,
  checks: CheckResult,
  export: Export,
  erasures: Erasure,
  transitions: Step,
} as const;
type Entries = typeof ENTRIES;

/** @param of what stands for the entries. */
function recordOf<E extends { readonly [M in keyof Entries]: z.ZodType }>(of: E) {
  const { request }: Pick<E, 'request'> = of;
  return z
    .strictObject({
      schema: z.literal('modelsmith/promotion-record/v1'),
      repository: RepositoryId,
      line: LineName,
      version: Version,
      state: State,
      request,
      evidence: z
        .array(of.evidence as E['evidence'])
        .max(MOST_EVIDENCE)
        .readonly(),
      evaluations: z
        .array(of.evaluations as E['evaluations'])
        .max(MOST_EVALUATIONS)
        .readonly(),
      /** Results of outside tools, in the order they came; absent where there are none. */
      checks: z
        .array(of.checks as E['checks'])
        .min(1)
        .readonly()
        .optional(),
      export: (of.export as E['export']).optional(),
      /** Absent where nothing was erased. */
      erasures: z
        .array(of.erasures as E['erasures'])
        .min(1)
        .max(MOST_ERASURES)
        .readonly()
        .optional(),
      transitions: z
        .array(of.transitions as E['transitions'])
        .max(5)
        .readonly(),
    })
    .readonly();
}

/** `promotions/<line>/<version>/promotion-record.json`: everything about one iteration except the decisions. */
export const PromotionRecord = recordOf(ENTRIES);
export type PromotionRecord = z.infer<typeof PromotionRecord>;

const place = z.int().min(0);
const frame = recordOf({
  ...{ request: place, evidence: place, evaluations: place, checks: place },
  ...{ export: place, erasures: place, transitions: place },
});

export const recordDocument = jsonDocument('modelsmith/promotion-record/v1', PromotionRecord, {
  composed: {
    parts: Object.entries(ENTRIES).map(([member, item]) => ({ member, item })),
    frame,
  },
});
