import type { ObjectReader } from '../ports/objects.ts';
import { ancestorsOf } from './history.ts';
import type { TrustRoot } from './trust-root.ts';

/** A commit that a tip must descend from. */
export interface ExpectedAncestor {
  readonly commit: string;
  /** The branch whose verified tip it is remembered as; null where somebody named the commit. */
  readonly branch: string | null;
}

/**
 * The expected commits that a tip does not descend from. One that is not in the clone is no ancestor; one from before the
 * root is, since judging starts later where the root was moved.
 */
export async function missingAncestors(
  objects: ObjectReader,
  judged: Pick<ReadonlySet<string>, 'has'>,
  {
    root,
    objectFormat,
    descends = [],
  }: {
    readonly root: TrustRoot;
    readonly objectFormat: 'sha1' | 'sha256';
    readonly descends?: readonly ExpectedAncestor[];
  },
): Promise<readonly ExpectedAncestor[]> {
  const missing = descends.filter(({ commit }) => !judged.has(commit));
  // Without the root in it a history proves nothing, and what lies before the root lies beside it.
  if (missing.length === 0 || !judged.has(root.commit)) return missing;
  const before = await ancestorsOf(objects, root.commit, objectFormat === 'sha1' ? 40 : 64);
  return missing.filter(({ commit }) => !before.has(commit));
}
