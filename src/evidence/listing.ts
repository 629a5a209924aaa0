import { reason, type Reason } from '../domain/reason.ts';
import { parseTree, type TreeEntry } from '../judge/tree-object.ts';
import type { CorruptObject, GitObject, LargeObject, ObjectReader } from '../ports/objects.ts';
import type { TreeLimits } from './limits.ts';

/** Something wrong at a path below the one where it is told. An object lies at many paths, and is read once. */
export interface Flaw {
  readonly at: string;
  readonly say: (path: string) => Reason;
}

/** What lies in a folder, or why that cannot be said. */
export type Listing =
  | {
      readonly kind: 'list';
      readonly list: readonly TreeEntry[];
      /** As it is written, with entries that are left out of the list. */
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'fault'; readonly flaw: Flaw };

/** The entries of folders. Those of governed ones are kept from when they are counted until they are built. */
export class Listings {
  private readonly objects: ObjectReader;
  private readonly idBytes: 20 | 32;
  private readonly limits: TreeLimits;
  private readonly known = new Map<string, Promise<Listing>>();

  constructor(objects: ObjectReader, idBytes: 20 | 32, limits: TreeLimits) {
    this.objects = objects;
    this.idBytes = idBytes;
    this.limits = limits;
  }

  of(treeId: string): Promise<Listing> {
    const known = this.known.get(treeId) ?? this.governed(treeId);
    this.known.set(treeId, known);
    return known;
  }

  /** Lets go of what was kept. Whatever is asked for again is read again. */
  clear(): void {
    this.known.clear();
  }

  /** Any tree's entries; nothing is kept. */
  async read(treeId: string): Promise<Listing> {
    const object = await this.objects.read(treeId, this.limits.listBytes);
    if (object.type !== 'tree') return { kind: 'fault', flaw: wrongObject(object) };
    const entries = parseTree(treeId, object.bytes, this.idBytes);
    if (entries.ok) return { kind: 'list', list: entries.value, bytes: object.bytes };
    const { message } = entries.problems[0];
    return {
      kind: 'fault',
      flaw: { at: '', say: (path) => reason('TREE_MALFORMED', { path, message }) },
    };
  }

  private async governed(treeId: string): Promise<Listing> {
    const listing = await this.read(treeId);
    if (listing.kind === 'fault') return listing;
    // README.md files are for people who browse; they are no part of what is governed and are not even read.
    return {
      ...listing,
      list: listing.list.filter((entry) => entry.name !== 'README.md' || entry.kind !== 'file'),
    };
  }
}

/** What it means that this object was found where a file or folder should be. */
export function wrongObject(object: GitObject | CorruptObject | LargeObject): Flaw {
  const say = (path: string): Reason => {
    switch (object.type) {
      case 'corrupt':
        return reason('OBJECT_CORRUPT', { object: object.id });
      case 'large':
        return reason('OBJECT_TOO_LARGE', { path, size: object.size, limit: object.limit });
      case 'commit':
      case 'tree':
      case 'blob':
      case 'tag':
        return reason('TREE_MALFORMED', {
          path,
          message: `names a ${object.type} where something else belongs`,
        });
    }
  };
  return { at: '', say };
}
