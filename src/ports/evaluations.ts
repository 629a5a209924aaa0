import type { Sha256 } from '../base/digest.ts';
import type { NonEmpty } from '../base/nonempty.ts';
import type { EvaluationReport } from '../domain/evaluation-report.ts';

/** Turning what a harness wrote into a report. */

/** Why harness output is refused. A closed list: each has a documented sentence. Refused is not failed. */
export const IMPORT_FAULTS = [
  'EVAL_NOT_THIS_FORMAT', // not what this importer reads
  'EVAL_LIMITED', // made with a limit on samples
  'EVAL_INCOMPLETE', // fewer samples run than the task has
  'EVAL_NOT_A_NUMBER', // NaN, Infinity or text where a number must be, or a number beyond all bounds
  'EVAL_NO_VERSION', // no version of the harness or of a task
  'EVAL_NO_SAMPLES', // no count of samples of a task
  'EVAL_DIRECTION', // says of no metric of a task whether higher is better
  'EVAL_NOT_FINISHED', // was cancelled, broken off, or is still going on
  'EVAL_ERRORED', // the model, a grader or a sample failed to run: nothing is known of the model
  'EVAL_UNSCORED', // samples that nothing scored
  'EVAL_INVALIDATED', // somebody declared it invalid
  'EVAL_SEVERAL_RUNS', // not of one run of one model by one harness
  'EVAL_ARCHIVE', // an archive that is damaged, unsafe, or packed in a way that is not read
] as const;
export type ImportFaultCode = (typeof IMPORT_FAULTS)[number];

export interface ImportFault {
  readonly code: ImportFaultCode;
  /** Facts a person needs, one a line. Made from the output, so escape them when shown. */
  readonly facts: readonly string[];
}

/** A raw file under the path by which the report will name it. */
export interface RawFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export type Imported =
  | { readonly kind: 'imported'; readonly report: EvaluationReport }
  | { readonly kind: 'refused'; readonly faults: NonEmpty<ImportFault> };

/**
 * One version of a reader of one format. Once released it never changes: whoever has the raw files gets the same
 * report from it for ever. A correction is a new version beside it.
 */
export interface EvaluationImporter {
  readonly name: string;
  readonly version: number;
  /** Never throws for bad input: bad is a refusal with everything that is wrong. */
  import(files: NonEmpty<RawFile>): Imported;
}

/** What a model was asked and what it answered, one thing, as a harness logged it. Strings are as they were; escape them. */
export interface ItemOfRun {
  readonly task: string;
  /** Names it within the task, such as `17`. No two items of a run have both the same. */
  readonly item: string;
  readonly input: string;
  readonly output: string;
  /** What the task takes for right; null where that is not told. */
  readonly expected: string | null;
  readonly scores: readonly { readonly metric: string; readonly value: string }[];
  /** Where it was read: the path as it was given, and the 1-based line. */
  readonly file: string;
  readonly line: number;
  /** SHA-256 of the bytes of that line, without the line feed. */
  readonly sha256: Sha256;
}

/** Lines of one file that are no items, or that were too many. */
export interface UnreadLines {
  readonly file: string;
  readonly lines: number;
  /** The first of them, and why it is none. */
  readonly first: { readonly line: number; readonly why: string };
}

export interface ReadItems {
  /** In the order of the files by path, and of their lines. */
  readonly items: readonly ItemOfRun[];
  readonly unread: readonly UnreadLines[];
}

export interface ItemReader {
  /**
   * The items in the transcripts (`.jsonl`) among the raw files of one run. Bounded in time and memory, whatever they
   * hold. Never throws for bad input: what cannot be read is counted.
   */
  itemsIn(files: readonly RawFile[]): ReadItems;
}
