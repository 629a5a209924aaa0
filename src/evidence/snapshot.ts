import { sha256 } from '../base/digest.ts';
import { CannotTell } from '../base/errors.ts';
import { isSafePath } from '../domain/names.ts';
import { isGovernedName } from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { EMPTY_TREE, type TreeFolder, type TreeNode } from '../domain/tree.ts';
import { foldedName, parseTree, type TreeEntry } from '../judge/tree-object.ts';
import type { ObjectReader } from '../ports/objects.ts';

/** The governed part of a tree with everything that is wrong with the objects it is made of. */
export interface Snapshot {
  readonly tree: TreeFolder;
  readonly structure: readonly Reason[];
}

/** What is wrong with a tree is told up to this many times. */
const MAX_REASONS = 200;

/** More files in one governed folder than this are refused before they are read. */
const MAX_ENTRIES = 200_000;

type Entries =
  | { readonly kind: 'list'; readonly list: readonly TreeEntry[] }
  | { readonly kind: 'fault'; readonly reason: Reason };

interface Loaded {
  readonly node: TreeNode;
  readonly structure: readonly Reason[];
}

/**
 * Reads governed trees. Nodes are shared by object id, so a commit costs what it changed.
 * Content comes from objects alone: what lies in a work tree is never looked at.
 */
export class SnapshotReader {
  private readonly objects: ObjectReader;
  private readonly idBytes: 20 | 32;
  private readonly known = new Map<string, Promise<Loaded>>();
  private readonly tops = new Map<string, Promise<Snapshot>>();

  constructor(objects: ObjectReader, idBytes: 20 | 32) {
    this.objects = objects;
    this.idBytes = idBytes;
  }

  read(treeId: string): Promise<Snapshot> {
    const known = this.tops.get(treeId) ?? this.readTop(treeId);
    this.tops.set(treeId, known);
    return known;
  }

  private async readTop(treeId: string): Promise<Snapshot> {
    const entries = await this.entries(treeId, '');
    if (entries.kind === 'fault') return { tree: EMPTY_TREE, structure: [entries.reason] };
    const governed = entries.list.filter((entry) => isGovernedName(entry.name));
    const shadows = entries.list
      .filter((entry) => !isGovernedName(entry.name) && isGovernedName(foldedName(entry.name)))
      .map((entry) =>
        reason('PATH_NOT_PLAIN', { path: entry.name, what: 'is a governed name in another spelling' }),
      );
    const { node, structure } = await this.folder(`governed:${treeId}`, governed, '');
    return { tree: node, structure: [...shadows, ...structure] };
  }

  private async folder(
    id: string,
    all: readonly TreeEntry[],
    path: string,
  ): Promise<{ node: TreeFolder; structure: readonly Reason[] }> {
    // README.md files are for people who browse; they are no part of what is governed and are not even read.
    const entries = all.filter((entry) => entry.name !== 'README.md' || entry.kind !== 'file');
    const loaded = await Promise.all(
      entries.map(async (entry) => [entry.name, await this.child(entry, join(path, entry.name))] as const),
    );
    const folded = new Map<string, string>();
    const structure: Reason[] = [];
    for (const { name } of entries) {
      const twin = folded.get(foldedName(name));
      if (twin !== undefined)
        structure.push(
          reason('PATH_NOT_PLAIN', {
            path: join(path, name),
            what: `is the same name as ${twin} on some systems`,
          }),
        );
      folded.set(foldedName(name), name);
    }
    const children = new Map<string, TreeNode>();
    for (const [name, child] of loaded) {
      for (const found of child.structure) if (structure.length < MAX_REASONS) structure.push(found);
      // A folder that holds nothing governed is nothing: it must not take the name of what may come.
      if (child.node.kind === 'file' || child.node.children.size > 0) children.set(name, child.node);
    }
    return { node: { kind: 'folder', id, children }, structure };
  }

  private child(entry: TreeEntry, path: string): Promise<Loaded> {
    if (!isSafePath(path))
      return Promise.resolve(
        broken(
          entry,
          reason('PATH_NOT_PLAIN', { path, what: 'has characters that a governed path may not have' }),
        ),
      );
    switch (entry.kind) {
      case 'file':
        return this.shared(`${entry.id} ${path}`, () => this.file(entry, path));
      case 'folder':
        return this.shared(`${entry.id} ${path}`, async () => {
          const entries = await this.entries(entry.id, path);
          return entries.kind === 'list'
            ? this.folder(entry.id, entries.list, path)
            : broken(entry, entries.reason);
        });
      case 'executable':
      case 'link':
      case 'submodule':
        return Promise.resolve(
          broken(
            entry,
            reason('PATH_NOT_PLAIN', { path, what: `is ${WHAT[entry.kind]}, not a plain file or folder` }),
          ),
        );
    }
  }

  private shared(key: string, load: () => Promise<Loaded>): Promise<Loaded> {
    const known = this.known.get(key) ?? load();
    this.known.set(key, known);
    return known;
  }

  private async file(entry: TreeEntry, path: string): Promise<Loaded> {
    const object = await this.objects.read(entry.id);
    if (object.type !== 'blob') return broken(entry, wrongObject(object.type, entry.id, path));
    const { bytes } = object;
    return {
      node: { kind: 'file', id: entry.id, size: bytes.length, sha256: sha256(bytes), bytes },
      structure: [],
    };
  }

  private async entries(treeId: string, path: string): Promise<Entries> {
    const object = await this.objects.read(treeId);
    if (object.type !== 'tree') return { kind: 'fault', reason: wrongObject(object.type, treeId, path) };
    const entries = parseTree(treeId, object.bytes, this.idBytes);
    if (!entries.ok) {
      const { message } = entries.problems[0];
      return { kind: 'fault', reason: reason('TREE_MALFORMED', { path: path === '' ? '/' : path, message }) };
    }
    if (entries.value.length > MAX_ENTRIES)
      throw new CannotTell('BAD_DATA', `the folder ${path} has more than ${MAX_ENTRIES} entries`);
    return { kind: 'list', list: entries.value };
  }
}

const WHAT = { executable: 'an executable file', link: 'a symbolic link', submodule: 'a submodule' } as const;

function wrongObject(type: string, id: string, path: string): Reason {
  if (type === 'corrupt') return reason('OBJECT_CORRUPT', { object: id });
  return reason('TREE_MALFORMED', {
    path: path === '' ? '/' : path,
    message: `names a ${type} where something else belongs`,
  });
}

/** Stands for what cannot be read: empty, and different from everything sound. */
function broken(entry: TreeEntry, why: Reason): Loaded {
  const bytes = new Uint8Array();
  return {
    node: {
      kind: 'file',
      id: `broken:${entry.kind}:${entry.id}`,
      size: 0,
      sha256: sha256(`broken ${entry.kind} ${entry.id}`),
      bytes,
    },
    structure: [why],
  };
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}
