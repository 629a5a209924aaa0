import { sha256 } from '../base/digest.ts';
import { isSafeSegment, MAX_PATH_LENGTH } from '../domain/names.ts';
import type { Sparing } from '../domain/partly-read.ts';
import { isGovernedName } from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { EMPTY_TREE, FileOfBytes, fileOf, type TreeFolder, type TreeNode } from '../domain/tree.ts';
import { takenFor } from '../judge/top-name.ts';
import type { TreeEntry } from '../judge/tree-object.ts';
import type { Counted } from '../ports/anchors.ts';
import type { ObjectReader } from '../ports/objects.ts';
import { Survey } from './extent.ts';
import { Shelf } from './shelf.ts';
import { Growth } from './growth.ts';
import { Held } from './held.ts';
import { BYTES_OF_AN_ENTRY, TREE_LIMITS, type TreeLimits } from './limits.ts';
import { Listings, wrongObject, type Flaw } from './listing.ts';
import { MAX_FLAWS, twins, type Loaded } from './loaded.ts';
import { Recent } from './recent.ts';
import { soundTree, soundTreeInMotion, type SoundTreeOptions } from './sound-tree.ts';

/** The governed part of a tree with everything that is wrong with the objects it is made of. */
export interface Snapshot {
  readonly tree: TreeFolder;
  readonly structure: readonly Reason[];
  /** False where not even the top could be read, so that nobody knows what is governed below it. */
  readonly readable: boolean;
}

/** How many of what was read lately are found again by their ids. What is older is shared through the newest tree. */
const MOST_RECENT = 128;
const MOST_TOPS = 16;

/**
 * Reads governed trees. Nodes are shared by object id, at whatever path they lie, so a commit costs what it changed and
 * an object that is named a thousand times is one. What a governed name comes to is counted before any of it is read.
 * Content comes from objects alone: what lies in a work tree is never looked at.
 */
export class SnapshotReader {
  private readonly objects: ObjectReader;
  private readonly idBytes: 20 | 32;
  private readonly limits: TreeLimits;
  private readonly held: Held;
  private readonly listings: Listings;
  private readonly survey: Survey;
  /** Of `promotions`, and of what lies deeper anywhere: there the whole is what counts. */
  private readonly wideSurvey: Survey;
  private readonly files = new Recent<Promise<Loaded>>(MOST_RECENT);
  /** Many iterations hold the same file; git hands it out once. */
  private readonly contents = new Recent<FileOfBytes>(MOST_RECENT);
  /** By depth and id: below the deepest level nothing is read. */
  private readonly folders = new Recent<Promise<Loaded>>(MOST_RECENT);
  private readonly tops = new Recent<Promise<Snapshot>>(MOST_TOPS);
  private readonly shelf: Shelf | null;
  private readonly growth: Growth;
  /** The one that was read last: most of what comes next is in it. */
  private newest: TreeFolder = EMPTY_TREE;

  constructor(objects: ObjectReader, idBytes: 20 | 32, limits: TreeLimits = TREE_LIMITS) {
    this.objects = objects;
    this.idBytes = idBytes;
    this.limits = limits;
    this.held = new Held(limits);
    this.listings = new Listings(objects, idBytes, limits);
    this.survey = new Survey(objects, this.listings, limits);
    this.wideSurvey = new Survey(objects, this.listings, { ...limits, ...limits.promotions });
    const shelve = objects.shelve?.bind(objects);
    this.shelf = shelve === undefined ? null : new Shelf(shelve);
    this.growth = new Growth({
      objects,
      idBytes,
      limits,
      held: this.held,
      file: (entry) => shared(this.files, entry.id, () => this.file(entry)),
      whole: async (entry, depth) => {
        const surveyed = await this.wideSurvey.of(entry.id, depth);
        const loaded = surveyed.kind === 'over' ? null : await this.child(entry, depth);
        this.listings.clear();
        return loaded;
      },
    });
  }

