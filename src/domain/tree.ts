import { sha256, type Sha256 } from '../base/digest.ts';

/**
 * The governed part of one commit's tree, as an immutable value. Nodes with equal ids are shared between commits, so
 * comparing two trees costs what differs between them, and what was parsed from a node stays parsed.
 */
export interface TreeFile {
  readonly kind: 'file';
  /** Git object id, or `new:<sha256>` for a file that is only planned. */
  readonly id: string;
  readonly size: number;
  readonly sha256: Sha256;
  readonly bytes: Uint8Array;
  /** At this path it was read and accepted before, by this same build. */
  readonly isAccepted?: boolean;
}

export interface TreeFolder {
  readonly kind: 'folder';
  readonly id: string;
  readonly children: ReadonlyMap<string, TreeNode>;
}

export type TreeNode = TreeFile | TreeFolder;

/** A file by its bytes. What else is known of it is computed where it is asked for. @param id null where it is only planned. */
export function fileOf(bytes: Uint8Array, id: string | null = null): FileOfBytes {
  return new FileOfBytes(bytes, id);
}

export class FileOfBytes implements TreeFile {
  readonly kind = 'file';
  readonly size: number;
  readonly isPlanned: boolean;
  isAccepted = false;
  private bytesOrLoad: Uint8Array | (() => Uint8Array);
  private digest: Sha256 | null = null;
  private ownId: string | null;

  constructor(bytes: Uint8Array, id: string | null) {
    this.bytesOrLoad = bytes;
    this.size = bytes.length;
    this.ownId = id;
    this.isPlanned = id === null;
  }

  get bytes(): Uint8Array {
    return typeof this.bytesOrLoad === 'function' ? this.bytesOrLoad() : this.bytesOrLoad;
  }

  /** Lets go of the bytes. @param load gives the same again, whenever it is asked. */
  shelve(load: () => Uint8Array): void {
    this.bytesOrLoad = load;
  }

  get sha256(): Sha256 {
    return (this.digest ??= sha256(this.bytes));
  }

  get id(): string {
    return (this.ownId ??= `new:${this.sha256}`);
  }
}

/** A folder that differs from another one. */
class PlannedFolder implements TreeFolder {
  readonly kind = 'folder';
  readonly children: ReadonlyMap<string, TreeNode>;
  private ownId: string | null = null;
  private readonly describe: () => string;

  /** @param describe what it is made of. */
  constructor(children: ReadonlyMap<string, TreeNode>, describe: () => string) {
    this.children = children;
    this.describe = describe;
  }

  get id(): string {
    return (this.ownId ??= `new:${sha256(this.describe())}`);
  }
}

/** Ids of what is only planned cost more than a look at it. */
function isPlanned(node: TreeNode | undefined): boolean {
  return node instanceof PlannedFolder || (node instanceof FileOfBytes && node.isPlanned);
}

function isSame(a: TreeNode | undefined, b: TreeNode | undefined): boolean {
  return a === b || (!isPlanned(a) && !isPlanned(b) && a?.id === b?.id && a?.kind === b?.kind);
}

function isSameContent(a: TreeFile, b: TreeFile | null): boolean {
  if (a.size !== b?.size) return false;
  if (!isPlanned(a) && !isPlanned(b)) return a.sha256 === b.sha256;
  const [ours, theirs] = [a.bytes, b.bytes];
  return ours === theirs || Buffer.compare(ours, theirs) === 0;
}

export const EMPTY_TREE: TreeFolder = { kind: 'folder', id: 'new:', children: new Map() };

export function nodeAt(tree: TreeFolder, path: string): TreeNode | null {
  let node: TreeNode = tree;
  for (const name of path.split('/')) {
    if (node.kind !== 'folder') return null;
    const child: TreeNode | undefined = node.children.get(name);
    if (child === undefined) return null;
    node = child;
  }
  return node;
}

export function fileAt(tree: TreeFolder, path: string): TreeFile | null {
  const node = nodeAt(tree, path);
  return node?.kind === 'file' ? node : null;
}

/** Names in a folder, sorted; none where the folder does not exist. */
export function namesIn(tree: TreeFolder, path: string): readonly string[] {
  const node = nodeAt(tree, path);
  return node?.kind === 'folder' ? [...node.children.keys()].sort() : [];
}

