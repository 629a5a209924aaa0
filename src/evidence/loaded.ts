import { reason } from '../domain/reason.ts';
import type { TreeNode } from '../domain/tree.ts';
import { foldedName } from '../judge/tree-object.ts';
import type { Flaw } from './listing.ts';

/** What was read at an entry of a folder, with everything that is wrong with it. */
export interface Loaded {
  readonly node: TreeNode;
  readonly flaws: readonly Flaw[];
}

/** What is wrong with a tree is told up to this many times. */
export const MAX_FLAWS = 200;

/** Names that some file system cannot tell apart. */
export function twins(names: readonly string[]): Flaw[] {
  const folded = new Map<string, string>();
  const flaws: Flaw[] = [];
  for (const name of names) {
    const form = foldedName(name);
    const twin = folded.get(form);
    const what = `is the same name as ${twin ?? ''} on some systems`;
    if (twin !== undefined && flaws.length < MAX_FLAWS)
      flaws.push({ at: name, say: (path) => reason('PATH_NOT_PLAIN', { path, what }) });
    folded.set(form, name);
  }
  return flaws;
}
