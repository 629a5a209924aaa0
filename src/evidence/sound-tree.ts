import { isSafeSegment } from '../domain/names.ts';
import { isGovernedName } from '../domain/paths.ts';
import type { TreeFolder, TreeNode } from '../domain/tree.ts';
import { parseTree, type TreeEntry } from '../judge/tree-object.ts';
import type { ObjectReader } from '../ports/objects.ts';
import { longer, type Extent } from './extent.ts';
import type { Loaded } from './loaded.ts';

export interface SoundTreeOptions {
  readonly objects: ObjectReader;
  readonly idBytes: 20 | 32;
  readonly file: (entry: TreeEntry) => Promise<Loaded>;
  /** Of a folder: what was read, and what it comes to. */
  readonly remember: (
    folder: TreeFolder,
    sound: { readonly bytes: Uint8Array; readonly list: readonly TreeEntry[]; readonly extent: Extent },
  ) => void;
}

const NOTHING: Extent = { paths: 0, bytes: 0, longest: '' };

/**
 * Reads a governed tree that was read before and had nothing wrong in it, in the order in which git hands its objects out.
 * Limits are not looked at again. @returns null where something is not as it was; whoever looks at everything finds out what.
 */
export async function soundTree(treeId: string, options: SoundTreeOptions): Promise<TreeFolder | null> {
  options.objects.follow?.({ tip: treeId, from: null, what: 'objects' });
  const top = await listed(treeId, options);
  if (top === null) return null;
  const children = new Map<string, TreeNode>();
  for (const entry of top.entries.filter(({ name }) => isGovernedName(name))) {
    const read = await node(entry, options);
    if (read === null) return null;
    children.set(entry.name, read.node);
  }
  return { kind: 'folder', id: `governed:${treeId}`, children };
}

interface Read {
  readonly node: TreeNode;
  /** Of what lies below it, and of a file the bytes of itself. */
  readonly extent: Extent;
}

async function node(entry: TreeEntry, options: SoundTreeOptions): Promise<Read | null> {
  if (!isSafeSegment(entry.name)) return null;
  if (entry.kind === 'folder') return await folder(entry, options);
  if (entry.kind !== 'file') return null;
  const { node: file, flaws } = await options.file(entry);
  return file.kind === 'file' && flaws.length === 0
    ? { node: file, extent: { ...NOTHING, bytes: file.size } }
    : null;
}

async function folder({ id }: TreeEntry, options: SoundTreeOptions): Promise<Read | null> {
  const listing = await listed(id, options);
  if (listing === null) return null;
  const { bytes } = listing;
  const list = listing.entries.filter(({ name, kind }) => name !== 'README.md' || kind !== 'file');
  const children = new Map<string, TreeNode>();
  let extent: Extent = { ...NOTHING, paths: list.length };
  // One after the other: that is how they come.
  for (const entry of list) {
    const read = await node(entry, options);
    if (read === null) return null;
    children.set(entry.name, read.node);
    const { longest } = read.extent;
    extent = {
      paths: extent.paths + read.extent.paths,
      bytes: extent.bytes + read.extent.bytes,
      longest: longer(extent.longest, longest === '' ? entry.name : `${entry.name}/${longest}`),
    };
  }
  if (children.size === 0) return null;
  const found: TreeFolder = { kind: 'folder', id, children };
  options.remember(found, { bytes: Buffer.from(bytes), list, extent });
  return { node: found, extent };
}

async function listed(
  id: string,
  { objects, idBytes }: SoundTreeOptions,
): Promise<{ readonly entries: readonly TreeEntry[]; readonly bytes: Uint8Array } | null> {
  const object = await objects.read(id);
  const entries = object.type === 'tree' ? parseTree(id, object.bytes, idBytes) : null;
  return object.type === 'tree' && entries?.ok === true
    ? { entries: entries.value, bytes: object.bytes }
    : null;
}
