import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRepository } from '../../src/adapters/git/repository.ts';
import { fileAt, filesUnder, type TreeFolder } from '../../src/domain/tree.ts';
import { TREE_LIMITS, type TreeLimits } from '../../src/evidence/limits.ts';
import { SnapshotReader, type Snapshot } from '../../src/evidence/snapshot.ts';
import { sandbox, type Sandbox } from './support/sandbox.ts';

let box: Sandbox;
let directory: string;
let x: string;
beforeAll(() => {
  box = sandbox();
  directory = box.repository('limits');
  x = box.git(directory, ['hash-object', '-w', '--stdin'], 'x\n');
});
afterAll(() => box.dispose());

/** A tree of `[name, what]`: text for a file, an id for a folder. */
function tree(...entries: readonly (readonly [name: string, id: string, kind?: 'blob' | 'tree'])[]): string {
  const lines = entries.map(
    ([name, id, kind = 'tree']) => `${kind === 'tree' ? '040000' : '100644'} ${kind} ${id}\t${name}`,
  );
  return box.git(directory, ['mktree'], lines.map((line) => `${line}\n`).join(''));
}

const file = (name: string): readonly [string, string, 'blob'] => [name, x, 'blob'];

/** Folders inside each other, each holding the one below under every name: `names` to the power of `levels` files. */
function bomb(names: readonly string[], levels: number): string {
  let folder = tree(...names.map(file));
  for (let level = 1; level < levels; level += 1)
    folder = tree(...names.map((name) => [name, folder] as const));
  return folder;
}

/** @param limits the same for all governed names. */
async function read(top: string, limits: Partial<TreeLimits> = {}): Promise<Snapshot> {
  const objects = (await openRepository(directory, box.env)).openObjects();
  try {
    return await new SnapshotReader(objects, 20, {
      ...{ ...TREE_LIMITS, ...limits },
      promotions: { ...TREE_LIMITS.promotions, ...limits },
    }).read(top);
  } finally {
    await objects.close();
  }
}

const TEN = 'abcdefghij'.split('');
const codes = ({ structure }: Snapshot): readonly string[] =>
  structure.map(
    ({ code, facts }) => `${code} ${'what' in facts ? facts.what : ''} ${'path' in facts ? facts.path : ''}`,
  );
const paths = (folder: TreeFolder): readonly string[] => filesUnder(folder, '').map(([path]) => path);

it('reads what is within every limit', async () => {
  const top = tree(['overrides', tree(file('a.json'))], ['promotions', bomb(['a', 'b'], 3)]);
  const snapshot = await read(top, { paths: 14, depth: 3, bytes: 16 });
  expect(codes(snapshot)).toEqual([]);
  expect(paths(snapshot.tree)).toHaveLength(9);
});

it.each([
  ['paths', { paths: 13 }],
  ['bytes', { bytes: 15 }],
] as const)('a folder with too many %s is broken, and the others are read', async (what, limits) => {
  const top = tree(['overrides', tree(file('a.json'))], ['promotions', bomb(['a', 'b'], 3)]);
  const snapshot = await read(top, limits);
  expect(codes(snapshot)).toEqual([`TREE_TOO_LARGE ${what} promotions`]);
  expect(paths(snapshot.tree)).toEqual(['overrides/a.json', 'promotions']);
});

it('a billion paths are counted and not read', async () => {
  const top = tree(['overrides', tree(file('a.json'))], ['promotions', bomb(TEN, 9)]);
  const snapshot = await read(top);
  expect(codes(snapshot)).toEqual(['TREE_TOO_LARGE paths promotions']);
  expect(fileAt(snapshot.tree, 'overrides/a.json')?.size).toBe(2);
});

it('more may lie in promotions than elsewhere', async () => {
  const most = { paths: 5, bytes: 1 << 20 };
  const objects = (await openRepository(directory, box.env)).openObjects();
  const under = async (name: string): Promise<readonly string[]> => {
    const limits = { ...TREE_LIMITS, ...most, promotions: { ...most, paths: 6 } };
    return codes(await new SnapshotReader(objects, 20, limits).read(tree([name, bomb(['a', 'b'], 2)])));
  };
  const both = [await under('promotions'), await under('locks')];
  await objects.close();
  expect(both).toEqual([[], ['TREE_TOO_LARGE paths locks']]);
});

it('folders that hold no file are counted too', async () => {
  const empty = box.git(directory, ['mktree'], '');
  let folder = empty;
  for (let level = 0; level < 9; level += 1) folder = tree(...TEN.map((name) => [name, folder] as const));
  expect(codes(await read(tree(['locks', folder])))).toEqual(['TREE_TOO_LARGE paths locks']);
});

