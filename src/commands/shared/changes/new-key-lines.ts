import type { Change } from '../../../domain/change.ts';
import type { TreeFolder } from '../../../domain/tree.ts';
import { appliedLaw } from '../../../machine/changes.ts';
import { holderOfKey } from '../../../machine/law.ts';
import { spelled } from '../terminal/spelled.ts';

/**
 * What nobody can read off a proposal: whose key it really is that it brings. Told again to each who approves it, since
 * whoever proposed it may have been deceived, or be the one who deceives.
 */
export function newKeyLines(tree: TreeFolder, change: Change): readonly string[] {
  if (change.kind !== 'policy') return [];
  return change.brings.keys.flatMap((key) => {
    const name = holderOfKey(appliedLaw(tree, change.id), key)?.principal.id ?? 'its owner';
    return [`compare with ${name}, by phone or in person, before you approve:`, `  ${spelled(key)}`];
  });
}
