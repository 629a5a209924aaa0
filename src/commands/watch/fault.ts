import type { CannotTell, CannotTellCode } from '../../base/errors.ts';
import type { Reason, ReasonCode } from '../../domain/reason.ts';

/**
 * Whose matter it is that a candidate was not submitted: its own, which trying again does not mend; that of the law and of
 * what else it was refused under, until these change; the watcher's own, which whoever runs it mends; or nobody's for
 * good, such as a registry that is not reached.
 */
export type Fault = 'candidate' | 'ground' | 'watcher' | 'elsewhere';

/** @param own where what belongs to the watcher lies: files and folders as they were named, and registries. */
export type Answer =
  | { readonly kind: 'refused'; readonly reasons: readonly Reason[] }
  | { readonly kind: 'cannot tell'; readonly error: CannotTell; readonly own: readonly string[] };

/** What reading says of bad input: of the candidate's, unless the place is the watcher's. */
const BAD_INPUT: ReadonlySet<CannotTellCode> = new Set(['BAD_DATA', 'NO_INPUT', 'USAGE']);

/** Without these no candidate at all can be submitted. */
const OF_MACHINE: ReadonlySet<CannotTellCode> = new Set([
  'NO_SIGNER',
  'TOOL_MISSING',
  'SYSTEM',
  'NO_REPOSITORY',
  'OBJECT_MISSING',
  'NO_TRUST_ROOT',
]);

/** Who signs, with what and for whom is chosen where the watcher is started. */
const OF_WATCHER: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'ENTRY_NOT_SIGNERS',
  'ENTRY_OTHER_KEY',
  'ENTRY_OTHER_REPOSITORY',
  'ENTRY_TIME',
  'HUMAN_REQUIRED',
  'ROLE_CANNOT',
  'ROLE_NOT_HELD',
  'LINE_UNKNOWN',
  'ON_BEHALF_OF_UNKNOWN',
  'READER_BARRED',
  'UNSIGNED',
  'SIGNATURE_REFUSED',
  'SIGNER_NOT_ENROLLED',
  'KEY_ENDED',
  'FROM_THE_FUTURE',
  'TIME_BACKWARDS',
  'PARENT_VOID',
]);

/** These pass when others have done something, whatever candidate it is. */
const PASSING: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'LOCK_UNKNOWN',
  'CANDIDATES_STOPPED',
  'POPULATION_CEILING',
  'EXCEPTION_REVIEW_OVERDUE',
]);

export function faultOf(answer: Answer): Fault {
  if (answer.kind === 'refused') {
    const has = (codes: ReadonlySet<ReasonCode>): boolean =>
      answer.reasons.some(({ code }) => codes.has(code));
    // The watcher's own comes first: whatever else is wrong is told again when that is mended.
    if (has(OF_WATCHER)) return 'watcher';
    return has(PASSING) ? 'elsewhere' : 'ground';
  }
  const { error, own } = answer;
  if (OF_MACHINE.has(error.code)) return 'watcher';
  if (!BAD_INPUT.has(error.code)) return 'elsewhere';
  const file = error.place?.file;
  return file !== undefined && own.some((place) => isWithin(file, place)) ? 'watcher' : 'candidate';
}

function isWithin(file: string, place: string): boolean {
  return file === place || file.startsWith(place.endsWith('/') ? place : `${place}/`);
}
