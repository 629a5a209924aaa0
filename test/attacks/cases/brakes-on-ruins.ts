import { join } from 'node:path';
import { deltaBomb } from '../../real/support/packs.ts';
import { BUNDLE } from '../acts.ts';
import { inForce, override, repositoryOf } from '../brakes.ts';
import { attack, type AttackCase, type Bench, type Target } from '../case.ts';
import type { Site } from '../site.ts';
import { bomb, graft, SMALL, TEN } from '../trees.ts';

const FREEZE = { act: 'freeze', line: 'claims-triage', alias: 'production' };

/** The tree with a new override in it. Without an index: that would expand what the tree names. */
async function withBrake(site: Site, tree: string, time: number): Promise<string> {
  const files = override(site, await repositoryOf(site), { time, brake: FREEZE });
  const [[path, content] = ['', '']] = Object.entries(files);
  return graft(site, tree, path.split('/'), site.blob(content), 'blob');
}

/** Somebody ruins the tip by hand, and mia pulls the brake on top. */
interface Ruin {
  readonly ruin: (site: Site, honest: string) => string;
  /** What the brake's commit holds beside the override: what the ruined one does, or what is in force. */
  readonly over?: 'ruin' | 'in force';
  readonly acts?: readonly string[];
}

const braked =
  ({ ruin, over = 'ruin', acts = ['freeze'] }: Ruin) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    const honest = site.treeOf(site.at('validated'));
    const ruined = ruin(site, honest);
    const tip = await site.commit({ on: 'validated', by: null, tree: ruined });
    const time = site.after('validated', 2);
    const tree = await withBrake(site, over === 'ruin' ? ruined : honest, time);
    const commit = await site.commit({ on: tip, by: 'mia', time, tree });
    return site.target(commit, { ...SMALL(site), check: inForce(...acts) });
  };

const overridesBomb = (site: Site, honest: string): string =>
  graft(site, honest, ['overrides'], bomb(site, TEN, 9), 'tree');

/** The entries of a tree in the wrong order, so that only git can read it. */
function disordered(site: Site, tree: string): string {
  const entries = site
    .git(['ls-tree', tree])
    .split('\n')
    .map((line) => /^0*(\d+) \w+ ([0-9a-f]+)\t(.*)$/.exec(line) ?? [])
    .map(([, mode = '', id = '', name = '']) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]),
    );
  return site.raw('tree', Buffer.concat(entries.reverse()));
}

export const RUIN_CASES: readonly AttackCase[] = [
  attack(
    'G9d.bombed',
    'a brake on a tip with a billion paths in a bundle is in force',
    'TREE_TOO_LARGE',
    braked({
      ruin: (site, honest) =>
        graft(site, honest, [...BUNDLE.split('/'), 'attachments'], bomb(site, TEN, 9), 'tree'),
    }),
  ),
  attack(
    'G9d.gigabyte',
    'a brake on a tip with a model card of a gigabyte is in force',
    'OBJECT_TOO_LARGE',
    braked({
      ruin: (site, honest) => {
        const id = deltaBomb(join(site.directory, '.git'), site.format, 128);
        return graft(site, honest, [...BUNDLE.split('/'), 'model-card.md'], id, 'blob');
      },
    }),
  ),
  attack(
    'G9d.overrides-bombed',
    'the folder of the brakes is bombed: one that comes with what is in force is in force',
    'TREE_TOO_LARGE',
    braked({ ruin: overridesBomb, over: 'in force' }),
  ),
  attack(
    'G9d.inside-the-bomb',
    'the same, with the brake put inside the bomb: nobody can read it there',
    'TREE_TOO_LARGE',
    braked({ ruin: overridesBomb, acts: [] }),
  ),
  attack(
    'G9d.overrides-file',
    'the folder of the brakes is made a file: a brake that comes with what is in force is in force',
    'PARENT_VOID',
    braked({
      ruin: (site, honest) => graft(site, honest, ['overrides'], site.blob('x\n'), 'blob'),
      over: 'in force',
    }),
  ),
  attack(
    'G9d.unreadable-top',
    'the top tree is one that only git can read: a brake that comes with what is in force is in force',
    'TREE_MALFORMED',
    braked({ ruin: disordered, over: 'in force' }),
  ),
];
