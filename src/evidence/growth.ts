import { isSafeSegment, MAX_PATH_LENGTH } from '../domain/names.ts';
import type { TreeFolder, TreeNode } from '../domain/tree.ts';
import type { TreeEntry } from '../judge/tree-object.ts';
import type { Counted } from '../ports/anchors.ts';
import type { ObjectReader } from '../ports/objects.ts';
import { changedEntries, type ChangedEntries, type RawListing } from './changed-entries.ts';
import { longer, type Extent } from './extent.ts';
import type { Held } from './held.ts';
import { BYTES_OF_AN_ENTRY, limitsUnder, type TreeLimits } from './limits.ts';
import { twins, type Loaded } from './loaded.ts';
import { Recent } from './recent.ts';

/** What is known of a folder nothing is wrong with. */
export interface Sound extends RawListing {
  /** What was read of it comes to. */
  readonly extent: Extent;
  /** What was left unread below it comes to; it stays as it is wherever something grows from this. */
  readonly unread?: Counted;
}

const MOST_RECENT = 64;

function counted({ extent, unread }: Sound): Counted {
  return { paths: extent.paths + (unread?.paths ?? 0), bytes: extent.bytes + (unread?.bytes ?? 0) };
}

export interface GrowthOptions {
  readonly objects: ObjectReader;
  readonly idBytes: 20 | 32;
  readonly limits: TreeLimits;
  readonly held: Held;
  readonly file: (entry: TreeEntry) => Promise<Loaded>;
  /** Reads a folder whole; null where it is over a limit by itself. */
  readonly whole: (entry: TreeEntry, depth: number) => Promise<Loaded | null>;
}

/**
 * Makes a folder from one that was read before and from what differs: a commit costs what it changed, not what lies
 * beside it. Whatever is not plain, it leaves to those who read everything: it gives the same folder or none.
 */
export class Growth {
  private readonly sound = new WeakMap<TreeNode, Sound>();
  /**
   * Commits that are read at once share what is new in both. By depth, what it grew from, and id: what grew elsewhere into
   * the same bytes brings files along that were accepted there.
   */
  private readonly recent = new Recent<Promise<TreeFolder | null>>(MOST_RECENT);
  private readonly numbers = new WeakMap<TreeFolder, number>();
  private numbered = 0;
  private readonly options: GrowthOptions;

  constructor(options: GrowthOptions) {
    this.options = options;
  }

  /** Of a folder that was read whole, with nothing wrong in it. */
  remember(node: TreeFolder, sound: Sound): void {
    this.sound.set(node, sound);
  }

  /** What a folder at a governed name comes to, with what was left unread in it; null where that was not counted. */
  countedAt(node: TreeNode): Counted | null {
    const sound = this.sound.get(node);
    return sound === undefined ? null : counted(sound);
  }

  /** What lies at a governed name. @param near what lay there in another tree. */
  async governed(entry: TreeEntry, near: TreeNode | undefined): Promise<Loaded | null> {
    const node = await this.node(entry, near, 1);
    const sound = node?.kind === 'folder' ? this.sound.get(node) : undefined;
    if (node === null || sound === undefined) return null;
    const { longest } = sound.extent;
    const most = limitsUnder(entry.name, this.options.limits);
    const { paths, bytes } = counted(sound);
    const isOver =
      paths > most.paths || bytes > most.bytes || entry.name.length + 1 + longest.length > MAX_PATH_LENGTH;
    return isOver ? null : { node, flaws: [] };
  }

  private async node(entry: TreeEntry, near: TreeNode | undefined, depth: number): Promise<TreeNode | null> {
    if (near?.kind !== 'folder' || entry.kind !== 'folder') return null;
    if (near.id === entry.id) return this.sound.has(near) ? near : null;
    if (depth > this.options.limits.depth) return null;
    const key = `${depth} ${this.numberOf(near)} ${entry.id}`;
    return await (this.recent.get(key) ?? this.recent.set(key, this.grown(entry, near, depth)));
  }

  private numberOf(folder: TreeFolder): number {
    const number = this.numbers.get(folder) ?? (this.numbered += 1);
    this.numbers.set(folder, number);
    return number;
  }

