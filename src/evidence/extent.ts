import { isSafeSegment } from '../domain/names.ts';
import { reason } from '../domain/reason.ts';
import type { TreeEntry } from '../judge/tree-object.ts';
import type { ObjectReader } from '../ports/objects.ts';
import type { TreeLimits } from './limits.ts';
import type { Flaw, Listings } from './listing.ts';
import { Recent } from './recent.ts';

/** What a folder comes to once every path in it is written out, however many of them share one object. */
export interface Extent {
  /** Files and folders below it. */
  readonly paths: number;
  /** Bytes of those files. */
  readonly bytes: number;
  /** The longest path below it. */
  readonly longest: string;
}

export type Surveyed =
  { readonly kind: 'within'; readonly extent: Extent } | { readonly kind: 'over'; readonly flaw: Flaw };

const MOST_KNOWN = 20_000;

const NOTHING: Extent = { paths: 0, bytes: 0, longest: '' };

/**
 * Counts before anything is expanded. Each object is looked at once and counted at every path it lies at, and counting
 * stops at the limit: the work is bounded by the limit and not by what a tree claims to hold.
 */
export class Survey {
  private readonly objects: ObjectReader;
  private readonly listings: Listings;
  private readonly limits: TreeLimits;
  /** By depth and id: how deep a folder lies decides what of it is read. */
  private readonly known = new Recent<Surveyed>(MOST_KNOWN);

  constructor(objects: ObjectReader, listings: Listings, limits: TreeLimits) {
    this.objects = objects;
    this.listings = listings;
    this.limits = limits;
  }

  /** A folder at the top, or at a depth. */
  of(treeId: string, depth = 1): Promise<Surveyed> {
    return this.folder(treeId, depth, NOTHING);
  }

  /** Of a folder that was found to be within the limits lately. */
  extentOf(treeId: string, depth: number): Extent | null {
    const known = this.known.get(`${depth} ${treeId}`);
    return known?.kind === 'within' ? known.extent : null;
  }

  /** @param before what was counted under the same governed name until here. */
  private async folder(id: string, depth: number, before: Extent): Promise<Surveyed> {
    const key = `${depth} ${id}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const surveyed = await this.count(id, depth, before);
    // Being over the limit says something of this folder alone only where nothing was counted before it.
    if (surveyed.kind === 'within' || depth === 1) this.known.set(key, surveyed);
    return surveyed;
  }

  private async count(id: string, depth: number, before: Extent): Promise<Surveyed> {
    const listing = await this.listings.of(id);
    if (listing.kind === 'fault') return within(NOTHING);
    // What is not read below is not counted either: it stands as one broken file.
    const entries = listing.list.filter(({ name }) => isSafeSegment(name));
    let extent: Extent = {
      paths: listing.list.length,
      bytes: 0,
      longest: entries.reduce((longest, { name }) => longer(longest, name), ''),
    };
    const excess = this.excess(before, extent);
    if (excess !== null) return excess;
    extent = { ...extent, bytes: await this.bytesOf(entries.filter(isFile)) };
    for (const { id: folder, name } of depth < this.limits.depth ? entries.filter(isFolder) : []) {
      const over = this.excess(before, extent);
      if (over !== null) return over;
      const below = await this.folder(folder, depth + 1, plus(before, extent));
      if (below.kind === 'over') return below;
      const { longest } = below.extent;
      extent = {
        ...plus(extent, below.extent),
        longest: longest === '' ? extent.longest : longer(extent.longest, `${name}/${longest}`),
      };
    }
    return this.excess(before, extent) ?? within(extent);
  }

  /** One file may lie there under many names. */
  private async bytesOf(files: readonly TreeEntry[]): Promise<number> {
    const counts = new Map<string, number>();
    for (const { id } of files) counts.set(id, (counts.get(id) ?? 0) + 1);
    const sizes = await Promise.all([...counts].map(async ([id, count]) => count * (await this.size(id))));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** A file that is too large is broken by itself; its bytes are never read. */
  private async size(id: string): Promise<number> {
    const { size } = await this.objects.measure(id);
    return size > this.limits.fileBytes ? 0 : size;
  }

  private excess(before: Extent, extent: Extent): Surveyed | null {
    const { paths, bytes } = plus(before, extent);
    if (paths > this.limits.paths) return over('paths', this.limits.paths);
    return bytes > this.limits.bytes ? over('bytes', this.limits.bytes) : null;
  }
}

function within(extent: Extent): Surveyed {
  return { kind: 'within', extent };
}

function over(what: 'paths' | 'bytes', limit: number): Surveyed {
  return { kind: 'over', flaw: { at: '', say: (path) => reason('TREE_TOO_LARGE', { path, what, limit }) } };
}

function plus(a: Extent, b: Extent): Extent {
  return { paths: a.paths + b.paths, bytes: a.bytes + b.bytes, longest: a.longest };
}

export function longer(a: string, b: string): string {
  return b.length > a.length ? b : a;
}

function isFile({ kind }: TreeEntry): boolean {
  return kind === 'file';
}

function isFolder({ kind }: TreeEntry): boolean {
  return kind === 'folder';
}
