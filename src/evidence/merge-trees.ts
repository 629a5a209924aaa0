import { isGovernedName } from '../domain/paths.ts';
import type { TreeEntry } from '../judge/tree-object.ts';
import type { ObjectReader } from '../ports/objects.ts';
import type { StoredObject } from '../ports/repository.ts';
import { TREE_LIMITS } from './limits.ts';
import { Listings } from './listing.ts';

/** What to put over the first side's tree, and what to take away, so that it is both. */
export interface TreeMerge {
  readonly puts: readonly StoredObject[];
  readonly removes: readonly string[];
  /** Paths that both sides changed, each in its own way. */
  readonly conflicts: readonly string[];
}

/** Ids of trees. */
export interface TreeSides {
  readonly first: string;
  readonly second: string;
  readonly bases: readonly string[];
}

/** More folders than this that differ are not looked at. */
const MAX_FOLDERS = 50_000;

/**
 * What is not governed, put together by name: a path is taken from the side that changed it. Nothing is ever mixed within a
 * file, so no program is needed for it and none is started.
 */
export async function mergeUngoverned(
  objects: ObjectReader,
  idBytes: 20 | 32,
  sides: TreeSides,
): Promise<TreeMerge> {
  const listings = new Listings(objects, idBytes, TREE_LIMITS);
  const puts: StoredObject[] = [];
  const removes: string[] = [];
  const conflicts: string[] = [];
  let folders = 0;
  const entriesOf = async (id: string | null): Promise<ReadonlyMap<string, TreeEntry> | null> => {
    if (id === null) return new Map();
    const listing = await listings.read(id);
    return listing.kind === 'fault' ? null : new Map(listing.list.map((entry) => [entry.name, entry]));
  };
  const walk = async (at: string, ids: FolderSides, governed: boolean): Promise<void> => {
    folders += 1;
    const [first, second, ...bases] = await Promise.all([ids.first, ids.second, ...ids.bases].map(entriesOf));
    if (first == null || second == null || bases.includes(null) || folders > MAX_FOLDERS) {
      conflicts.push(at === '' ? '.' : at);
      return;
    }
    for (const name of new Set([...first.keys(), ...second.keys()])) {
      const [one, two] = [first.get(name), second.get(name)];
      if (isSame(one, two)) continue;
      const path = at === '' ? name : `${at}/${name}`;
      const old = bases.length === 0 ? [undefined] : bases.map((base) => base?.get(name));
      const below = { first: folder(one), second: folder(two), bases: old.map(folder) };
      const holdsFolder = below.first !== null || below.second !== null;
      if (governed || (at === '' && isGovernedName(name))) {
        // What is governed is put together by the law; of what lies within, README.md alone is not.
        if (holdsFolder) await walk(path, below, true);
        if (name !== 'README.md' || one?.kind === 'folder' || two?.kind === 'folder') continue;
      }
      const [moved, other] = [one, two].map((side) => old.every((base) => !isSame(base, side)));
      if (moved === true && other === false) continue;
      // A name that is not UTF-8 cannot be spelled here.
      if (moved === false && other === true && !name.includes('\\x')) {
        if (one !== undefined) removes.push(path);
        if (two !== undefined) puts.push({ path, kind: two.kind, id: two.id });
      } else if (one?.kind === 'folder' && two?.kind === 'folder') await walk(path, below, false);
      else conflicts.push(path);
    }
  };
  await walk('', sides, false);
  return { puts, removes, conflicts: conflicts.sort() };
}

interface FolderSides {
  readonly first: string | null;
  readonly second: string | null;
  readonly bases: readonly (string | null)[];
}

function folder(entry: TreeEntry | undefined): string | null {
  return entry?.kind === 'folder' ? entry.id : null;
}

function isSame(one: TreeEntry | undefined, two: TreeEntry | undefined): boolean {
  return one?.id === two?.id && one?.kind === two?.kind;
}