  /** What was held of all trees read so far. */
  get heldBytes(): number {
    return this.held.total;
  }

  /** What was read until here is not counted any more. */
  allowAnew(): void {
    this.held.begin();
  }

  /** @throws CannotTell OBJECT_MISSING, BAD_DATA where all trees read so far come to too much. */
  read(treeId: string): Promise<Snapshot> {
    return this.tops.get(treeId) ?? this.tops.set(treeId, this.readTop(treeId));
  }

  /**
   * One that had nothing wrong with it when everything was looked at. @param promotions what its `promotions` came to.
   * @param sparing what of retired iterations is read; null for all of it. @returns null where something is wrong with it now.
   */
  async readSound(
    treeId: string,
    promotions: Counted | null = null,
    sparing: Sparing | null = null,
  ): Promise<TreeFolder | null> {
    const options: SoundTreeOptions = {
      objects: this.objects,
      idBytes: this.idBytes,
      // Not shared with what has the same bytes elsewhere: accepted is what lies here.
      file: async (entry) => {
        const loaded = await this.file(entry);
        if (loaded.node instanceof FileOfBytes) loaded.node.isAccepted = true;
        return loaded;
      },
      remember: (folder, sound) => this.growth.remember(folder, sound),
    };
    const tree = await (promotions === null || sparing === null
      ? soundTree(treeId, options)
      : soundTreeInMotion(treeId, options, promotions, sparing));
    if (tree === null) return null;
    this.newest = tree;
    await this.tops.set(treeId, Promise.resolve({ tree, structure: [], readable: true }));
    return tree;
  }

  /** What the `promotions` of a tree that was read come to; null where that was not counted. */
  promotionsOf(tree: TreeFolder): Counted | null {
    const node = tree.children.get('promotions');
    return node === undefined ? { paths: 0, bytes: 0 } : this.growth.countedAt(node);
  }

  private async readTop(treeId: string): Promise<Snapshot> {
    this.held.addTree();
    const top = await this.listings.read(treeId);
    if (top.kind === 'fault') return { tree: EMPTY_TREE, structure: [top.flaw.say('/')], readable: false };
    const governed = top.list.filter((entry) => isGovernedName(entry.name));
    const shadows = top.list.flatMap(({ name }) => {
      const taken = takenFor(name);
      if (taken === null) return [];
      return [reason('PATH_NOT_PLAIN', { path: name, what: `is the same name as ${taken} on some systems` })];
    });
    const loaded: (readonly [string, Loaded])[] = [];
    const near = this.newest;
    for (const entry of governed) {
      const grown = await this.growth.governed(entry, near.children.get(entry.name));
      if (grown !== null) {
        loaded.push([entry.name, grown]);
        continue;
      }
      loaded.push([
        entry.name,
        await (entry.kind === 'folder' ? this.governedFolder(entry) : this.child(entry, 1)),
      ]);
      this.listings.clear();
    }
    const { node, flaws } = folderOf(`governed:${treeId}`, loaded);
    this.newest = node;
    const structure = flaws.map(({ at, say }) => say(at));
    return { tree: node, structure: [...shadows, ...structure].slice(0, MAX_FLAWS), readable: true };
  }

  /** Whatever is wrong with one of them, the others are read: what restricts must not go unseen because of it. */
  private async governedFolder(entry: TreeEntry): Promise<Loaded> {
    const survey = entry.name === 'promotions' ? this.wideSurvey : this.survey;
    const surveyed = await survey.of(entry.id);
    if (surveyed.kind === 'over') return broken(entry, surveyed.flaw);
    const loaded = await this.child(entry, 1);
    const { longest } = surveyed.extent;
    if (entry.name.length + 1 + longest.length <= MAX_PATH_LENGTH) return loaded;
    const what = `is longer than ${MAX_PATH_LENGTH} characters`;
    return {
      ...loaded,
      flaws: [{ at: longest, say: (path) => reason('PATH_NOT_PLAIN', { path, what }) }, ...loaded.flaws],
    };
  }

