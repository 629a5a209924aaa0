import type { ObjectReader } from '../../ports/objects.ts';
import { CannotTell } from '../../base/errors.ts';
import type { FoundRepository } from './discover.ts';
import { zeroId } from './object-id.ts';
import { indexEntries, indexInfo, treeEntries, type IndexEntry, type PathEntry } from './trees.ts';
import { isSame, lookAt, putFile, removeFile } from './work-tree.ts';

/** Paths where the index or the work tree holds something that neither `commit` (null: nothing) nor nobody put there. */
export async function dirtyPaths(
  repository: FoundRepository,
  objects: ObjectReader,
  commit: string | null,
  paths: readonly string[],
): Promise<readonly string[]> {
  const { git, workTree, objectFormat } = repository;
  if (workTree === null) return [];
  const committed = await treeEntries(objects, objectFormat, commit, paths);
  const staged = await indexEntries(git, paths);
  const dirty: string[] = [];
  for (const path of paths) {
    const entry = committed.get(path);
    const disk = await lookAt(workTree, path, objectFormat);
    const makesRoom = disk.kind === 'other' && entry === undefined && isInTheWay(path, committed);
    if (!isEntry(staged.get(path), entry) || !(makesRoom || isSame(disk, entry))) dirty.push(path);
  }
  return dirty;
}

/** Whether a committed file lies where a folder is to come, or the other way round: it is looked at by itself. */
function isInTheWay(path: string, committed: ReadonlyMap<string, PathEntry>): boolean {
  return [...committed.keys()].some((other) => path.startsWith(`${other}/`) || other.startsWith(`${path}/`));
}

/**
 * Brings index and work tree along after the branch moved from `from` to `to`, at `paths` only. Where the index or a
 * file holds anything but what one of the two commits has there, it is the user's and stays.
 * The index goes first, in one step: stopped half-way, `git status` shows the rest and `git checkout -- <paths>`
 * completes it; running this again does too.
 * @returns the paths left as they are, because the user has changes of his own there.
 */
export async function bringAlong(
  repository: FoundRepository,
  objects: ObjectReader,
  from: string | null,
  to: string,
  paths: readonly string[],
): Promise<readonly string[]> {
  const { git, workTree, objectFormat } = repository;
  if (workTree === null) return [];
  const before = await treeEntries(objects, objectFormat, from, paths);
  const after = await treeEntries(objects, objectFormat, to, paths);
  const changed = paths.filter((path) => !isEntry(before.get(path), after.get(path)));
  const staged = await indexEntries(git, changed);

  const ours = changed.filter((path) => isEntry(staged.get(path), before.get(path)));
  const input = indexInfo(
    ours.map((path) => ({ path, entry: after.get(path) ?? null })),
    zeroId(objectFormat),
  );
  if (input !== '') await git.run(['update-index', '-z', '--index-info'], { input });

  const left: string[] = [];
  const removedFirst = [...changed].sort((a, b) => Number(after.has(a)) - Number(after.has(b)));
  for (const path of removedFirst) {
    const [old, next] = [before.get(path), after.get(path)];
    const stagedByUser = !isEntry(staged.get(path), old) && !isEntry(staged.get(path), next);
    const disk = await lookAt(workTree, path, objectFormat);
    if (!stagedByUser && isSame(disk, next)) continue;
    if (stagedByUser || !isSame(disk, old) || !isPlain(old) || !isPlain(next)) {
      left.push(path);
    } else if (next === undefined) {
      await removeFile(workTree, path);
    } else {
      await putFile(workTree, path, await blobOf(objects, next.id), next.mode === '100755');
    }
  }
  return left.sort();
}

function isEntry(a: IndexEntry | undefined, b: PathEntry | undefined): boolean {
  return a !== null && a?.id === b?.id && a?.mode === b?.mode;
}

/** Symlinks and submodules are never written; governed content has none. */
function isPlain(entry: PathEntry | undefined): boolean {
  return entry === undefined || entry.mode.startsWith('100');
}

async function blobOf(objects: ObjectReader, id: string): Promise<Uint8Array> {
  const object = await objects.read(id);
  if (object.type === 'blob') return object.bytes;
  throw new CannotTell('BAD_DATA', `the object ${id} is not the file it should be`, {
    remedy: 'look at `git fsck`',
  });
}
