import type { TreeFolder } from '../domain/tree.ts';
import { strayIn } from '../judge/judge-root.ts';
import { folderDigest } from '../machine/changes.ts';
import { parseLaw } from '../machine/law.ts';
import { movedRoots } from '../machine/moved-roots.ts';
import type { CommitFacts } from './commit-facts.ts';
import type { History, HistoryStep } from './history.ts';
import type { TrustRoot } from './trust-root.ts';

/**
 * Whether the root is as good for this tip as for the one that was judged before: where it holds more than the law, that is
 * for an approved change in the history of each tip to say.
 */
export async function isRootSettled(
  facts: CommitFacts,
  history: Pick<History, 'line'>,
  root: TrustRoot,
): Promise<boolean> {
  const tree = await treeIn(facts.anew(), { id: root.commit, parents: [], read: null });
  return tree !== null && (strayIn(tree).length === 0 || (await namesRoot(facts.anew(), history, root)));
}

async function treeIn(facts: CommitFacts, step: HistoryStep): Promise<TreeFolder | null> {
  const { commit } = await facts.commitOf(step);
  return commit === null ? null : await facts.treeOf(commit);
}

/** Whether the tip holds an applied change that moved the root to where judging starts. */
export async function namesRoot(
  facts: CommitFacts,
  { line }: Pick<History, 'line'>,
  { commit, signer }: TrustRoot,
): Promise<boolean> {
  const last = line.at(-1);
  if (last === undefined) return false;
  const [end, begin] = await Promise.all([
    treeIn(facts, last),
    treeIn(facts, { id: commit, parents: [], read: null }),
  ]);
  if (end === null || begin === null || end === begin || !parseLaw(end).ok) return false;
  return movedRoots(end).some(
    ({ root, tree }) => root.commit === commit && root.signer === signer && tree === folderDigest(begin, ''),
  );
}
