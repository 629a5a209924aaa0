import { reason, type Reason } from '../domain/reason.ts';
import { guardedValue, type GuardedEntry } from '../judge/guarded-value.ts';
import { isTakenFor } from '../judge/top-name.ts';
import { foldedName, type TreeEntry } from '../judge/tree-object.ts';
import type { ObjectReader } from '../ports/objects.ts';
import { TREE_LIMITS } from './limits.ts';
import { Listings, wrongObject, type Flaw } from './listing.ts';

/** More entries than this under one guarded path are not followed. */
const MAX_ENTRIES = 10_000;

interface Known {
  readonly values: Map<string, string>;
  /** By the path they were found at or below. */
  readonly faults: Map<string, readonly Reason[]>;
}

/**
 * What lies at guarded paths: kind and object id, which is all that is compared. Every object below is hashed again, once.
 * A path may become guarded later, so what is known of earlier commits grows with the list.
 */
export class GuardedReader {
  private readonly objects: ObjectReader;
  private readonly listings: Listings;
  private readonly paths = new Set<string>();
  private readonly trees = new Map<string, Known>();
  private readonly flaws = new Map<string, Promise<Flaw | null>>();

  constructor(objects: ObjectReader, idBytes: 20 | 32) {
    this.objects = objects;
    this.listings = new Listings(objects, idBytes, TREE_LIMITS);
  }

  /** By path, of one tree; the maps gain what is guarded later, and keep what is guarded no more. */
  async of(treeId: string): Promise<{
    readonly values: ReadonlyMap<string, string>;
    readonly faults: ReadonlyMap<string, readonly Reason[]>;
  }> {
    const known = this.trees.get(treeId);
    if (known !== undefined) return known;
    const fresh: Known = { values: new Map(), faults: new Map() };
    this.trees.set(treeId, fresh);
    for (const path of this.paths) await this.add(treeId, fresh, path);
    return fresh;
  }

  /** Reads these paths of every tree from now on, and of those that were read before. */
  async watch(paths: readonly string[]): Promise<void> {
    for (const path of paths.filter((each) => !this.paths.has(each))) {
      this.paths.add(path);
      for (const [treeId, known] of this.trees) await this.add(treeId, known, path);
    }
  }

  private async add(treeId: string, { values, faults }: Known, path: string): Promise<void> {
    const found = await this.find(treeId, '', path.split('/'));
    const value = guardedValue(path, found);
    if (value !== undefined) values.set(path, value);
    const broken: Reason[] = [];
    for (const entry of found) {
      const flaw = await this.flawOf(entry);
      if (flaw !== null) broken.push(flaw.say(entry.path));
    }
    if (broken.length > 0) faults.set(path, broken);
  }

  /**
   * What lies there, under that name or one that some file system takes for it. Where the way is barred – by a folder that
   * git reads and this does not, by a link or a submodule – the bar: what is behind it may be anything, so another bar is
   * another value, and nothing is never taken for it.
   */
  private async find(
    treeId: string,
    at: string,
    [name = '', ...rest]: readonly string[],
  ): Promise<readonly GuardedEntry[]> {
    const listing = await this.listings.read(treeId);
    if (listing.kind === 'fault') return [{ path: at, kind: 'folder', id: treeId }];
    const meant = foldedName(name);
    const found: GuardedEntry[] = [];
    for (const entry of listing.list.filter((each) => each.name === name || isTakenFor(each.name, meant))) {
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      const isFileOnTheWay = rest.length > 0 && (entry.kind === 'file' || entry.kind === 'executable');
      // A plain file of that very name has nothing below it, on any file system.
      if (isFileOnTheWay && entry.name === name) continue;
      if (rest.length > 0 && entry.kind === 'folder') found.push(...(await this.find(entry.id, path, rest)));
      else found.push({ path, kind: entry.kind, id: entry.id });
    }
    return found;
  }

  private flawOf(entry: Pick<TreeEntry, 'kind' | 'id'>): Promise<Flaw | null> {
    if (entry.kind === 'submodule') return Promise.resolve(null);
    const known = this.flaws.get(entry.id) ?? this.firstFlaw(entry, { left: MAX_ENTRIES });
    this.flaws.set(entry.id, known);
    return known;
  }

  private async firstFlaw(
    { kind, id }: Pick<TreeEntry, 'kind' | 'id'>,
    budget: { left: number },
  ): Promise<Flaw | null> {
    budget.left -= 1;
    if (budget.left < 0) return TOO_MANY;
    if (kind === 'submodule') return null;
    if (kind !== 'folder') {
      const object = await this.objects.read(id, TREE_LIMITS.fileBytes);
      return object.type === 'blob' ? null : wrongObject(object);
    }
    const listing = await this.listings.read(id);
    if (listing.kind === 'fault') return listing.flaw;
    for (const child of listing.list) {
      const flaw = await this.firstFlaw(child, budget);
      if (flaw !== null) return flaw;
    }
    return null;
  }
}

const TOO_MANY: Flaw = {
  at: '',
  say: (path) => reason('TREE_TOO_LARGE', { path, what: 'paths', limit: MAX_ENTRIES }),
};
