import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import type { NewBlob, StoredObject } from '../../ports/repository.ts';
import { idOf, zeroId } from './object-id.ts';
import type { FoundRepository } from './discover.ts';
import type { Git } from './process.ts';
import { indexInfo, indexPathsBelow, treeEntriesBelow, type IndexChange } from './trees.ts';

/** Writing objects beside every ref: nothing here can be seen until a branch is moved. */

/** Writes blobs exactly as given (no filter, no line ending change) in one process. @returns their ids in order. */
export async function writeBlobs(
  repository: FoundRepository,
  blobs: readonly Uint8Array[],
): Promise<readonly string[]> {
  if (blobs.length === 0) return [];
  return await inTemporaryFolder(async (folder) => {
    for (const [index, bytes] of blobs.entries()) await writeFile(join(folder, String(index)), bytes);
    const { stdout } = await repository.git.run(['hash-object', '-w', '--no-filters', '--stdin-paths'], {
      input: blobs.map((_, index) => `${index}\n`).join(''),
      directory: folder,
    });
    const ids = stdout.toString('latin1').split('\n').slice(0, -1);
    blobs.forEach((bytes, index) => assertId(ids[index], idOf('blob', bytes, repository.objectFormat)));
    return ids;
  });
}

/**
 * The tree of `parent` (null: the empty tree) with `put` over it and `remove` gone, with everything below.
 * @returns the tree's id.
 */
export async function stageTree(
  repository: FoundRepository,
  parent: string | null,
  put: readonly (NewBlob | StoredObject)[],
  remove: readonly string[],
): Promise<string> {
  const blobs = put.filter((each) => 'bytes' in each);
  const ids = await writeBlobs(
    repository,
    blobs.map((blob) => blob.bytes),
  );
  const stored: IndexChange[] = [];
  for (const object of put)
    if (!('bytes' in object)) stored.push(...(await entriesOf(repository.git, object)));
  return await inTemporaryFolder(async (folder) => {
    const environment = { GIT_INDEX_FILE: join(folder, 'index') };
    const { git, objectFormat } = repository;
    await git.run(['read-tree', ...(parent === null ? ['--empty'] : [parent])], { environment });
    const gone = new Set([...remove, ...(await indexPathsBelow(git, remove, environment))]);
    const changes: readonly IndexChange[] = [
      ...[...gone].map((path) => ({ path, entry: null })),
      ...blobs.map(({ path }, index) => ({ path, entry: { mode: '100644', id: ids[index] ?? '' } })),
      ...stored,
    ];
    const input = indexInfo(changes, zeroId(objectFormat));
    if (input !== '') await git.run(['update-index', '-z', '--index-info'], { environment, input });
    return (await git.run(['write-tree'], { environment })).stdout.toString('latin1').trim();
  });
}

const MODES = { file: '100644', executable: '100755', link: '120000', submodule: '160000' } as const;

async function entriesOf(git: Git, { path, kind, id }: StoredObject): Promise<readonly IndexChange[]> {
  if (kind !== 'folder') return [{ path, entry: { mode: MODES[kind], id } }];
  const below = await treeEntriesBelow(git, id);
  return below.map((entry) => ({ ...entry, path: `${path}/${entry.path}` }));
}

/** Paths at which two commits or trees differ. */
export async function changedPaths(
  { git }: FoundRepository,
  from: string,
  to: string,
): Promise<readonly string[]> {
  const { stdout } = await git.run(['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to]);
  return stdout
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '');
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
