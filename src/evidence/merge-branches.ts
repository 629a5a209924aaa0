import { isNonEmpty, type NonEmpty } from '../base/nonempty.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { differences } from '../domain/tree.ts';
import { combine } from '../judge/combine.ts';
import { judgeMerge } from '../judge/judge-merge.ts';
import { guardedPathsOf } from '../machine/law.ts';
import type { GitRepository, StoredObject } from '../ports/repository.ts';
import type { SignatureVerifier } from '../ports/signatures.ts';
import { commitPayload, type CommitText } from './commit-bytes.ts';
import { readCommit } from './history.ts';
import type { JudgedCommit, JudgedHistory } from './lineage.ts';
import { mergeUngoverned } from './merge-trees.ts';
import { readStaged } from './staged-commit.ts';

export interface MergeOrder extends Pick<CommitText, 'author' | 'now' | 'message'> {
  /** Judged, both in one history, and neither void. The first becomes the first parent. */
  readonly first: string;
  readonly second: string;
  readonly history: JudgedHistory;
}

export type MergeResult =
  | { readonly kind: 'merged'; readonly commit: string }
  /** The law does not allow the two together. */
  | { readonly kind: 'refused'; readonly reasons: NonEmpty<Reason> }
  /** Both changed the same files that are not governed, which is for a person to put together. */
  | { readonly kind: 'conflict'; readonly paths: NonEmpty<string> };

/**
 * Writes the merge of two commits that the law allows, if there is one: nobody signs it, it adds nothing of its own, and it is
 * judged like a stranger's. No ref moves. git's own merge is not asked, so no merge driver and no work tree takes part.
 */
export async function mergeBranches(
  repository: GitRepository,
  verifier: SignatureVerifier,
  { first, second, history, author, now, message }: MergeOrder,
): Promise<MergeResult> {
  const [one, two] = [judged(history, first), judged(history, second)];
  const meeting = history.meeting(one, two);
  const paths = [...new Set([one, two].flatMap(({ tree }) => guardedPathsOf(tree)))].sort();
  const sides = { trees: [one.tree, two.tree], guarded: [one.guarded, two.guarded] };
  const combined = combine({ ...sides, bases: () => meeting.bases }, paths);
  if (combined.disputed.length > 0)
    return { kind: 'refused', reasons: [reason('MERGE_CONFLICT', { strands: combined.disputed })] };
  const beside = await mergeRest(repository, [first, second], history.commonAncestors(first, second));
  if (isNonEmpty(beside.conflicts)) return { kind: 'conflict', paths: beside.conflicts };
  const governed = differences(one.tree, combined.tree);
  const puts = governed.flatMap(({ path, after }): readonly StoredObject[] =>
    after === null ? [] : [{ path, kind: 'file', id: after.id }],
  );
  const gone = governed.flatMap(({ path, after }) => (after === null ? [path] : []));
  const tree = await repository.stageTree(first, [...puts, ...beside.puts], [...gone, ...beside.removes]);
  const commit = await repository.writeCommit(
    commitPayload({ tree, parents: [first, second], author, now, message }),
  );
  const under = await readStaged(repository, verifier, commit, [one, two]);
  const { reasons } = judgeMerge(under, [one, two], () => meeting, history);
  return isNonEmpty(reasons) ? { kind: 'refused', reasons } : { kind: 'merged', commit };
}

/** A commit with both as parents and the tree of the first, so that judging it judges both in one history. */
export async function draftOf(
  repository: GitRepository,
  { first, second, author, now }: Omit<MergeOrder, 'history' | 'message'>,
): Promise<string> {
  const [tree] = await treesOf(repository, [first]);
  if (tree === undefined) throw new Error('a commit without a tree');
  return await repository.writeCommit(
    commitPayload({ tree, parents: [first, second], author, now, message: 'Draft' }),
  );
}

async function mergeRest(
  repository: GitRepository,
  tips: readonly [string, string],
  bases: readonly string[],
) {
  const { objectFormat } = await repository.facts();
  const [first = '', second = '', ...old] = await treesOf(repository, [...tips, ...bases]);
  const objects = repository.openObjects();
  try {
    return await mergeUngoverned(objects, objectFormat === 'sha1' ? 20 : 32, { first, second, bases: old });
  } finally {
    await objects.close();
  }
}

async function treesOf(repository: GitRepository, commits: readonly string[]): Promise<readonly string[]> {
  const { objectFormat } = await repository.facts();
  const objects = repository.openObjects();
  try {
    const read = await Promise.all(
      commits.map((id) => readCommit(objects, id, objectFormat === 'sha1' ? 40 : 64)),
    );
    return read.flatMap(({ tree }) => tree ?? []);
  } finally {
    await objects.close();
  }
}

function judged(history: JudgedHistory, id: string): JudgedCommit {
  const commit = history.judged.get(id);
  if (commit === undefined) throw new Error(`${id} was not judged`);
  return commit;
}
