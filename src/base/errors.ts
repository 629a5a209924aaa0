/**
 * The errors that mean "cannot tell". A "no" is never an error: it is a `Decision` or a list of findings.
 * Anything else that is thrown is a bug and ends the process with exit code 70.
 */

/** Exit codes follow sysexits.h; 0, 3 and 70 are not errors of this class. */
const EXIT_OF = {
  USAGE: 64,
  BAD_DATA: 65,
  NO_INPUT: 66,
  NO_SIGNER: 67,
  UNREACHABLE: 68,
  TOOL_MISSING: 69,
  SYSTEM: 71,
  NO_REPOSITORY: 72,
  CANNOT_CREATE: 73,
  IO_FAILED: 74,
  RACE_LOST: 75,
  OBJECT_MISSING: 76,
  NOT_PERMITTED: 77,
  NO_TRUST_ROOT: 78,
} as const;

export type CannotTellCode = keyof typeof EXIT_OF;

/** Where bad input lies: a file (or the name of a stream), and where known a 1-based line and a key path. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly key?: string;
}

export interface CannotTellOptions {
  /** Facts a person needs, one a line. Escaped when shown. */
  readonly facts?: readonly string[];
  readonly place?: Place;
  /** What to do next: a command to type where there is one. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** The answer could not be found out; the repository is as it was. */
export class CannotTell extends Error {
  override readonly name = 'CannotTell';
  readonly code: CannotTellCode;
  readonly facts: readonly string[];
  readonly place: Place | undefined;
  readonly remedy: string | undefined;

  constructor(code: CannotTellCode, sentence: string, options: CannotTellOptions = {}) {
    super(sentence, { cause: options.cause });
    this.code = code;
    this.facts = options.facts ?? [];
    this.place = options.place;
    this.remedy = options.remedy;
  }

  get exitCode(): number {
    return EXIT_OF[this.code];
  }
}
