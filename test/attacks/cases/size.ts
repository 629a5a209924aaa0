import { join } from 'node:path';
import { deltaBomb } from '../../real/support/packs.ts';
import { BUNDLE, signOff } from '../acts.ts';
import { brake, repair, telling } from '../brakes.ts';
import { attack, honest, type AttackCase, type Bench, type Target } from '../case.ts';
import type { Site } from '../site.ts';
import { bomb, folder, graft, SMALL, TEN } from '../trees.ts';

/** A commit of the trainer that puts one object over the honest tree. */
async function putting(
  site: Site,
  path: string,
  id: string,
  kind: 'blob' | 'tree',
  more: Partial<Target> = {},
): Promise<Target> {
  const tree = graft(site, site.treeOf(site.at('evidenced')), path.split('/'), id, kind);
  return site.target(await site.commit({ on: 'evidenced', by: 'trainer', tree }), more);
}

const bombAt = (path: string, names: readonly string[], levels: number) => async (bench: Bench) => {
  const site = await bench.site();
  return await putting(site, path, bomb(site, names, levels), 'tree', SMALL(site));
};

export const SIZE_CASES: readonly AttackCase[] = [
  attack(
    'T6.tree-bomb',
    'nine folders that name each other ten times each: a billion paths',
    'TREE_TOO_LARGE',
    bombAt(`${BUNDLE}/attachments`, TEN, 9),
  ),
  attack('T6.tree-bomb-of-nothing', 'a billion folders without a file', 'TREE_TOO_LARGE', async (bench) => {
    const site = await bench.site();
    let tree = folder(site, []);
    for (let level = 0; level < 9; level += 1)
      tree = folder(
        site,
        TEN.map((name) => [name, tree, 'tree']),
      );
    return await putting(site, 'exceptions', tree, 'tree', SMALL(site));
  }),
  attack(
    'T6.tree-bomb-policy',
    'a billion files in the policy',
    'TREE_TOO_LARGE',
    bombAt('policy/keys', TEN, 9),
  ),
  attack(
    'T6.tree-bomb-below-limit',
    'as many files as may be, without a meaning',
    'PATH_UNKNOWN',
    bombAt('exceptions', TEN, 5),
  ),
  attack('T6.deep', 'folders inside each other, five hundred of them', 'TREE_TOO_LARGE', async (bench) => {
    const site = await bench.site();
    const blob = site.blob('x\n');
    let tree = folder(site, [['x', blob, 'blob']]);
    for (let level = 0; level < 500; level += 1) tree = folder(site, [['a', tree, 'tree']]);
    return await putting(site, `${BUNDLE}/attachments`, tree, 'tree');
  }),
  attack('T6.wide', 'a quarter of a million files in five folders', 'TREE_TOO_LARGE', async (bench) => {
    const site = await bench.site();
    const blob = site.blob('x\n');
    const names = Array.from({ length: 50_000 }, (_, index) => `f${String(index).padStart(6, '0')}`);
    const tree = folder(
      site,
      names.map((name) => [name, blob, 'blob']),
    );
    const top = folder(
      site,
      TEN.slice(0, 5).map((name) => [name, tree, 'tree']),
    );
    return await putting(site, 'lifts', top, 'tree', SMALL(site));
  }),
  attack('T6.listing', 'a folder whose listing alone is too large', 'OBJECT_TOO_LARGE', async (bench) => {
    const site = await bench.site();
    const blob = site.blob('x\n');
    const names = Array.from(
      { length: 230_000 },
      (_, index) => `${'f'.repeat(90)}${String(index).padStart(6, '0')}`,
    );
    const tree = folder(
      site,
      names.map((name) => [name, blob, 'blob']),
    );
    return await putting(site, 'lifts', tree, 'tree', SMALL(site));
  }),
  attack(
    'T6.gigabyte',
    'a model card of a gigabyte, packed into some kilobytes',
    'OBJECT_TOO_LARGE',
    async (bench) => {
      const site = await bench.site();
      const id = deltaBomb(join(site.directory, '.git'), site.format, 128);
      return await putting(site, `${BUNDLE}/model-card.md`, id, 'blob', SMALL(site));
    },
  ),
  attack('T6.many-bytes', 'twenty overrides that are one file of 56 MiB', 'TREE_TOO_LARGE', async (bench) => {
    const site = await bench.site();
    const id = deltaBomb(join(site.directory, '.git'), site.format, 7);
    const names = Array.from({ length: 20 }, (_, index) => `f${index}`);
    const tree = folder(
      site,
      names.sort().map((name) => [name, id, 'blob']),
    );
    return await putting(site, 'overrides', tree, 'tree', SMALL(site));
  }),
  attack('T6.commit', 'a message of two mebibytes', 'COMMIT_MALFORMED', async (bench) => {
    const site = await bench.site();
    const put = await signOff(site);
    const time = site.after('exported');
    return site.target(
      await site.commit({ on: 'exported', by: 'omar', time, put, message: 'x'.repeat(2 << 20) }),
    );
  }),
  attack('T6.commit-brake', 'a brake on top of it: it holds', 'COMMIT_MALFORMED', async (bench) => {
    const site = await bench.site();
    const bad = await site.commit({ on: 'exported', by: 'omar', message: 'x'.repeat(2 << 20) });
    const stop = { act: 'stop-candidates', lines: ['*'] };
    return site.target(await brake(site, bad, { brake: stop }), {
      check: telling(({ overrides }) => (overrides.length === 1 ? null : 'the brake is not in force')),
    });
  }),
  honest('T6.commit-repaired', 'it is repaired', async (bench) => {
    const site = await bench.site();
    const bad = await site.commit({ on: 'exported', by: 'omar', message: 'x'.repeat(2 << 20) });
    const made = await repair(site, { on: bad, base: [site.at('exported')], setAside: [bad] });
    return site.target(made.commit);
  }),
  attack(
    'T6.outside-bomb',
    'a branch from elsewhere with a billion governed paths is merged',
    'OUTSIDE_ROOT',
    async (bench) => {
      const site = await bench.site();
      const tree = folder(site, [['promotions', bomb(site, TEN, 9), 'tree']]);
      const elsewhere = await site.commit({ on: [], by: null, tree, time: site.world.start });
      const main = site.at('evidenced');
      const merge = await site.commit({
        on: [main, elsewhere],
        by: null,
        tree: site.treeOf(main),
      });
      return site.target(merge, SMALL(site));
    },
  ),
  attack(
    'T6.many-bombs',
    'twelve branches, each with a hundred thousand files of its own, merged',
    'UNSIGNED',
    async (bench) => {
      const site = await bench.site();
      const main = site.at('evidenced');
      const root = site.treeOf(main);
      const sides: string[] = [];
      for (let side = 0; side < 12; side += 1) {
        const tree = graft(site, root, ['exceptions'], bomb(site, TEN, 5, `${side}\n`), 'tree');
        sides.push(await site.commit({ on: [main], by: null, tree }));
      }
      const tree = graft(site, root, ['exceptions'], bomb(site, TEN, 5, 'merged\n'), 'tree');
      return site.target(await site.commit({ on: [main, ...sides], by: null, tree }), SMALL(site));
    },
  ),
  honest('T6.ungoverned', 'a billion paths and a gigabyte beside what is governed', async (bench) => {
    const site = await bench.site();
    const main = site.git(['rev-parse', 'main^{tree}']);
    const id = deltaBomb(join(site.directory, '.git'), site.format, 128);
    const tree = graft(
      site,
      graft(site, main, ['data.bin'], id, 'blob'),
      ['data'],
      bomb(site, TEN, 9),
      'tree',
    );
    const head = site.git(['rev-parse', 'main']);
    return site.target(await site.commit({ on: [head], by: null, tree }), SMALL(site));
  }),
];
