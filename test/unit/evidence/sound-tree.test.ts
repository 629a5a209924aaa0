import { describe, expect, it } from 'vitest';
import { NotRead, sparingly } from '../../../src/domain/partly-read.ts';
import { RECORD } from '../../../src/domain/paths.ts';
import { recordDocument } from '../../../src/domain/record.ts';
import { differences, fileAt, filesUnder } from '../../../src/domain/tree.ts';
import { TREE_LIMITS } from '../../../src/evidence/limits.ts';
import { SnapshotReader } from '../../../src/evidence/snapshot.ts';
import { Store, type Entries } from './support/store.ts';

const TREE: Entries = {
  'modelsmith.yaml': 'a\n',
  'README.md': 'x\n',
  promotions: {
    line: { '1.0.0': { 'README.md': 'x\n', 'record.json': '{}\n', attachments: { a: '{"a": 1}\n' } } },
  },
};
const BUNDLE = 'promotions/line/1.0.0';

const RETIRED = `{"schema": "modelsmith/aliases/v1", "steps": [{"cause": "deprecation", "version": "1.0.0"}]}\n`;

describe('a tree that was found sound before', () => {
  it('is the tree that is read whole', async () => {
    const store = new Store();
    const id = store.tree(TREE);
    const [sound, whole] = [
      await new SnapshotReader(store, 20).readSound(id),
      await new SnapshotReader(store, 20).read(id),
    ];
    expect(sound?.id).toBe(whole.tree.id);
    expect(shape(sound)).toEqual(shape(whole.tree));
  });

  it('lends its acceptance to nothing that has the same bytes at another path', async () => {
    const store = new Store();
    const reader = new SnapshotReader(store, 20);
    await reader.readSound(store.tree(TREE));
    const moved = structuredClone(TREE);
    ((moved['promotions'] as Entries)['line'] as Entries)['1.0.1'] = { 'record.json': '{"a": 1}\n' };
    const { tree } = await reader.read(store.tree(moved));
    expect(fileAt(tree, `${BUNDLE}/attachments/a`)?.isAccepted).toBe(true);
    expect(fileAt(tree, `${BUNDLE}/record.json`)?.isAccepted).toBe(true);
    expect(fileAt(tree, 'promotions/line/1.0.1/record.json')?.isAccepted).toBe(false);
  });

  it('lends it to no folder that is put elsewhere', async () => {
    const store = new Store();
    const reader = new SnapshotReader(store, 20);
    await reader.readSound(store.tree(TREE));
    const moved = structuredClone(TREE);
    const line = (moved['promotions'] as Entries)['line'] as Entries;
    line['2.0.0'] = line['1.0.0'] ?? {};
    (moved['promotions'] as Entries)['other'] = structuredClone(line);
    const { tree } = await reader.read(store.tree(moved));
    for (const folder of ['line/2.0.0', 'other/1.0.0'])
      expect(fileAt(tree, `promotions/${folder}/record.json`)?.isAccepted).toBe(false);
  });

  it('lends it to no folder that has come to hold the same as one that was accepted elsewhere', async () => {
    const store = new Store();
    const reader = new SnapshotReader(store, 20);
    const bundle = (attachments: Entries, approvals: Entries): string =>
      store.tree({ promotions: { line: { '1.0.0': { attachments, approvals } } } });
    const [before, after] = [{ a: '{"a": 1}\n' }, { a: '{"a": 1}\n', b: '{}\n', c: '{}\n' }];
    await reader.readSound(bundle(before, { b: '{}\n' }));
    await reader.read(bundle(after, { b: '{}\n' }));
    const { tree } = await reader.read(bundle(after, after));
    expect(fileAt(tree, `${BUNDLE}/attachments/a`)?.isAccepted).toBe(true);
    expect(fileAt(tree, `${BUNDLE}/approvals/b`)?.isAccepted).toBe(true);
    expect(fileAt(tree, `${BUNDLE}/approvals/a`)?.isAccepted).toBe(false);
  });

  it('is read but for what lies in retired iterations, and whoever asks for that is told so', async () => {
    const store = new Store();
    const [retired, served] = ['deprecated', 'production-validated'].map((state) => ({
      attachments: { a: 'x\n' },
      [RECORD]: `{"schema": "${recordDocument.name}", "state": "${state}"}\n`,
    }));
    const line = { '1.0.0': retired ?? {}, '2.0.0': served ?? {}, 'aliases.json': RETIRED };
    const [id, next] = [line, { ...line, 'more.json': '{}\n' }].map((each) =>
      store.tree({ promotions: { line: each }, locks: { line: { a: 'x\n' } } }),
    );
    const whole = new SnapshotReader(store, 20);
    const counted = whole.promotionsOf((await whole.read(id ?? '')).tree);
    for (const lines of [[], ['line'], ['other']]) {
      const reader = new SnapshotReader(store, 20);
      const tree = await reader.readSound(id ?? '', counted, { recordsOf: new Set(lines) });
      if (tree === null) throw new Error('it is not sound');
      expect(fileAt(tree, 'locks/line/a')?.isAccepted).toBe(true);
      expect(fileAt(tree, 'promotions/line/2.0.0/attachments/a')?.isAccepted).toBe(true);
      const record = (): unknown => fileAt(tree, `${BUNDLE}/${RECORD}`)?.isAccepted;
      if (lines.includes('line')) expect(record()).toBe(true);
      else expect(record).toThrow(NotRead);
      expect(() => fileAt(tree, `${BUNDLE}/attachments/a`)).toThrow(NotRead);
      expect(() => filesUnder(tree, BUNDLE)).toThrow(NotRead);
      expect(reader.promotionsOf(tree)).toEqual(counted);
      const grown = (await reader.read(next ?? '')).tree;
      expect(differences(tree, grown).map(({ path }) => path)).toEqual(['promotions/line/more.json']);
      expect(reader.promotionsOf(grown)).toEqual({
        paths: (counted?.paths ?? NaN) + 1,
        bytes: (counted?.bytes ?? NaN) + 3,
      });
    }
  });

  it('is read with the records of the line that is asked about, and whole where that is not enough', async () => {
    const asked: (readonly string[] | null)[] = [];
    const found = await sparingly((sparing) => {
      asked.push(sparing === null ? null : [...sparing.recordsOf]);
      if (sparing === null) return Promise.resolve('everything');
      throw new NotRead('1', sparing.recordsOf.has('a') ? 'b' : 'a');
    });
    expect(found).toBe('everything');
    expect(asked).toEqual([[], ['a'], ['a', 'b'], null]);
  });

  it('is not taken to be within the limits for what was left unread', async () => {
    const store = new Store();
    const retired = {
      a: 'x\n',
      [RECORD]: `{"schema": "${recordDocument.name}", "state": "deprecated"}\n`,
    };
    const served = `{"schema": "${recordDocument.name}", "state": "candidate"}\n`;
    const [id, next] = [{}, { b: 'x\n' }].map((more) =>
      store.tree({
        promotions: {
          line: { '1.0.0': retired, '2.0.0': { [RECORD]: served, ...more }, 'aliases.json': RETIRED },
        },
      }),
    );
    const limits = { ...TREE_LIMITS, promotions: { ...TREE_LIMITS.promotions, paths: 7 } };
    const reader = new SnapshotReader(store, 20, limits);
    await reader.readSound(id ?? '', { paths: 7, bytes: 140 }, { recordsOf: new Set() });
    const { structure } = await reader.read(next ?? '');
    expect(structure.map(({ code }) => code)).toEqual(['TREE_TOO_LARGE']);
  });

  it.each<readonly [string, Entries]>([
    ['an executable', { promotions: { '!a': 'x' } }],
    ['a link', { promotions: { '@a': 'x' } }],
    ['a name no governed path has', { promotions: { 'c d': 'x' } }],
    ['an empty folder', { promotions: { a: {} } }],
  ])('is left to those who look at everything where it holds %s', async (_what, entries) => {
    const store = new Store();
    expect(await new SnapshotReader(store, 20).readSound(store.tree(entries))).toBeNull();
  });
});

function shape(node: unknown): unknown {
  if (typeof node !== 'object' || node === null || !('id' in node)) return node;
  const children = 'children' in node ? (node.children as ReadonlyMap<string, unknown>) : null;
  return [node.id, children === null ? null : [...children].map(([name, below]) => [name, shape(below)])];
}
