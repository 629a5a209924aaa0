import { mkdirSync, writeFileSync } from 'node:fs';
import { approval, approvalFiles, BUNDLE, signOff } from '../acts.ts';
import { attack, honest, notBare, undecidable, type AttackCase, type Bench, type Target } from '../case.ts';
import type { KeyName } from '../people.ts';
import { removeObject } from '../objects.ts';
import { REWIND_CASES } from './rewind.ts';
import type { Files, Forgery, Site } from '../site.ts';
import type { Label } from '../world.ts';

/** One commit on a point of the honest history. */
const one =
  (on: Label, by: KeyName | null, change: (site: Site) => Partial<Forgery>) => async (bench: Bench) => {
    const site = await bench.site();
    return site.target(await site.commit({ on, by, ...change(site) }));
  };

/** A commit that does wrong, and then one that puts everything back as it was. */
const undone = (by: KeyName, change: (site: Site) => Partial<Forgery>) => async (bench: Bench) => {
  const site = await bench.site();
  const wrong = await site.commit({ on: 'validated', by, ...change(site) });
  const tree = site.treeOf(site.at('validated'));
  return site.target(await site.commit({ on: wrong, by, tree }));
};

const says =
  (words: RegExp) =>
  (output: string): string | null =>
    words.test(output) && output.includes('git merge --no-ff') ? null : `it does not say ${String(words)}`;

/** What honest commits up to a point brought, in one commit of somebody else. `hours`: after they were made. */
const again =
  (on: Label, to: Label, by: KeyName | null, words: RegExp, hours = 1) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    const tree = site.treeOf(site.at(to));
    const commit = await site.commit({ on, by, tree, author: 'omar', time: site.after(to, hours) });
    return site.target(commit, { check: says(words) });
  };

const approvalPath = (site: Site): string =>
  site
    .git(['ls-tree', '-r', '--name-only', site.at('deployed'), '--', `${BUNDLE}/approvals`])
    .split('\n')[0] ?? '';
const REPORT = `${BUNDLE}/eval-transcripts/run-1/report.json`;

const merged =
  (put: (site: Site) => Files, by: KeyName | null = null) =>
  async (bench: Bench) => {
    const site = await bench.site();
    const side = await site.commit({ on: 'exported', by: null, put: { 'src/train.py': 'print(1)\n' } });
    const main = site.at('deployed');
    const tree = await site.treeWith(main, { 'src/train.py': 'print(1)\n', ...put(site) });
    return site.target(await site.commit({ on: [main, side], by, tree }));
  };

const branched = (by: KeyName | null) => async (bench: Bench) => {
  const site = await bench.site();
  const side = await site.commit({ on: 'exported', by, put: await signOff(site) });
  const other = await site.commit({ on: 'exported', by: null, put: { 'README.md': '# x\n' } });
  const tree = await site.treeWith(side, { 'README.md': '# x\n' });
  return site.target(await site.commit({ on: [other, side], by: null, tree }));
};

const clone =
  (how: (site: Site, to: string) => void) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    const to = `${site.directory}-clone`;
    how(site, to);
    return { directory: to, root: site.root };
  };

const withRoot = (root: (site: Site) => string) => async (bench: Bench) => {
  const site = await bench.site();
  return site.target(site.at('validated'), { root: root(site) });
};

/** A complete history of an outsider's own, hung in beside the real one. */
const foreign = (parent: 'none' | 'before-root') => async (bench: Bench) => {
  const site = await bench.site();
  const tree = site.treeOf(site.at('validated'));
  const start = await site.commit({
    on: [],
    by: null,
    put: { 'README.md': '# before\n' },
    time: site.world.start - 60,
  });
  if (parent === 'none') {
    const alien = await site.commit({ on: [], by: 'mallory', tree, time: site.world.start });
    const main = site.at('deployed');
    return site.target(await site.commit({ on: [main, alien], by: null, tree }));
  }
  const rootTree = site.treeOf(site.at('root'));
  const root = await site.commit({ on: start, by: 'mia', tree: rootTree, time: site.world.start });
  const alien = await site.commit({ on: start, by: 'mallory', tree, time: site.world.start });
  const commit = await site.commit({ on: [root, alien], by: null, tree });
  return site.target(commit, { root: `${root}:${site.world.people.key('mia').fingerprint}` });
};

