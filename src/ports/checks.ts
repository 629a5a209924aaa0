import type { NonEmpty } from '../base/nonempty.ts';
import type { CheckReport } from '../domain/check-report.ts';
import type { RawFile } from './evaluations.ts';

/** Turning what a scanner, a probe or a script wrote into a report. */

/** Why its output is refused. A closed list: each has a documented sentence. Refused is not failed. */
export const CHECK_FAULTS = [
  'CHECK_NOT_THIS_FORMAT', // not what this importer reads
  'CHECK_VERSION', // of another version of the format
  'CHECK_MALFORMED', // breaks the format, or goes beyond what is read of it
  'CHECK_INCOMPLETE', // the tool did not come to an end, or its results lie elsewhere
  'CHECK_EMPTY', // says of nothing that it was looked at
  'CHECK_OTHER_TOOLS', // holds results of several tools
  'CHECK_HIDDEN', // holds control characters that could hide what a person reads
] as const;
export type CheckFaultCode = (typeof CHECK_FAULTS)[number];

export interface CheckFault {
  readonly code: CheckFaultCode;
  /** Facts a person needs, one a line. Made from the output, so escape them when shown. */
  readonly facts: readonly string[];
}

export type CheckImported =
  | { readonly kind: 'imported'; readonly report: CheckReport }
  | { readonly kind: 'refused'; readonly faults: NonEmpty<CheckFault> };

/**
 * One version of a reader of one format. Once released it never changes: whoever has the raw files gets the same
 * report from it for ever. A correction is a new version beside it.
 */
export interface CheckImporter {
  readonly name: string;
  readonly version: number;
  /** Never throws for bad input: bad is a refusal with everything that is wrong, a foreign format among it first. */
  import(files: NonEmpty<RawFile>): CheckImported;
}
