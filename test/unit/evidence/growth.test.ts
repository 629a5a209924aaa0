import { describe, expect, it } from 'vitest';
import { differences, filesUnder } from '../../../src/domain/tree.ts';
import { TREE_LIMITS } from '../../../src/evidence/limits.ts';
import { SnapshotReader } from '../../../src/evidence/snapshot.ts';
import { Store, type Entries } from './support/store.ts';

/** What is read of a folder by what changed is held against the same folder read whole. */

const SEED = 20_261_130;
const ROUNDS = 400;
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const PLAIN = ['a', 'b', 'ab', 'a.b', 'q', 'q-1', 'z'];
const NAMES = ['a', 'b', 'A', 'a.b', 'ab', 'README.md', 'c d', 'é', '.x', '!run', '@link', 'q-1', 'q'];

/** Puts, replaces or removes something somewhere below. */
function change(entries: Entries, roll: (below: number) => number, names = NAMES, depth = 0): void {
  const name = names[roll(names.length)] ?? 'a';
  const old = entries[name];
  if (typeof old === 'object' && roll(5) > 0) change(old, roll, names, depth + 1);
  else if (old !== undefined && roll(3) === 0) Reflect.deleteProperty(entries, name);
  else if (depth < 4 && roll(2) === 0 && !/^[!@]/.test(name))
    change((entries[name] = {}), roll, names, depth + 1);
  else entries[name] = `content ${roll(40)}\n`;
}

async function same(store: Store, grown: SnapshotReader, id: string, limits = TREE_LIMITS): Promise<void> {
  const [some, all] = await Promise.all([grown.read(id), new SnapshotReader(store, 20, limits).read(id)]);
  expect(some.structure).toEqual(all.structure);
  expect(some.readable).toBe(all.readable);
  expect(differences(some.tree, all.tree)).toEqual([]);
  const paths = (tree: typeof all.tree) =>
    filesUnder(tree, '').map(([path, { id: of, sha256 }]) => [path, of, sha256]);
  expect(paths(some.tree)).toEqual(paths(all.tree));
}

describe('a tree read by what changed', () => {
  it.each([SEED, SEED + 1, SEED + 2])(
    'is what it is read whole, with everything wrong in it (seed %i)',
    async (seed) => {
      const roll = dice(seed);
      const store = new Store();
      const grown = new SnapshotReader(store, 20);
      const top: Entries = { policy: { p: '1' }, promotions: {}, 'modelsmith.yaml': 'x' };
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const name of ['policy', 'promotions', 'changes']) {
          if (roll(3) > 0) continue;
          const folder = top[name];
          if (typeof folder === 'object') change(folder, roll);
          else top[name] = {};
        }
        await same(store, grown, store.tree(top));
      }
    },
  );

  it('costs what changed where nothing is wrong', async () => {
    const roll = dice(SEED);
    const store = new Store();
    const grown = new SnapshotReader(store, 20);
    const top: Entries = { promotions: {} };
    let [some, all] = [0, 0];
    for (let round = 0; round < ROUNDS; round += 1) {
      change(top['promotions'] as Entries, roll, PLAIN);
      const id = store.tree(top);
      const before = store.reads;
      await grown.read(id);
      some += store.reads - before;
      await same(store, grown, id);
      const whole = store.reads;
      await new SnapshotReader(store, 20).read(id);
      all += store.reads - whole;
    }
    expect(some).toBeLessThan(all / 4);
  });

  it('is over a limit exactly when it is over it read whole', async () => {
    const limits = { ...TREE_LIMITS, promotions: { paths: 12, bytes: 90 }, depth: 3 };
    const roll = dice(SEED);
    const store = new Store();
    const grown = new SnapshotReader(store, 20, limits);
    const top: Entries = { promotions: {} };
    for (let round = 0; round < ROUNDS; round += 1) {
      change(top['promotions'] as Entries, roll, PLAIN);
      await same(store, grown, store.tree(top), limits);
    }
  });

  it('is refused where the listing is not in order, names one twice or is cut short', async () => {
    const store = new Store();
    const grown = new SnapshotReader(store, 20);
    const entry = (name: string, text: string): Buffer =>
      Buffer.concat([
        Buffer.from(`100644 ${name}\0`),
        Buffer.from(store.put('blob', Buffer.from(text)), 'hex'),
      ]);
    const [a, b, c] = [entry('a', '1'), entry('b', '2'), entry('c', '3')];
    const listings = [
      [a, b, c],
      [a, c, b],
      [a, b, entry('b', '4'), c],
      [a, b, c.subarray(0, -1)],
      [a, Buffer.from('100644 b\0'), c],
      [a, entry('b', '5'), c],
      [],
      [a, b, c],
    ];
    for (const parts of listings) {
      const folder = store.put('tree', Buffer.concat(parts));
      const row = Buffer.concat([Buffer.from('40000 promotions\0'), Buffer.from(folder, 'hex')]);
      await same(store, grown, store.put('tree', row));
    }
  });
});