/** Every file below `path`, sorted, with paths relative to `path`. */
export function filesUnder(tree: TreeFolder, path: string): readonly (readonly [string, TreeFile])[] {
  const node = path === '' ? tree : nodeAt(tree, path);
  if (node?.kind !== 'folder') return [];
  const found: (readonly [string, TreeFile])[] = [];
  const walk = (folder: TreeFolder, prefix: string): void => {
    for (const [name, child] of folder.children) {
      if (child.kind === 'file') found.push([prefix + name, child]);
      else walk(child, `${prefix}${name}/`);
    }
  };
  walk(node, '');
  return found.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The tree with one file put in place of what was there. */
export function withFile(tree: TreeFolder, path: string, bytes: Uint8Array): TreeFolder {
  return put(tree, path.split('/'), fileOf(bytes));
}

/** The tree with a file of another tree put in place, or taken away. */
export function withNode(tree: TreeFolder, path: string, file: TreeFile | null): TreeFolder {
  return file === null ? withoutFile(tree, path) : put(tree, path.split('/'), file);
}

function put(folder: TreeFolder, [name = '', ...rest]: readonly string[], file: TreeFile): TreeFolder {
  const children = new Map(folder.children);
  const child = children.get(name);
  const node = rest.length === 0 ? file : put(child?.kind === 'folder' ? child : EMPTY_TREE, rest, file);
  children.set(name, node);
  return new PlannedFolder(children, () => `${folder.id} ${name} ${node.id}`);
}

/** The tree without a file, and without folders that are empty then. */
export function withoutFile(tree: TreeFolder, path: string): TreeFolder {
  return take(tree, path.split('/')) ?? EMPTY_TREE;
}

function take(folder: TreeFolder, [name = '', ...rest]: readonly string[]): TreeFolder | null {
  const child = folder.children.get(name);
  if (child === undefined) return folder;
  const children = new Map(folder.children);
  const left = child.kind === 'folder' && rest.length > 0 ? take(child, rest) : null;
  if (left === null) children.delete(name);
  else children.set(name, left);
  if (children.size === 0) return null;
  return new PlannedFolder(children, () => `${folder.id} -${name} ${left?.id ?? ''}`);
}

/** The tree with another folder in place of one at its top; null takes the folder away. */
export function withFolder(tree: TreeFolder, name: string, folder: TreeFolder | null): TreeFolder {
  const children = new Map(tree.children);
  if (folder === null) children.delete(name);
  else children.set(name, folder);
  return new PlannedFolder(children, () => `${tree.id} =${name} ${folder?.id ?? ''}`);
}

export type Difference =
  | { readonly path: string; readonly before: TreeFile; readonly after: TreeFile | null }
  | { readonly path: string; readonly before: null; readonly after: TreeFile };

/**
 * Every file that differs, sorted by path. Folders with equal ids are not entered.
 * @param most enough is found with so many: whether trees differ at all need not cost what they hold.
 */
export function differences(
  before: TreeFolder,
  after: TreeFolder,
  most = Number.POSITIVE_INFINITY,
): readonly Difference[] {
  const known = compared.find((each) => each.before === before && each.after === after);
  if (known !== undefined && known.list.length < most) return known.list;
  const found: Difference[] = [];
  const compare = (a: TreeNode | undefined, b: TreeNode | undefined, path: string): void => {
    if (found.length >= most || isSame(a, b)) return;
    const [fileA, fileB] = [a?.kind === 'file' ? a : null, b?.kind === 'file' ? b : null];
    if (fileA !== null) {
      if (!isSameContent(fileA, fileB)) found.push({ path, before: fileA, after: fileB });
    } else if (fileB !== null) found.push({ path, before: null, after: fileB });
    const inA = a?.kind === 'folder' ? a.children : NO_CHILDREN;
    const inB = b?.kind === 'folder' ? b.children : NO_CHILDREN;
    let inBoth = 0;
    for (const [name, child] of inB) {
      const old = inA.get(name);
      if (old !== undefined) inBoth += 1;
      if (old !== child) compare(old, child, path === '' ? name : `${path}/${name}`);
    }
    if (inBoth === inA.size) return;
    for (const [name, child] of inA)
      if (!inB.has(name)) compare(child, undefined, path === '' ? name : `${path}/${name}`);
  };
  compare(before, after, '');
  // Where as many were found as were asked for there may be more, and which ones is a matter of order.
  if (found.length >= most) return sorted(found);
  const list = sorted(found);
  compared.unshift({ before, after, list });
  compared.length = Math.min(compared.length, 4);
  return list;
}

/** The same two trees are compared again and again while one commit is judged; the latest first. */
const compared: {
  readonly before: TreeFolder;
  readonly after: TreeFolder;
  readonly list: readonly Difference[];
}[] = [];

function sorted(list: readonly Difference[]): readonly Difference[] {
  return [...list].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Those below one name at the top: whoever looks for some kind of file does not pay for all the others. */
export function differencesBelow(top: string, before: TreeFolder, after: TreeFolder): readonly Difference[] {
  if (before.children.get(top) === after.children.get(top)) return [];
  const only = (tree: TreeFolder): TreeFolder => {
    const node = tree.children.get(top);
    return node === undefined
      ? EMPTY_TREE
      : { kind: 'folder', id: `only:${top} ${node.id}`, children: new Map([[top, node]]) };
  };
  return differences(only(before), only(after));
}

const NO_CHILDREN: ReadonlyMap<string, TreeNode> = new Map();