  private child(entry: TreeEntry, depth: number): Promise<Loaded> {
    const plain = (what: string): Promise<Loaded> =>
      Promise.resolve(broken(entry, { at: '', say: (path) => reason('PATH_NOT_PLAIN', { path, what }) }));
    if (!isSafeSegment(entry.name)) return plain('has characters that a governed path may not have');
    switch (entry.kind) {
      case 'file':
        return shared(this.files, entry.id, () => this.file(entry));
      case 'folder':
        return shared(this.folders, `${depth} ${entry.id}`, () => this.folder(entry, depth));
      case 'executable':
      case 'link':
      case 'submodule':
        return plain(`is ${WHAT[entry.kind]}, not a plain file or folder`);
    }
  }

  private async folder(entry: TreeEntry, depth: number): Promise<Loaded> {
    const limit = this.limits.depth;
    if (depth > limit)
      return broken(entry, {
        at: '',
        say: (path) => reason('TREE_TOO_LARGE', { path, what: 'depth', limit }),
      });
    const listing = await this.listings.of(entry.id);
    if (listing.kind === 'fault') return broken(entry, listing.flaw);
    this.held.add(listing.list.length * BYTES_OF_AN_ENTRY);
    this.held.addEntries(listing.list.length);
    const loaded = listing.list.map(
      async (below) => [below.name, await this.child(below, depth + 1)] as const,
    );
    const folder = folderOf(entry.id, await Promise.all(loaded));
    const extent = this.survey.extentOf(entry.id, depth) ?? this.wideSurvey.extentOf(entry.id, depth);
    if (folder.flaws.length === 0 && extent !== null)
      this.growth.remember(folder.node, { bytes: Buffer.from(listing.bytes), list: listing.list, extent });
    return folder;
  }

  private async file(entry: TreeEntry): Promise<Loaded> {
    const same = this.contents.get(entry.id);
    const object =
      same === undefined
        ? await this.objects.read(entry.id, this.limits.fileBytes)
        : ({ type: 'blob', bytes: same.bytes } as const);
    if (object.type !== 'blob') return broken(entry, wrongObject(object));
    const { bytes } = object;
    this.held.add(bytes.length);
    const node = fileOf(bytes, entry.id);
    this.contents.set(entry.id, node);
    this.shelf?.add(node);
    return { node, flaws: [] };
  }
}

const WHAT = { executable: 'an executable file', link: 'a symbolic link', submodule: 'a submodule' } as const;

function folderOf(
  id: string,
  loaded: readonly (readonly [string, Loaded])[],
): { readonly node: TreeFolder; readonly flaws: readonly Flaw[] } {
  const flaws = twins(loaded.map(([name]) => name));
  const children = new Map<string, TreeNode>();
  for (const [name, child] of loaded) {
    for (const { at, say } of child.flaws) {
      if (flaws.length >= MAX_FLAWS) break;
      flaws.push({ at: at === '' ? name : `${name}/${at}`, say });
    }
    // A folder that holds nothing governed is nothing: it must not take the name of what may come.
    if (child.node.kind === 'file' || child.node.children.size > 0) children.set(name, child.node);
  }
  return { node: { kind: 'folder', id, children }, flaws };
}

function shared(known: Recent<Promise<Loaded>>, key: string, load: () => Promise<Loaded>): Promise<Loaded> {
  return known.get(key) ?? known.set(key, load());
}

/** Stands for what cannot be read: empty, and different from everything sound. */
function broken(entry: TreeEntry, flaw: Flaw): Loaded {
  const bytes = new Uint8Array();
  return {
    node: {
      kind: 'file',
      id: `broken:${entry.kind}:${entry.id}`,
      size: 0,
      sha256: sha256(`broken ${entry.kind} ${entry.id}`),
      bytes,
    },
    flaws: [flaw],
  };
}
