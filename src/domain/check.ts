import * as z from 'zod';
import { entryHeader, fileSet } from './entry.ts';
import { CheckName, Sha256Text } from './names.ts';
import type { Role } from './roles.ts';

export const CheckStatus = z.enum(['passed', 'failed']);
export type CheckStatus = z.infer<typeof CheckStatus>;

/** What the results of one checker may take in one record, in bytes: some hundreds of them, unless each lists many files. */
export const CHECKER_BYTES = 256 * 1024;
/** Raw files of one result. */
export const MOST_CHECK_FILES = 100;

/** What an outside tool found out about one artifact: a scanner, a safety probe, a script of the company. */
export const CheckResult = z
  .strictObject({
    ...entryHeader('check'),
    name: CheckName,
    /** Digest of the artifact that was looked at. */
    artifact: Sha256Text,
    /** Follows from the report: failed where it counts an error. */
    status: CheckStatus,
    /** SHA-256 of the normalised report `checks/<id>/report.json`. */
    report: Sha256Text,
    /** What the tool wrote, under `checks/<id>/raw/`. */
    files: fileSet(MOST_CHECK_FILES),
  })
  .readonly();
export type CheckResult = z.infer<typeof CheckResult>;

/** Only this role signs results of the name. */
export function checkerOf(name: CheckName): Role {
  return `checker:${name}`;
}
