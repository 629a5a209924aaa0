import type { ObjectReader } from '../ports/objects.ts';
import { readCommit } from './history.ts';

/** A commit that a tip must descend from. */
export interface ExpectedAncestor {
  readonly commit: string;
  /** The branch whose verified tip it is remembered as; null where somebody named the commit. */
  readonly branch: string | null;
}

/**
 * The expected commits that a tip does not descend from. One that is not in the clone is no ancestor; one from before the
 * start is, since judging starts later where the root was moved, or where much was judged before.
 */
export async function missingAncestors(
  objects: ObjectReader,
  judged: Pick<ReadonlySet<string>, 'has'>,
  {
    start,
    objectFormat,
    descends = [],
  }: {
    /** Where judging began: the root, or what was judged before. */
    readonly start: string;
    readonly objectFormat: 'sha1' | 'sha256';
    readonly descends?: readonly ExpectedAncestor[];
  },
): Promise<readonly ExpectedAncestor[]> {
  const missing = descends.filter(({ commit }) => !judged.has(commit));
  // Without the root in it a history proves nothing, and what lies before the root lies beside it.
  if (missing.length === 0 || !judged.has(start)) return missing;
  const wanted = new Set(missing.map(({ commit }) => commit));
  await strikeAncestors(objects, start, wanted, objectFormat === 'sha1' ? 40 : 64);
  return missing.filter(({ commit }) => wanted.has(commit));
}

const BATCH = 256;

/** Takes away those that a commit descends from, and goes back no farther than it takes. */
async function strikeAncestors(
  objects: ObjectReader,
  start: string,
  wanted: Set<string>,
  idLength: 40 | 64,
): Promise<void> {
  const met = new Set([start]);
  for (let level: readonly string[] = [start]; level.length > 0;) {
    const batch = level.slice(0, BATCH);
    for (const id of batch) wanted.delete(id);
    if (wanted.size === 0) return;
    const read = await Promise.all(batch.map((id) => readCommit(objects, id, idLength)));
    const next = read.flatMap(({ parents }) => parents.filter((parent) => !met.has(parent)));
    for (const id of next) met.add(id);
    level = [...level.slice(BATCH), ...new Set(next)];
  }
}