  private async grown(entry: TreeEntry, near: TreeFolder, depth: number): Promise<TreeFolder | null> {
    const { objects, idBytes, limits, held } = this.options;
    const before = this.sound.get(near);
    if (before === undefined) return null;
    const object = await objects.read(entry.id, limits.listBytes);
    const changed = object.type === 'tree' ? changedEntries(before, object.bytes, idBytes) : null;
    if (object.type !== 'tree' || changed === null) return null;
    const { list } = before;
    const old = new Map(list.slice(changed.from, changed.to).map((each) => [each.name, each]));
    // Of what lies between two that changed, most did not.
    const kept = new Set(
      changed.entries.flatMap(({ name, kind, id }) => {
        const was = old.get(name);
        return was?.id === id && was.kind === kind ? [name] : [];
      }),
    );
    const fresh = await Promise.all(
      changed.entries.map(async (each) =>
        kept.has(each.name)
          ? (near.children.get(each.name) ?? null)
          : await this.fresh(each, near, depth + 1),
      ),
    );
    const nodes = fresh.filter((node) => node !== null);
    if (nodes.length < fresh.length) return null;
    const children = withChanges(near, list, changed, nodes);
    if (children === null) return null;
    const extent = this.extent(before.extent, near, {
      old: [...old.values()],
      kept,
      changed,
      nodes,
      children,
    });
    if (extent === null) return null;
    held.add(changed.entries.length * BYTES_OF_AN_ENTRY);
    held.addEntries(children.size);
    const folder: TreeFolder = { kind: 'folder', id: entry.id, children };
    const { from, to, entries } = changed;
    const { unread } = before;
    this.sound.set(folder, {
      // What was read may be a part of something larger.
      bytes: Buffer.from(object.bytes),
      list: [...list.slice(0, from), ...entries, ...list.slice(to)],
      extent,
      ...(unread !== undefined && { unread }),
    });
    return folder;
  }

  /** A child that may have changed; null where it is anything but a sound file or folder with something in it. */
  private async fresh(entry: TreeEntry, near: TreeFolder, depth: number): Promise<TreeNode | null> {
    if (!isSafeSegment(entry.name) || entry.name === 'README.md') return null;
    const old = near.children.get(entry.name);
    if (entry.kind === 'file') {
      if (old?.kind === 'file' && old.id === entry.id) return old;
      const { node, flaws } = await this.options.file(entry);
      return flaws.length === 0 ? node : null;
    }
    if (entry.kind !== 'folder' || depth > this.options.limits.depth) return null;
    const grown = await this.node(entry, old, depth);
    if (grown !== null) return grown;
    const loaded = await this.options.whole(entry, depth);
    if (loaded?.node.kind !== 'folder' || loaded.flaws.length > 0) return null;
    return loaded.node.children.size > 0 && this.sound.has(loaded.node) ? loaded.node : null;
  }

  private extent(
    before: Extent,
    near: TreeFolder,
    { old: gone, kept, changed, nodes, children }: Change,
  ): Extent | null {
    let { paths, bytes, longest } = before;
    let isLongestGone = false;
    for (const { name, kind } of gone) {
      if (kept.has(name)) continue;
      const old = near.children.get(name);
      const of = old?.kind === kind ? this.extentOf(old) : null;
      if (of === null) return null;
      paths -= of.paths;
      bytes -= of.bytes;
      isLongestGone ||= longest === name || longest.startsWith(`${name}/`);
    }
    for (const [index, node] of nodes.entries()) {
      if (kept.has(changed.entries[index]?.name ?? '')) continue;
      const of = this.extentOf(node);
      if (of === null) return null;
      paths += of.paths;
      bytes += of.bytes;
    }
    const named = isLongestGone
      ? [...children]
      : nodes.map((node, index) => [changed.entries[index]?.name ?? '', node] as const);
    longest = named.reduce(
      (most, [name, node]) => longer(most, this.longestOf(name, node)),
      isLongestGone ? '' : longest,
    );
    return { paths, bytes, longest };
  }

  /** With itself as one path. */
  private extentOf(node: TreeNode): Omit<Extent, 'longest'> | null {
    if (node.kind === 'file') return { paths: 1, bytes: node.size };
    const extent = this.sound.get(node)?.extent;
    return extent === undefined ? null : { paths: 1 + extent.paths, bytes: extent.bytes };
  }

  private longestOf(name: string, node: TreeNode): string {
    const longest = node.kind === 'folder' ? (this.sound.get(node)?.extent.longest ?? '') : '';
    return longest === '' ? name : `${name}/${longest}`;
  }
}

interface Change {
  /** What was in the place of the changed entries. */
  readonly old: readonly TreeEntry[];
  /** Names of those of them that are as they were. */
  readonly kept: ReadonlySet<string>;
  readonly changed: ChangedEntries;
  readonly nodes: readonly TreeNode[];
  readonly children: ReadonlyMap<string, TreeNode>;
}

/** In the order of the listing; null where the new names are twins of others. */
function withChanges(
  near: TreeFolder,
  list: readonly TreeEntry[],
  { from, to, entries }: ChangedEntries,
  nodes: readonly TreeNode[],
): ReadonlyMap<string, TreeNode> | null {
  const isRenamed =
    to - from !== entries.length || entries.some(({ name }, index) => list[from + index]?.name !== name);
  if (!isRenamed) {
    const children = new Map(near.children);
    entries.forEach(({ name }, index) => {
      const node = nodes[index];
      if (node !== undefined) children.set(name, node);
    });
    return children;
  }
  const fresh = new Map(entries.map(({ name }, index) => [name, nodes[index]] as const));
  const names = [...list.slice(0, from), ...entries, ...list.slice(to)].map(({ name }) => name);
  if (twins(names).length > 0) return null;
  const children = new Map<string, TreeNode>();
  for (const name of names) {
    const node = fresh.get(name) ?? near.children.get(name);
    if (node !== undefined) children.set(name, node);
  }
  return children;
}
