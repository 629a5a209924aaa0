import { appliedChangeDocument, changeDocument, type Change } from '../domain/change.ts';
import { APPLIED, CHANGE, changeFolder } from '../domain/paths.ts';
import { fileAt, namesIn, type TreeFolder } from '../domain/tree.ts';
import { parseFile } from './trusted-files.ts';

export type RootChange = Extract<Change, { kind: 'root' }>;

/** Roots that applied changes moved to. The tree need not have been judged: what cannot be read says nothing. */
export function movedRoots(tree: TreeFolder): readonly RootChange[] {
  return namesIn(tree, 'changes').flatMap((id) => {
    const [change, applied] = [
      fileAt(tree, `${changeFolder(id)}/${CHANGE}`),
      fileAt(tree, `${changeFolder(id)}/${APPLIED}`),
    ];
    if (change === null || applied === null || !parseFile(appliedChangeDocument, applied, APPLIED).ok)
      return [];
    const parsed = parseFile(changeDocument, change, CHANGE);
    return parsed.ok && parsed.value.kind === 'root' ? [parsed.value] : [];
  });
}