it('a folder below the deepest level is broken by itself', async () => {
  let chain = tree(file('end'));
  for (let level = 0; level < 40; level += 1) chain = tree(file('beside'), ['in', chain]);
  const snapshot = await read(tree(['promotions', chain]));
  const deepest = `promotions/${Array<string>(32).fill('in').join('/')}`;
  expect(codes(snapshot)).toEqual([`TREE_TOO_LARGE depth ${deepest}`]);
  expect(paths(snapshot.tree)).toHaveLength(33);
});

it('a file that is too large is broken by itself, and not counted', async () => {
  const large = box.git(directory, ['hash-object', '-w', '--stdin'], 'x'.repeat(1000));
  const top = tree(['overrides', tree(['a', large, 'blob'], file('b'))]);
  const snapshot = await read(top, { fileBytes: 999, bytes: 10 });
  expect(snapshot.structure).toEqual([
    { code: 'OBJECT_TOO_LARGE', facts: { path: 'overrides/a', size: 1000, limit: 999 } },
  ]);
  expect(fileAt(snapshot.tree, 'overrides/b')?.size).toBe(2);
  expect(fileAt(snapshot.tree, 'overrides/a')?.size).toBe(0);
});

it('a listing that is too large is not read', async () => {
  const wide = tree(...TEN.map(file));
  const inside = await read(tree(['overrides', tree(file('a'))], ['promotions', wide]), { listBytes: 200 });
  expect(codes(inside)).toEqual(['OBJECT_TOO_LARGE  promotions']);
  expect(paths(inside.tree)).toEqual(['overrides/a', 'promotions']);
  expect(await read(wide, { listBytes: 200 })).toMatchObject({
    readable: false,
    structure: [{ facts: { path: '/' } }],
  });
});

it('names a path that is longer than any may be', async () => {
  let chain = tree(file('end'));
  const name = 'n'.repeat(80);
  for (let level = 0; level < 5; level += 1) chain = tree([name, chain]);
  const [longest] = codes(await read(tree(['promotions', chain])));
  expect(longest).toContain('PATH_NOT_PLAIN is longer than 400 characters promotions/nnn');
  expect(longest).toContain('/end');
});

it('cannot tell where all trees together are more than memory', async () => {
  const tops = ['a', 'b', 'c'].map((name) =>
    tree([
      'promotions',
      tree([name, box.git(directory, ['hash-object', '-w', '--stdin'], name.repeat(500)), 'blob']),
    ]),
  );
  const objects = (await openRepository(directory, box.env)).openObjects();
  const reader = new SnapshotReader(objects, 20, { ...TREE_LIMITS, heldBytes: 1500 });
  expect(await reader.read(tops[0] ?? '')).toMatchObject({ structure: [] });
  expect(await reader.read(tops[1] ?? '')).toMatchObject({ structure: [] });
  await expect(reader.read(tops[2] ?? '')).rejects.toMatchObject({ code: 'BAD_DATA' });
  await objects.close();
});

it('cannot tell where commits change more names at once than memory holds, however few bytes they are', async () => {
  const wide = (count: number): string =>
    tree(['promotions', tree(...Array.from({ length: count }, (_, index) => file(`f${String(index)}`)))]);
  const objects = (await openRepository(directory, box.env)).openObjects();
  const readerOf = (heldEntries: number): SnapshotReader =>
    new SnapshotReader(objects, 20, { ...TREE_LIMITS, heldEntries });
  expect(codes(await readerOf(5).read(wide(20_000)))).toEqual([]);
  await expect(readerOf(5).read(wide(20_010))).rejects.toMatchObject({ code: 'BAD_DATA' });
  const patient = readerOf(30);
  // Some more than a tree may have is made good by one that has fewer.
  for (const count of [20_020, 10, 20_021]) expect(codes(await patient.read(wide(count)))).toEqual([]);
  await expect(patient.read(wide(20_022))).rejects.toMatchObject({ code: 'BAD_DATA' });
  await objects.close();
});

it('tells what is wrong at every path where an object lies, up to a number', async () => {
  const top = tree(['locks', tree(['a b', x, 'blob'])], ['promotions', bomb(['a', 'b c'], 2)]);
  const snapshot = await read(top);
  expect(codes(snapshot).map((code) => code.split(' ').slice(-2).join(' '))).toEqual([
    'locks/a b',
    'promotions/a/b c',
    'promotions/b c',
  ]);
  expect(codes(await read(tree(['promotions', bomb([...TEN, 'a b'], 4)])))).toHaveLength(200);
});