async function replaced(bench: Bench, insists = false): Promise<Target> {
  const site = await bench.site();
  const tree = site.treeOf(site.at('deployed'));
  const bad = await site.commit({ on: 'exported', by: null, tree });
  site.git(['replace', bad, site.at('deployed')]);
  if (insists) site.git(['config', 'core.useReplaceRefs', 'true']);
  return site.target(bad);
}

export const HISTORY_CASES: readonly AttackCase[] = [
  honest('H0.control', 'the honest history to its end', async (bench) => {
    const site = await bench.site();
    return site.target('main');
  }),
  ...REWIND_CASES,
  undecidable(
    'H2.no-such-root',
    'a root that does not exist',
    76,
    withRoot((site) => `${'e'.repeat(site.at('root').length)}:${site.world.root.signer}`),
  ),
  undecidable(
    'H2.short-root',
    'an abbreviated root',
    64,
    withRoot((site) => `${site.at('root').slice(0, 12)}:${site.world.root.signer}`),
  ),
  undecidable(
    'H2.short-fingerprint',
    'a root with a short key id',
    64,
    withRoot((site) => `${site.at('root')}:${site.world.root.signer.slice(-16)}`),
  ),
  undecidable(
    'H2.root-is-no-commit',
    'a root that is a tree',
    65,
    withRoot((site) => `${site.treeOf(site.at('root'))}:${site.world.root.signer}`),
  ),
  undecidable('H2.no-git', 'git cannot be found', 69, async (bench) => {
    const site = await bench.site();
    return site.target('main', { env: { ...site.box.env, PATH: '/nonexistent' } });
  }),
  notBare(
    'repository',
    undecidable('H2.no-repository', 'there is no repository', 72, async (bench) => {
      const site = await bench.site();
      return { directory: site.box.home, root: site.root };
    }),
  ),
  undecidable('H2.missing-object', 'a tree of the history is missing', 76, async (bench) => {
    const site = await bench.site();
    removeObject(site, site.git(['rev-parse', `${site.at('lock')}:locks`]));
    return site.target('main');
  }),
  attack(
    'H2.root-elsewhere',
    'a root that exists and is not in the history',
    'OUTSIDE_ROOT',
    async (bench) => {
      const site = await bench.site();
      const root = await site.commit({
        on: [],
        by: 'mia',
        tree: site.treeOf(site.at('root')),
        message: 'another',
      });
      return site.target('main', { root: `${root}:${site.world.root.signer}` });
    },
  ),
  attack(
    'H2.root-signer',
    'the root with another signer than was pinned',
    'ROOT_MISMATCH',
    withRoot((site) => `${site.at('root')}:${site.world.people.key('omar').fingerprint}`),
  ),
  attack(
    'H3.unsigned',
    'an unsigned governed commit inside a merged side branch',
    'UNSIGNED',
    branched(null),
  ),
  attack(
    'H3.outsider',
    'an outsider’s governed commit inside a merged side branch',
    'SIGNATURE_REFUSED',
    branched('mallory'),
  ),
  honest('H3.control', 'the same branch, signed by the operator', branched('omar')),
  attack(
    'H4.evil',
    'an evil merge changes a governed file',
    'MERGE_NOT_MECHANICAL',
    merged(() => ({ [`${BUNDLE}/model-card.md`]: 'evil\n' })),
  ),
  attack(
    'H4.evil-signed',
    'the same, signed by an enrolled person',
    'MERGE_NOT_MECHANICAL',
    merged(() => ({ [`${BUNDLE}/model-card.md`]: 'evil\n' }), 'mia'),
  ),
  attack(
    'H4.evil-policy',
    'an evil merge changes the policy',
    'MERGE_NOT_MECHANICAL',
    merged(() => ({ 'policy/policy.yaml': 'x\n' }), 'mia'),
  ),
  attack(
    'H4.ours',
    'a merge that keeps “ours” drops what the other side decided',
    'MERGE_NOT_MECHANICAL',
    async (bench) => {
      const site = await bench.site();
      const side = await site.commit({ on: 'exported', by: null, put: { 'notes.txt': 'x\n' } });
      const tree = site.treeOf(side);
      return site.target(await site.commit({ on: [side, site.at('deployed')], by: null, tree }));
    },
  ),
  attack(
    'H5.squash',
    'a platform squashes an approval',
    'SIGNATURE_LOST',
    again('exported', 'deployed', null, /looks like a squash, rebase or cherry-pick of what omar signed/),
  ),
  attack(
    'H5.squash-signed',
    'a platform squashes an approval and signs it with its own key',
    'SIGNATURE_LOST',
    again('exported', 'deployed', 'mallory', /looks like a squash, .* by [0-9A-F]{12}… of what omar signed/),
  ),
  attack(
    'H5.squash-two',
    'a platform squashes the approvals of two people',
    'SIGNATURE_LOST',
    again('deployed', 'validated', null, /looks like a squash of what dora and gus signed/),
  ),
  attack(
    'H5.cherry-pick',
    'another person cherry-picks an approval and signs it',
    'SIGNATURE_LOST',
    again(
      'exported',
      'deployed',
      'otto',
      /looks like a cherry-pick or rebase by otto of what omar signed/,
      0,
    ),
  ),
  attack(
    'H5.rebase',
    'git rebases an approval, which drops its signature',
    'SIGNATURE_LOST',
    async (bench) => {
      const site = await bench.site();
      const on = await site.commit({ on: 'exported', by: null, put: { 'notes.txt': 'x\n' } });
      site.git(['checkout', '-q', '-b', 'rebased', on]);
      site.git(['cherry-pick', site.at('deployed')]);
      return site.target('rebased', {
        check: says(/looks like a squash, rebase or cherry-pick of what omar signed/),
      });
    },
  ),
  attack(
    'H5.rebase-own',
    'a person rebases an own approval an hour later and signs it again',
    'SIGNATURE_LOST',
    again('exported', 'deployed', 'omar', /looks like a rebase by omar of what omar signed/),
  ),
  undecidable(
    'H6.shallow',
    'a shallow clone',
    76,
    clone((site, to) => site.git(['clone', '-q', '--depth', '2', `file://${site.directory}`, to])),
  ),
  undecidable(
    'H6.partial',
    'a partial clone',
    76,
    clone((site, to) => {
      site.git(['config', 'uploadpack.allowFilter', 'true']);
      site.git(['clone', '-q', '--filter=blob:none', `file://${site.directory}`, to]);
    }),
  ),
  honest(
    'H6.control',
    'a full clone',
    clone((site, to) => site.git(['clone', '-q', `file://${site.directory}`, to])),
  ),
  honest(
    'H6b.alternates',
    'a clone that borrows its objects',
    clone((site, to) => site.git(['clone', '-q', '--shared', site.directory, to])),
  ),
  attack('H7.replace', 'a replace ref hides a bad commit behind a good one', 'UNSIGNED', replaced),
  attack(
    'H7.replace-configured',
    'the same where the repository’s configuration insists on replacing',
    'UNSIGNED',
    (bench) => replaced(bench, true),
  ),
  attack('H7.graft', 'a grafts file hides a bad commit', 'UNSIGNED', async (bench) => {
    const site = await bench.site();
    const bad = await site.commit({ on: 'deployed', by: null, put: { [`${BUNDLE}/model-card.md`]: 'x\n' } });
    const tip = await site.commit({
      on: bad,
      by: null,
      tree: site.treeOf(site.at('deployed')),
    });
    mkdirSync(`${site.directory}/.git/info`, { recursive: true });
    writeFileSync(`${site.directory}/.git/info/grafts`, `${tip} ${site.at('deployed')}\n`);
    return site.target(tip);
  }),
  honest('H7.reported', 'a replace ref over an honest commit is reported and not followed', async (bench) => {
    const site = await bench.site();
    site.git(['replace', site.at('deployed'), site.at('exported')]);
    return site.target('main', {
      check: (output) => (output.includes('refs/replace/') ? null : 'the replacement is not reported'),
    });
  }),
  attack(
    'H8.approval-deleted',
    'an approval is deleted; the tip looks clean again',
    'ENTRY_REMOVED',
    undone('mia', (site) => ({ remove: [approvalPath(site)] })),
  ),
  attack(
    'H8.approval-edited',
    'an approval is edited by its own author; the tip looks clean again',
    'ENTRY_ALTERED',
    undone('omar', (site) => ({ put: { [approvalPath(site)]: '{}\n' } })),
  ),
  attack(
    'H8.approval-deleted-for-good',
    'an approval is deleted',
    'ENTRY_REMOVED',
    one('validated', 'omar', (site) => ({ remove: [approvalPath(site)] })),
  ),
  attack(
    'H8.transcript-deleted',
    'a transcript is deleted; the tip looks clean again',
    'ENTRY_REMOVED',
    undone('trainer', () => ({ remove: [REPORT] })),
  ),
  attack(
    'H8.transcript-edited',
    'a transcript is edited; the tip looks clean again',
    'NO_ACT',
    undone('trainer', () => ({ put: { [REPORT]: '{}\n' } })),
  ),
  attack(
    'H8.unsigned',
    'a transcript is edited without a signature; the tip looks clean again',
    'UNSIGNED',
    async (bench) => {
      const site = await bench.site();
      const wrong = await site.commit({ on: 'validated', by: null, put: { [REPORT]: '{}\n' } });
      return site.target(
        await site.commit({
          on: wrong,
          by: null,
          tree: site.treeOf(site.at('validated')),
        }),
      );
    },
  ),
  attack(
    'H8.bundle-deleted',
    'a whole bundle is deleted',
    'ENTRY_REMOVED',
    one('validated', 'mia', (site) => ({
      remove: site.git(['ls-tree', '-r', '--name-only', site.at('validated'), '--', BUNDLE]).split('\n'),
    })),
  ),
  attack(
    'H8.lock-deleted',
    'a lock is deleted',
    'ENTRY_REMOVED',
    one('validated', 'trainer', (site) => ({
      remove: site.git(['ls-tree', '-r', '--name-only', site.at('validated'), '--', 'locks']).split('\n'),
    })),
  ),
  attack(
    'H8.baseline-deleted',
    'a file of a baseline is deleted',
    'ENTRY_REMOVED',
    one('validated', 'eli', (site) => ({
      remove: site
        .git(['ls-tree', '-r', '--name-only', site.at('validated'), '--', 'baselines'])
        .split('\n')
        .slice(-1),
    })),
  ),
  honest(
    'H10.code',
    'commits that touch only ungoverned files, unsigned',
    one('validated', null, () => ({ put: { 'src/train.py': 'print(1)\n', 'README.md': '# x\n' } })),
  ),
  honest(
    'H10.readme',
    'a README inside a governed folder, unsigned',
    one('validated', null, () => ({ put: { [`${BUNDLE}/README.md`]: '# x\n' } })),
  ),
  honest(
    'H10.merge',
    'a code branch from before is merged',
    merged(() => ({})),
  ),
  honest('H10.orphan', 'an unrelated history without governed files is merged', async (bench) => {
    const site = await bench.site();
    const other = await site.commit({ on: [], by: null, put: { 'docs/x.md': 'x\n' } });
    const tree = await site.treeWith(site.at('validated'), { 'docs/x.md': 'x\n' });
    return site.target(await site.commit({ on: [site.at('validated'), other], by: null, tree }));
  }),
  attack(
    'H10.outsider-signed',
    'an outsider’s signed commit touches one governed file among others',
    'SIGNATURE_REFUSED',
    one('validated', 'mallory', () => ({ put: { 'src/x.py': 'x\n', 'policy/policy.yaml': 'x\n' } })),
  ),
  honest('H11.two-approvers', 'the branches of two approvers are merged', async (bench) => {
    const site = await bench.site();
    const time = site.after('deployed');
    const world = await site.load(site.at('deployed'));
    const left = approvalFiles(approval(site, world, { who: 'dora', gate: 'domain-validation', time }));
    const right = approvalFiles(approval(site, world, { who: 'gus', gate: 'governance-approval', time }));
    const one = await site.commit({ on: 'deployed', by: 'dora', time, put: left });
    const two = await site.commit({ on: 'deployed', by: 'gus', time, put: right });
    const tree = await site.treeWith(one, right);
    return site.target(await site.commit({ on: [one, two], by: null, tree }));
  }),
  attack(
    'H11.dropped',
    'a merge of two approvers’ branches drops a rejection',
    'MERGE_NOT_MECHANICAL',
    async (bench) => {
      const site = await bench.site();
      const time = site.after('deployed');
      const world = await site.load(site.at('deployed'));
      const left = approvalFiles(approval(site, world, { who: 'dora', gate: 'domain-validation', time }));
      const no = { who: 'gus', gate: 'domain-validation', act: 'reject', time } as const;
      const one = await site.commit({ on: 'deployed', by: 'dora', time, put: left });
      const two = await site.commit({
        on: 'deployed',
        by: 'gus',
        time,
        put: approvalFiles(approval(site, world, no)),
      });
      const tree = site.treeOf(one);
      return site.target(await site.commit({ on: [one, two], by: null, tree }));
    },
  ),
  attack('H16.both-moved', 'both sides of a merge moved one iteration', 'MERGE_CONFLICT', async (bench) => {
    const site = await bench.site();
    const one = await site.commit({ on: 'exported', by: 'omar', put: await signOff(site) });
    const put = await signOff(site, { who: 'otto' });
    const two = await site.commit({ on: 'exported', by: 'otto', put });
    const tree = site.treeOf(one);
    return site.target(await site.commit({ on: [one, two], by: null, tree }));
  }),
  attack(
    'H12.orphan',
    'an unrelated history with a policy and a finished bundle is merged',
    'OUTSIDE_ROOT',
    foreign('none'),
  ),
  attack(
    'H12.before-root',
    'a branch from before the root with a finished bundle is merged',
    'OUTSIDE_ROOT',
    foreign('before-root'),
  ),
  attack(
    'H12.governed-orphan-merge',
    'a governed change is signed in a merge with an unrelated history',
    'MERGE_NOT_MECHANICAL',
    async (bench) => {
      const site = await bench.site();
      const other = await site.commit({ on: [], by: null, put: { 'docs/x.md': 'x\n' } });
      const tree = await site.treeWith(site.at('exported'), await signOff(site));
      return site.target(
        await site.commit({
          on: [site.at('exported'), other],
          by: 'omar',
          tree,
          time: site.after('exported'),
        }),
      );
    },
  ),
  attack('H13.range', 'a range whose start lies behind the bad commit', 'PARENT_VOID', async (bench) => {
    const site = await bench.site();
    const bad = await site.commit({ on: 'deployed', by: null, put: { [`${BUNDLE}/model-card.md`]: 'x\n' } });
    const good = await site.commit({ on: bad, by: null, put: { 'a.txt': 'a\n' } });
    const tip = await site.commit({ on: good, by: null, put: { 'b.txt': 'b\n' } });
    return site.target(tip, { options: [`${good}..${tip}`] });
  }),
];
