import { isSafeSegment } from '../domain/names.ts';
import { aliasesDocument, retiredVersions } from '../domain/aliases.ts';
import { partlyRead, type Sparing } from '../domain/partly-read.ts';
import { ALIASES_FILE, isGovernedName, RECORD } from '../domain/paths.ts';
import type { TreeFolder, TreeNode } from '../domain/tree.ts';
import { parseTree, type TreeEntry } from '../judge/tree-object.ts';
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
 * The same, and of iterations that are retired nothing is read, or nothing but the record.
 * @param promotions what everything under that name comes to.
 */
export async function soundTreeInMotion(
  treeId: string,
  options: SoundTreeOptions,
  promotions: Counted,
  sparing: Sparing,
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
      ? folder(
          entry,
          { ...atOnce, remember: ofTop },
          each((line) => ofLine(line, atOnce, sparing)),
        )
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
  if (entry.kind === 'folder')
    return await folder(
      entry,
      options,
      each((below) => node(below, options)),
    );
  if (entry.kind !== 'file') return null;
  const { node: file, flaws } = await options.file(entry);
  return file.kind === 'file' && flaws.length === 0
    ? { node: file, extent: { ...NOTHING, bytes: file.size } }
    : null;
}

/** In `promotions`: a folder of iterations, whose aliases say which of them are retired. */
async function ofLine(entry: TreeEntry, options: Reading, sparing: Sparing): Promise<Read | null> {
  if (!isSafeSegment(entry.name)) return null;
  if (entry.kind !== 'folder') return await node(entry, options);
  const isRecordRead = sparing.recordsOf.has(entry.name);
  return await folder(entry, options, async (list) => {
    const listed = list.find(({ name, kind }) => name === ALIASES_FILE && kind === 'file');
    const aliases = listed === undefined ? null : await node(listed, options);
    const parsed =
      aliases?.node.kind === 'file' ? parseFile(aliasesDocument, aliases.node, ALIASES_FILE) : null;
    const retired: ReadonlySet<string> = retiredVersions(parsed?.ok === true ? parsed.value : null);
    return (below) => {
      if (below === listed) return Promise.resolve(parsed?.ok === true ? aliases : null);
      return below.kind === 'folder' && retired.has(below.name)
        ? atRest(below, entry.name, options, isRecordRead)
        : node(below, options);
    };
  });
}

async function atRest(
  { id }: TreeEntry,
  line: string,
  options: Reading,
  isRecordRead: boolean,
): Promise<Read | null> {
  if (!isRecordRead) return { node: partlyRead(id, line, new Map()), extent: NOTHING };
  const listing = await listed(id, options);
  const record = listing?.entries.find(({ name, kind }) => name === RECORD && kind === 'file');
  const read = record === undefined ? null : await node(record, options);
  return read?.node.kind === 'file'
    ? { node: partlyRead(id, line, new Map([[RECORD, read.node]])), extent: NOTHING }
    : null;
}

type ReadBelow = (entry: TreeEntry) => Promise<Read | null>;

function each(read: ReadBelow): () => Promise<ReadBelow> {
  return () => Promise.resolve(read);
}

async function folder(
  { id }: TreeEntry,
  options: Reading,
  how: (list: readonly TreeEntry[]) => Promise<ReadBelow>,
): Promise<Read | null> {
  const listing = await listed(id, options);
  if (listing === null) return null;
  const { bytes } = listing;
  const list = listing.entries.filter(({ name, kind }) => name !== 'README.md' || kind !== 'file');
  const readBelow = await how(list);
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
