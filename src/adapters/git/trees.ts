import { CannotTell } from '../../base/errors.ts';
import type { ObjectReader } from '../../ports/objects.ts';
import type { ObjectFormat } from './object-id.ts';
import type { Git } from './process.ts';
import { FOLDER, readTree, type RawEntry } from './tree-bytes.ts';

/** What a tree or the index holds at a path. */
export interface PathEntry {
  /** Git's file mode in octal digits, such as `100644`. */
  readonly mode: string;
  readonly id: string;
}

/** Null stands for a path with unmerged entries: nobody's to touch. */
export type IndexEntry = PathEntry | null;

/** The entries of a commit's tree at exactly these paths; paths it does not hold are absent, and so are folders. */
export async function treeEntries(
  objects: ObjectReader,
  format: ObjectFormat,
  commit: string | null,
  paths: readonly string[],
): Promise<ReadonlyMap<string, PathEntry>> {
  const found = new Map<string, PathEntry>();
  if (commit === null) return found;
  const known = new Map<string, Promise<ReadonlyMap<string, RawEntry>>>();
  const entriesOf = (tree: string): Promise<ReadonlyMap<string, RawEntry>> => {
    const entries = known.get(tree) ?? folderEntries(objects, format, tree);
    known.set(tree, entries);
    return entries;
  };
  const top = await treeOf(objects, commit);
  for (const path of paths) {
    const names = Buffer.from(path, 'utf8').toString('latin1').split('/');
    let entry: RawEntry | undefined = { mode: FOLDER, name: '', id: top };
    for (const name of names)
      entry = entry?.mode === FOLDER ? (await entriesOf(entry.id)).get(name) : undefined;
    if (entry !== undefined && entry.mode !== FOLDER) found.set(path, { mode: entry.mode, id: entry.id });
  }
  return found;
}

/** The id of the tree of a commit, or of the tree itself. */
export async function treeOf(objects: ObjectReader, commit: string): Promise<string> {
  const object = await objects.read(commit);
  if (object.type === 'tree') return commit;
  const [, tree] = object.type === 'commit' ? (/^tree ([0-9a-f]+)\n/.exec(textOf(object.bytes)) ?? []) : [];
  if (tree === undefined) throw isNot(commit, 'commit');
  return tree;
}

async function folderEntries(
  objects: ObjectReader,
  format: ObjectFormat,
  id: string,
): Promise<ReadonlyMap<string, RawEntry>> {
  const object = await objects.read(id);
  if (object.type !== 'tree') throw isNot(id, 'folder');
  return new Map(readTree(object.bytes, format).map((entry) => [entry.name, entry]));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 128)).toString('latin1');
}

function isNot(id: string, kind: 'commit' | 'folder'): CannotTell {
  return new CannotTell('BAD_DATA', `the object ${id} is not the ${kind} it should be`, {
    remedy: 'look at `git fsck`',
  });
}

/** The entries of the index at exactly these paths. */
export async function indexEntries(
  git: Git,
  paths: readonly string[],
): Promise<ReadonlyMap<string, IndexEntry>> {
  const found = new Map<string, IndexEntry>();
  const wanted = new Set(paths);
  for (const some of inPortions(paths)) {
    const { stdout } = await git.run(['ls-files', '--stage', '-z', '--full-name', '--', ...some]);
    for (const line of lines(stdout)) {
      const [, mode = '', id = '', stage = '', path = ''] =
        /^(\d+) ([0-9a-f]+) (\d)\t([^]*)$/.exec(line) ?? [];
      if (wanted.has(path)) found.set(path, stage === '0' ? { mode, id } : null);
    }
  }
  return found;
}

export interface IndexChange {
  readonly path: string;
  /** Null removes the path. */
  readonly entry: PathEntry | null;
}

/** The input of `git update-index -z --index-info`; removals come first, so that a file may become a folder. */
export function indexInfo(changes: readonly IndexChange[], zero: string): string {
  const removed = changes.filter((change) => change.entry === null);
  const put = changes.filter((change) => change.entry !== null);
  return [...removed, ...put]
    .map(({ path, entry }) => `${entry === null ? `0 ${zero}` : `${entry.mode} ${entry.id}`}\t${path}\0`)
    .join('');
}

function lines(stdout: Buffer): readonly string[] {
  return stdout
    .toString('utf8')
    .split('\0')
    .filter((line) => line !== '');
}

/** Command lines are bounded; 50 000 bytes of paths fit everywhere. */
function* inPortions(paths: readonly string[]): Generator<readonly string[]> {
  let portion: string[] = [];
  let bytes = 0;
  for (const path of paths) {
    if (bytes > 50_000) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(path);
    bytes += Buffer.byteLength(path) + 1;
  }
  if (portion.length > 0) yield portion;
}
