import { digestOfFiles, type Sha256 } from '../base/digest.ts';
import {
  appliedChangeDocument,
  changeApprovalDocument,
  changeDocument,
  type AppliedChange,
  type Change,
  type ChangeApproval,
} from '../domain/change.ts';
import type { EntryId } from '../domain/names.ts';
import { APPLIED, CHANGE, changeFolder, PROPOSED } from '../domain/paths.ts';
import { filesUnder, namesIn, nodeAt, withFolder, type TreeFolder } from '../domain/tree.ts';
import { lawOf, parseLaw, type Law } from './law.ts';
import { entriesUnder, trusted } from './trusted-files.ts';
import type { Parsed } from '../base/problem.ts';

/** One proposal with everything signed about it. */
export interface ChangeCase {
  readonly change: Change;
  /** Sorted by (time, id). */
  readonly approvals: readonly ChangeApproval[];
  /** Null while it is only proposed. */
  readonly applied: AppliedChange | null;
}

const cases = new WeakMap<TreeFolder, ChangeCase | null>();
const ofFolder = new WeakMap<TreeFolder, readonly ChangeCase[]>();

/** @returns null where there is no such change. */
export function changeNamed(tree: TreeFolder, id: EntryId): ChangeCase | null {
  const folder = nodeAt(tree, changeFolder(id));
  return folder?.kind === 'folder' ? caseIn(folder) : null;
}

function caseIn(folder: TreeFolder): ChangeCase | null {
  const known = cases.get(folder);
  if (known !== undefined) return known;
  const found = readCase(folder);
  cases.set(folder, found);
  return found;
}

function readCase(folder: TreeFolder): ChangeCase | null {
  const change = trusted(changeDocument, folder, CHANGE);
  if (change === null) return null;
  return {
    change,
    approvals: entriesUnder(changeApprovalDocument, folder, 'approvals'),
    applied: trusted(appliedChangeDocument, folder, APPLIED),
  };
}

export function changesOf(tree: TreeFolder): readonly ChangeCase[] {
  const folder = tree.children.get('changes');
  if (folder?.kind !== 'folder') return [];
  const found =
    ofFolder.get(folder) ?? namesIn(tree, 'changes').flatMap((id) => changeNamed(tree, id as EntryId) ?? []);
  ofFolder.set(folder, found);
  return found;
}

/** The digest of a `policy/` or `proposed/` folder: paths relative to it, so that both give the same for the same files. */
export function folderDigest(tree: TreeFolder, path: string): Sha256 {
  return digestOfFiles(filesUnder(tree, path).map(([name, file]) => ({ path: name, sha256: file.sha256 })));
}

/** The law as it would be with what is proposed in force. */
export function proposedLaw(tree: TreeFolder, id: EntryId): Parsed<Law> {
  return parseLaw(withProposed(tree, id));
}

/** The law as a change of policy put it in force. @throws CannotTell BAD_DATA where it was never judged. */
export function appliedLaw(tree: TreeFolder, id: EntryId): Law {
  return lawOf(withProposed(tree, id));
}

function withProposed(tree: TreeFolder, id: EntryId): TreeFolder {
  const proposed = nodeAt(tree, `${changeFolder(id)}/${PROPOSED}`);
  return withFolder(tree, 'policy', proposed?.kind === 'folder' ? proposed : null);
}
