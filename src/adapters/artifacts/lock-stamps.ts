import { LOCK_KEY } from '../../domain/lock-strength.ts';
import { EntryId } from '../../domain/names.ts';
import type { ArtifactFinding, LockStamp } from '../../ports/artifacts.ts';

/** What lies in one file of weights under the key of the lock; undefined where the key is not there. */
export interface Stamped {
  readonly path: string;
  readonly value: string | bigint | null | undefined;
}

/** What is wrong where the key holds something else. */
export const NO_ID = `has ${LOCK_KEY} in its metadata, and that is no id of a lock: 64 hexadecimal digits in lower case, as text`;

/** The stamps of the files that carry one, sorted by path. What is there and is no id is refused: nobody could say what it was meant to be. */
export function readStamps(files: readonly Stamped[]): {
  readonly stamps: readonly LockStamp[];
  readonly findings: readonly ArtifactFinding[];
} {
  const stamps: LockStamp[] = [];
  const findings: ArtifactFinding[] = [];
  for (const { path, value } of files) {
    if (value === undefined) continue;
    const id = EntryId.safeParse(value);
    if (id.success) stamps.push({ path, lock: id.data });
    else
      findings.push({
        code: 'LOCK_STAMP',
        message: `${path} ${NO_ID}.`,
        place: { file: path, key: LOCK_KEY },
      });
  }
  return { stamps: stamps.sort((a, b) => (a.path < b.path ? -1 : 1)), findings };
}
