import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { printTree, type RawEntry } from '../../../src/adapters/git/tree-bytes.ts';
import { mergeUngoverned } from '../../../src/evidence/merge-trees.ts';
import type { ObjectReader } from '../../../src/ports/objects.ts';

/** Folders as objects, files as texts; `!` marks a link, `*` an executable. */
interface Folder {
  readonly [name: string]: string | Folder;
}

const store = new Map<string, Uint8Array>();

function idOf(type: string, bytes: Uint8Array): string {
  return createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
}

function entry(name: string, value: string | Folder): RawEntry {
  if (typeof value !== 'string') return { mode: '40000', name, id: tree(value) };
  const mode = value.startsWith('!') ? '120000' : value.startsWith('*') ? '100755' : '100644';
  return { mode, name, id: idOf('blob', Buffer.from(value)) };
}

function tree(folder: Folder): string {
  const bytes = printTree(Object.entries(folder).map(([name, value]) => entry(name, value)));
  const id = idOf('tree', bytes);
  store.set(id, bytes);
  return id;
}

const objects: ObjectReader = {
  measure: () => Promise.reject(new Error('nobody asks')),
  read: (id) => {
    const bytes = store.get(id);
    return Promise.resolve(bytes === undefined ? { id, type: 'corrupt' } : { id, type: 'tree', bytes });
  },
  close: () => Promise.resolve(),
};

const merge = (first: Folder, second: Folder, ...bases: readonly Folder[]) =>
  mergeUngoverned(objects, 20, { first: tree(first), second: tree(second), bases: bases.map(tree) });
const put = (path: string, value: string, kind = 'file') => ({ path, kind, id: entry('', value).id });
const NOTHING = { puts: [], removes: [], conflicts: [] };

test('a path is taken from the side that changed it, added it or took it away', async () => {
  const base = { a: '1', b: '1', c: '1', d: { e: '1', f: '1' } };
  const first = { a: '2', b: '1', c: '1', d: { e: '2', f: '1' }, mine: '1' };
  const second = { a: '1', b: '2', d: { e: '1', f: '*2' }, yours: '!1' };
  expect(await merge(first, second, base)).toEqual({
    puts: [put('b', '2'), put('d/f', '*2', 'executable'), put('yours', '!1', 'link')],
    removes: ['b', 'c', 'd/f'],
    conflicts: [],
  });
});

test('what both changed is fine where it is the same now, and a conflict else', async () => {
  const base = { a: '1', b: '1', c: '1' };
  const merged = await merge({ a: '2', b: '2', c: '2' }, { a: '2', b: '3' }, base);
  expect(merged).toEqual({ ...NOTHING, conflicts: ['b', 'c'] });
});

test('a folder against a file is a conflict, and a folder that only one side changed is taken whole', async () => {
  expect(await merge({ a: { x: '1' } }, { a: '1' })).toEqual({ ...NOTHING, conflicts: ['a'] });
  const merged = await merge({ a: { x: '1' } }, { a: { x: '1', y: '1' } }, { a: { x: '1' } });
  expect(merged).toEqual({
    puts: [{ path: 'a', kind: 'folder', id: tree({ x: '1', y: '1' }) }],
    removes: ['a'],
    conflicts: [],
  });
});

test('with nothing in common both are united', async () => {
  expect(await merge({ a: '1' }, { b: '1' })).toEqual({ ...NOTHING, puts: [put('b', '1')] });
});

test('of several common ancestors a side must differ from each to have changed a path', async () => {
  const bases = [{ a: '1' }, { a: '2' }];
  expect(await merge({ a: '3' }, { a: '2' }, ...bases)).toEqual(NOTHING);
  expect(await merge({ a: '1' }, { a: '3' }, ...bases)).toEqual({
    ...NOTHING,
    puts: [put('a', '3')],
    removes: ['a'],
  });
  expect(await merge({ a: '1' }, { a: '2' }, ...bases)).toEqual({ ...NOTHING, conflicts: ['a'] });
});

test('of what is governed only README.md files are looked at, for the law does the rest', async () => {
  const base = { policy: { 'policy.yaml': '1', 'README.md': '1', keys: {} }, 'modelsmith.yaml': '1' };
  const second = {
    policy: { 'policy.yaml': '2', 'README.md': '2', keys: { 'README.md': '3' } },
    'modelsmith.yaml': '2',
  };
  expect(await merge({ ...base, x: '1' }, second, base)).toEqual({
    puts: [put('policy/README.md', '2'), put('policy/keys/README.md', '3')],
    removes: ['policy/README.md'],
    conflicts: [],
  });
});

test('what cannot be read or spelled is left to a person', async () => {
  const gone = entry('gone', { never: 'stored' });
  store.delete(gone.id);
  const bytes = printTree([gone]);
  const first = idOf('tree', bytes);
  store.set(first, bytes);
  const sides = { first, second: tree({ gone: { x: '1' } }), bases: [] };
  expect(await mergeUngoverned(objects, 20, sides)).toEqual({ ...NOTHING, conflicts: ['gone'] });
  expect(await merge({}, { '\xff': '1' })).toEqual({ ...NOTHING, conflicts: ['\\xff'] });
});
