import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { LINE } from '../../src/commands/demo/material.ts';
import { BUNDLE } from '../attacks/acts.ts';
import { workshop, type Workshop } from '../attacks/bench.ts';
import type { Person } from '../attacks/people.ts';
import type { Site } from '../attacks/site.ts';
import { succeed } from './support/command.ts';
import { person } from './support/walk.ts';

const IT = `${LINE}@1.0.0`;
/** What one person does in a clone; the same people sit at several machines. */
const ALL: readonly (readonly [Person, readonly string[]])[] = [
  ...Array.from({ length: 5 }, () => ['dora', ['approve', IT, '--gate', 'domain-validation']] as const),
  ...Array.from({ length: 5 }, () => ['gus', ['approve', IT, '--gate', 'governance-approval']] as const),
  ...Array.from({ length: 4 }, () => ['dora', ['reject', IT, '--gate', 'domain-validation']] as const),
  ...(['omar', 'otto', 'rita'] as const).flatMap((who) =>
    [1, 2].map(() => [who, ['deprecate', IT, '--reason', 'Over.', '--retire']] as const),
  ),
];
/** Twenty take minutes, since the server judges every push; some of each kind are enough for every day. */
const SIZE = Number(process.env['MODELSMITH_TEST_CLONES'] ?? '6');
const ACTS = ALL.filter(
  (_act, index) => Math.floor((index * SIZE) / ALL.length) !== Math.floor(((index - 1) * SIZE) / ALL.length),
);

let shop: Workshop;
let site: Site;
beforeAll(async () => {
  process.setMaxListeners(100); // all twenty run in this one process
  shop = workshop(inject('shared'));
  site = await shop.bench('sha1').site();
}, 600_000);
afterAll(() => shop.dispose());

const git = (folder: string, ...args: readonly string[]): string => shop.box.git(folder, args);

it('many clones at once: each decision lands exactly once or is refused with a reason, and none is lost', async () => {
  expect(ACTS).toHaveLength(SIZE);
  const hub = join(shop.box.root, 'hub.git');
  git(shop.box.root, 'init', '-q', '--bare', '--initial-branch=main', hub);
  git(site.directory, 'push', '-q', hub, `${site.at('deployed')}:refs/heads/main`);
  succeed({ env: shop.box.env, cwd: hub }, ['hook', 'install', '--root', site.root]);
  const clones = ACTS.map((_act, index) => {
    const folder = join(shop.box.root, `clone-${index}`);
    git(shop.box.root, 'clone', '-q', hub, folder);
    return folder;
  });

  const ended = await Promise.all(
    ACTS.map(async ([who, words], index) => {
      const clone = clones[index] ?? '';
      const { code, stdout, stderr } = await person(site, who, clone, words);
      const [commit = ''] =
        /(?<=(?:signed by \w+|signed and kept here) in commit )[0-9a-f]{40}/.exec(stdout + stderr) ?? [];
      return { who, act: words[0] ?? '', clone, code, stderr, commit };
    }),
  );

  const landed = new Set(git(hub, 'rev-list', 'refs/heads/main').split('\n'));
  for (const { who, act, clone, code, stderr, commit } of ended) {
    const what = `${who} ${act} ended with ${code}\n${stderr}`;
    // Her key has been retired: she is told before anything is written.
    if (who === 'rita')
      expect([code, commit, stderr], what).toEqual([3, '', expect.stringContaining('KEY_ENDED')]);
    if (who === 'rita') continue;
    expect(commit, what).toMatch(/^[0-9a-f]{40}$/);
    expect(landed.has(commit), what).toBe(code === 0);
    expect([0, 3, 75], what).toContain(code);
    if (code === 3) expect(stderr, what).toContain('MERGE_CONFLICT');
    // Whatever came of it, the person's own clone still has what was signed, under a ref.
    expect(git(clone, 'for-each-ref', '--contains', commit), what).not.toBe('');
  }
  // Two that one person signs alike within one second are one decision: an entry is named by what it says.
  const yes = (...acts: readonly string[]) =>
    new Set(
      ended
        .filter(({ act, code }) => acts.includes(act) && code === 0)
        .map(({ commit }) => git(hub, 'show', '--format=', '--name-only', '--diff-filter=A', commit)),
    ).size;
  const approvals = (at: string) =>
    git(hub, 'ls-tree', '--name-only', at, `${BUNDLE}/approvals/`).split('\n').length;
  expect(approvals('main') - approvals(site.at('deployed'))).toBe(yes('approve', 'reject'));
  expect(yes('deprecate')).toBeLessThanOrEqual(1);
  expect(ended.filter(({ code }) => code === 0).length).toBeGreaterThan(SIZE / 4);
  console.info(
    `${SIZE} clones: ${[0, 3, 75].map((code) => `${ended.filter((one) => one.code === code).length} ended with ${code}`).join(', ')}`,
  );
  // Who lost the race is not stuck: once it is quiet, the same commit gets in.
  for (const { who, clone, code, commit } of ended.filter((one) => one.code === 75).slice(0, 2)) {
    expect(code).toBe(75);
    const { code: later, stderr } = await person(site, who, clone, ['sync']);
    const isIn = git(hub, 'rev-list', 'refs/heads/main').includes(commit);
    expect([later, isIn], stderr).toEqual(later === 0 ? [0, true] : [3, false]);
  }
  expect((await person(site, 'ana', hub, ['verify'])).code).toBe(0);
}, 1_200_000);
