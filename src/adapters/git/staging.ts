import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import type { ObjectReader } from '../../ports/objects.ts';
import type { NewBlob, StoredObject } from '../../ports/repository.ts';
import { editedTree, type PathEdit } from './edited-tree.ts';
import { idOf } from './object-id.ts';
import { differingPaths } from './tree-difference.ts';
import { treeOf } from './trees.ts';
import type { FoundRepository } from './discover.ts';

/** Writing objects beside every ref: nothing here can be seen until a branch is moved. */

/** Writes blobs or trees exactly as given (no filter, no line ending change) in one process. @returns their ids in order. */
async function writeObjects(
  { git, objectFormat }: FoundRepository,
  type: 'blob' | 'tree',
  objects: readonly Uint8Array[],
): Promise<readonly string[]> {
  if (objects.length === 0) return [];
  return await inTemporaryFolder(async (folder) => {
    for (const [index, bytes] of objects.entries()) await writeFile(join(folder, String(index)), bytes);
    const { stdout } = await git.run(['hash-object', '-t', type, '-w', '--no-filters', '--stdin-paths'], {
      input: objects.map((_, index) => `${index}\n`).join(''),
      directory: folder,
    });
    const ids = stdout.toString('latin1').split('\n').slice(0, -1);
    objects.forEach((bytes, index) => assertId(ids[index], idOf(type, bytes, objectFormat)));
    return ids;
  });
}

/**
 * The tree of `parent` (null: the empty tree) with `put` over it and `remove` gone, with everything below.
 * @returns the tree's id.
 */
export async function stageTree(
  repository: FoundRepository,
  objects: ObjectReader,
  parent: string | null,
  put: readonly (NewBlob | StoredObject)[],
  remove: readonly string[],
): Promise<string> {
  const blobs = put.filter((each) => 'bytes' in each);
  const ids = await writeObjects(
    repository,
    'blob',
    blobs.map((blob) => blob.bytes),
  );
  const edits: readonly PathEdit[] = [
    ...remove.map((path) => ({ path, entry: null })),
    ...blobs.map(({ path }, index) => ({ path, entry: { mode: '100644', id: ids[index] ?? '' } })),
    ...put.flatMap((each) =>
      'bytes' in each ? [] : [{ path: each.path, entry: { mode: MODES[each.kind], id: each.id } }],
    ),
  ];
  const base = parent === null ? null : await treeOf(objects, parent);
  const { id, made } = await editedTree(base, edits, repository.objectFormat, treeReader(objects));
  await writeObjects(repository, 'tree', made);
  return id;
}

const MODES = {
  file: '100644',
  executable: '100755',
  folder: '40000',
  link: '120000',
  submodule: '160000',
} as const;

function treeReader(objects: ObjectReader): (id: string) => Promise<Uint8Array | null> {
  return async (id) => {
    const object = await objects.read(id);
    return object.type === 'tree' ? object.bytes : null;
  };
}

/** Paths at which two commits or trees differ. @throws CannotTell BAD_DATA where there are too many. */
export async function changedPaths(
  repository: FoundRepository,
  objects: ObjectReader,
  from: string,
  to: string,
): Promise<readonly string[]> {
  const trees = [await treeOf(objects, from), await treeOf(objects, to)] as const;
  return await differingPaths(trees, repository.objectFormat, treeReader(objects));
}

/** Writes a raw commit object, strictly checked by git. @returns its id. */
export async function writeCommit(repository: FoundRepository, bytes: Uint8Array): Promise<string> {
  const { stdout } = await repository.git.run(
    ['hash-object', '-t', 'commit', '-w', '--no-filters', '--stdin'],
    {
      input: bytes,
    },
  );
  const id = stdout.toString('latin1').trim();
  assertId(id, idOf('commit', bytes, repository.objectFormat));
  return id;
}

function assertId(written: string | undefined, expected: string): void {
  if (written === expected) return;
  throw new CannotTell('IO_FAILED', 'git wrote other bytes than it was given', {
    facts: [`expected ${expected}`, `got ${written ?? 'nothing'}`],
  });
}

async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'modelsmith-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
