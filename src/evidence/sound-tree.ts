import { isSafeSegment } from '../domain/names.ts';
import { partlyRead } from '../domain/partly-read.ts';
import { isGovernedName, RECORD } from '../domain/paths.ts';
import { recordDocument } from '../domain/record.ts';
import type { TreeFolder, TreeNode } from '../domain/tree.ts';
import { parseTree, type TreeEntry } from '../judge/tree-object.ts';
import { isAtRest } from '../machine/at-rest.ts';
import { parseFile } from '../machine/trusted-files.ts';
import type { Counted } from '../ports/anchors.ts';
import type { ObjectReader } from '../ports/objects.ts';
import { longer, type Extent } from './extent.ts';
import type { Sound } from './growth.ts';
import type { Loaded } from './loaded.ts';

export interface SoundTreeOptions {
  readonly objects: ObjectReader;
  readonly idBytes: 20 | 32;
  readonly file: (entry: TreeEntry) => Promise<Loaded>;
  /** Of a folder: what was read, and what it comes to. */
  readonly remember: (folder: TreeFolder, sound: Sound) => void;
}

const NOTHING: Extent = { paths: 0, bytes: 0, longest: '' };

/**
 * Reads a governed tree that was read before and had nothing wrong in it, in the order in which git hands its objects out.
 * Limits are not looked at again. @returns null where something is not as it was; whoever looks at everything finds out what.
 */
export async function soundTree(treeId: string, options: SoundTreeOptions): Promise<TreeFolder | null> {
  options.objects.follow?.({ tip: treeId, from: null, what: 'objects' });
  return await governed(treeId, options, (entry) => node(entry, options));
}

/**
 * The same, and of iterations that are at rest nothing is read but the record.
 * @param promotions what everything under that name comes to.
 */
export async function soundTreeInMotion(
  treeId: string,
  options: SoundTreeOptions,
  promotions: Counted,
): Promise<TreeFolder | null> {
  // Whatever is asked for at once, git answers in one go.
  const atOnce = { ...options, isAtOnce: true };
  const ofTop: SoundTreeOptions['remember'] = (folder, sound) => {
    const { paths, bytes } = sound.extent;
    const unread = { paths: promotions.paths - paths, bytes: promotions.bytes - bytes };
    options.remember(folder, { ...sound, unread });
  };
  return await governed(treeId, options, (entry) =>
    entry.name === 'promotions' && entry.kind === 'folder'
      ? folder(entry, { ...atOnce, remember: ofTop }, (line) => ofLine(line, atOnce))
      : node(entry, atOnce),
  );
}

async function governed(
  treeId: string,
  options: SoundTreeOptions,
  read: (entry: TreeEntry) => Promise<Read | null>,
): Promise<TreeFolder | null> {
  const top = await listed(treeId, options);
  if (top === null) return null;
  const children = new Map<string, TreeNode>();
  for (const entry of top.entries.filter(({ name }) => isGovernedName(name))) {
    const found = await read(entry);
    if (found === null) return null;
    children.set(entry.name, found.node);
  }
  return { kind: 'folder', id: `governed:${treeId}`, children };
}

interface Read {
  readonly node: TreeNode;
  /** Of what lies below it, and of a file the bytes of itself. */
  readonly extent: Extent;
}

interface Reading extends SoundTreeOptions {
  readonly isAtOnce?: boolean;
}

async function node(entry: TreeEntry, options: Reading): Promise<Read | null> {
  if (!isSafeSegment(entry.name)) return null;
  if (entry.kind === 'folder') return await folder(entry, options, (below) => node(below, options));
  if (entry.kind !== 'file') return null;
  const { node: file, flaws } = await options.file(entry);
  return file.kind === 'file' && flaws.length === 0
    ? { node: file, extent: { ...NOTHING, bytes: file.size } }
    : null;
}

/** In `promotions`: a folder of iterations. */
async function ofLine(entry: TreeEntry, options: Reading): Promise<Read | null> {
  if (!isSafeSegment(entry.name)) return null;
  return entry.kind === 'folder'
    ? await folder(entry, options, (iteration) => ofIteration(iteration, options))
    : await node(entry, options);
}

async function ofIteration(entry: TreeEntry, options: Reading): Promise<Read | null> {
  if (entry.kind !== 'folder' || !isSafeSegment(entry.name)) return await node(entry, options);
  const listing = await listed(entry.id, options);
  const record = listing?.entries.find(({ name, kind }) => name === RECORD && kind === 'file');
  const read = record === undefined ? null : await node(record, options);
  if (read?.node.kind !== 'file') return null;
  const parsed = parseFile(recordDocument, read.node, RECORD);
  if (!parsed.ok) return null;
  return isAtRest(parsed.value)
    ? { node: partlyRead(entry.id, new Map([[RECORD, read.node]])), extent: NOTHING }
    : await node(entry, options);
}

async function folder(
  { id }: TreeEntry,
  options: Reading,
  readBelow: (entry: TreeEntry) => Promise<Read | null>,
): Promise<Read | null> {
  const listing = await listed(id, options);
  if (listing === null) return null;
  const { bytes } = listing;
  const list = listing.entries.filter(({ name, kind }) => name !== 'README.md' || kind !== 'file');
  // One after the other where they are followed: that is how they come.
  const begun = options.isAtOnce === true ? await Promise.all(list.map(readBelow)) : null;
  const children = new Map<string, TreeNode>();
  let extent: Extent = { ...NOTHING, paths: list.length };
  for (const [index, entry] of list.entries()) {
    const read = begun === null ? await readBelow(entry) : begun[index];
    if (read == null) return null;
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
