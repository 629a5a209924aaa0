import { setTimeout } from 'node:timers/promises';
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { LINE } from '../../src/commands/demo/material.ts';
import { BUNDLE } from '../attacks/acts.ts';
import { workshop, type Workshop } from '../attacks/bench.ts';
import { warmCommand } from '../attacks/command.ts';
import { lacking, modelsmith, succeed } from './support/command.ts';
import { rowsOf, sectionOf, stepsOf, verdictOf } from './support/guide.ts';
import { Host } from './support/host.ts';
import type { Ended } from './support/sandbox.ts';
import { person, walk } from './support/walk.ts';

const SERVER = '## A bare server';
let shop: Workshop;
let people: Host;
let warm: ReturnType<typeof warmCommand>;
let made = 0;
beforeAll(async () => {
  shop = workshop(inject('shared'));
  people = await Host.open(await shop.bench('sha1').site(), { name: 'x', email: 'x@example.org', key: null });
  setUp(join(shop.box.root, 'evidence.git'));
  warm = warmCommand(shop.box.env);
});
afterAll(() => {
  warm.stop();
  shop.dispose();
});

const git = (folder: string, ...args: readonly string[]): string => shop.box.git(folder, args);
const push = (folder: string, ...args: readonly string[]): Ended =>
  shop.box.tryGit(folder, ['push', ...args]);
const tipOf = (folder: string, ref = 'main'): string => git(folder, 'rev-parse', ref);

/** Sets a bare repository up with the very lines of the guide. `main` is at customer-deployed, and came in through the hook. */
function setUp(folder: string): void {
  const [, script = ''] = /```\n([^]*?)```/.exec(sectionOf(SERVER)) ?? [];
  for (const line of script.trim().split('\n')) {
    const [program, ...words] = line
      .replaceAll('/srv/evidence.git', folder)
      .replace('<commit>:<fingerprint>', people.site.root)
      .split(' ');
    if (program === 'git') git(shop.box.root, ...words);
    else succeed({ env: shop.box.env, cwd: shop.box.root }, words);
  }
  expect(push(people.site.directory, folder, `${people.site.at('deployed')}:refs/heads/main`).code).toBe(0);
}

/** One of its own for each case. Nothing in the hook depends on where the repository lies. */
function server(): string {
  made += 1;
  const folder = join(shop.box.root, `server-${made}.git`);
  cpSync(join(shop.box.root, 'evidence.git'), folder, { recursive: true });
  return folder;
}

/** A clone, with what `dora`, `gus` and both signed fetched from where they sign. */
function clone(from: string): string {
  made += 1;
  const folder = join(shop.box.root, `clone-${made}`);
  git(shop.box.root, 'clone', '-q', from, folder);
  git(folder, 'fetch', '-q', people.site.directory, 'dora:dora', 'gus:gus', 'both:both');
  return folder;
}

const edit = (folder: string, path: string): void => {
  writeFileSync(join(folder, path), '# Changed by hand\n');
  git(folder, 'add', path);
  git(folder, 'commit', '-q', '-m', 'Change a file');
};

/** What is pushed: makes it in the clone. @returns what to push to `main`. */
type Push = (folder: string) => string;

const PUSHES: Readonly<Record<string, Push>> = {
  'what a person signed, on top of the branch': () => 'dora',
  '`git merge --no-ff` of two people’s branches': (folder) => {
    for (const who of ['dora', 'gus']) git(folder, 'merge', '-q', '--no-ff', '-m', `Merge ${who}`, who);
    return 'main';
  },
  '`git merge --squash`, committed': (folder) => {
    git(folder, 'merge', '-q', '--squash', 'both');
    git(folder, 'commit', '-q', '-m', 'Squash');
    return 'main';
  },
  '`git rebase` or `git pull --rebase`': (folder) => {
    edit(folder, 'README.md');
    git(folder, 'rebase', '-q', 'main', 'dora');
    return 'dora';
  },
  'the same with `commit.gpgSign`, of somebody else’s decision': (folder) => {
    const { privateArmored, fingerprint } = people.site.world.people.key('gus');
    shop.box.gpg(['--import'], privateArmored);
    edit(folder, 'README.md');
    git(
      folder,
      '-c',
      `user.signingKey=${fingerprint}`,
      '-c',
      'commit.gpgSign=true',
      'rebase',
      '-q',
      'main',
      'dora',
    );
    return 'dora';
  },
  'a governed file, changed by hand': (folder) => {
    edit(folder, `${BUNDLE}/model-card.md`);
    return 'main';
  },
  'any other file': (folder) => {
    edit(folder, 'README.md');
    return 'main';
  },
  'an older commit, by force': () => `+${people.site.at('exported')}`,
};

describe.skipIf(lacking('gpg'))('a bare server with the hook, as the guide sets it up', () => {
  const guide = new Map(rowsOf(SERVER));

  it('the guide lists what is tried here', () => {
    expect([...guide.keys()]).toEqual(Object.keys(PUSHES));
  });

  it.each(Object.entries(PUSHES))('%s', async (what, make) => {
    const folder = server();
    const mine = clone(folder);
    const pushed = make(mine);
    const before = tipOf(folder);
    const { code, stderr } = push(mine, 'origin', `${pushed}:refs/heads/main`);
    const said = stderr
      .split('\n')
      .filter((line) => line.startsWith('remote: '))
      .map((line) => line.slice('remote: '.length).trimEnd())
      .join('\n');
    const codes = [...said.matchAll(/^[0-9a-f]{12} {2}([A-Z_]+)/gm)].map(([, found = '']) => found);
    expect(verdictOf([...new Set(codes)].sort())).toBe(guide.get(what));

    // The pusher reads word for word what `verify` prints.
    const tip = tipOf(mine, pushed.replace('+', ''));
    const words = ['verify', '-C', mine, '--root', people.site.root, '--branch', tip];
    const { exit, output } = await warm.ask([...words, '--expect-descends', before]);
    expect(exit).toBe(codes.length === 0 ? 0 : 3);
    const printed = output.split('\n').map((line) => line.trimEnd());
    expect(said.split('\n')).toEqual(expect.arrayContaining(printed.filter((line) => line !== '')));

    expect([code, tipOf(folder)]).toEqual(codes.length === 0 ? [0, tip] : [1, before]);
    if (codes.length > 0) {
      expect(said).toContain('modelsmith: refs/heads/main is not moved (exit 3)');
      // Out of quarantine nothing came into the repository.
      expect(shop.box.tryGit(folder, ['cat-file', '-e', tip]).code === 0).toBe(pushed.startsWith('+'));
    }
  });

  it.each([
    ['dora', 'gus'],
    ['gus', 'dora'],
  ])('two approvers push branches from clones of their own, and %s comes first', (first, second) => {
    const folder = server();
    for (const who of [first, second]) {
      const pushed = push(clone(folder), 'origin', who);
      expect([pushed.code, pushed.stderr.includes('verified')]).toEqual([0, false]);
    }
    for (const who of [first, second]) {
      const lead = clone(folder);
      git(lead, 'merge', '-q', '--no-ff', '-m', `Merge ${who}`, `origin/${who}`);
      expect(push(lead, 'origin', 'main').stderr).toContain('remote: verified: no findings');
    }
    const decisions = git(folder, 'ls-tree', '-r', '--name-only', 'main', '--', `${BUNDLE}/approvals`);
    expect(decisions.split('\n')).toHaveLength(3);
  });

  it('two pushes at once: one gets in, the other merges, and nothing is lost', async () => {
    const folder = server();
    const clones = ['dora', 'gus'].map((who) => ({ who, mine: clone(folder) }));
    const codes = await Promise.all(
      clones.map(
        ({ who, mine }) =>
          new Promise<number | null>((resolve, reject) => {
            const child = spawn('git', ['push', '-q', 'origin', `${who}:main`], {
              cwd: mine,
              env: shop.box.env,
            });
            child.on('error', reject).on('close', resolve);
          }),
      ),
    );
    expect(codes.filter((code) => code === 0)).toHaveLength(1);
    const late = clones[codes[0] === 0 ? 1 : 0];
    if (late === undefined) throw new Error('nobody was late');
    git(late.mine, 'pull', '-q', '--ff-only');
    git(late.mine, 'merge', '-q', '--no-ff', '-m', 'Merge', late.who);
    expect(push(late.mine, 'origin', 'main').code).toBe(0);
    for (const { who } of clones)
      expect(
        shop.box.tryGit(folder, ['merge-base', '--is-ancestor', tipOf(late.mine, who), 'main']).code,
      ).toBe(0);
  });

  it('one bad branch of a push keeps the others out too', () => {
    const folder = server();
    const mine = clone(folder);
    edit(mine, `${BUNDLE}/model-card.md`);
    expect(push(mine, 'origin', 'main', 'dora').code).not.toBe(0);
    expect(git(folder, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  });

  it('a branch is guarded under every name that moves it', () => {
    const folder = server();
    git(folder, 'symbolic-ref', 'refs/heads/master', 'refs/heads/main');
    const mine = clone(folder);
    edit(mine, `${BUNDLE}/model-card.md`);
    const before = tipOf(folder);
    const bad = tipOf(mine, 'HEAD');
    expect(push(mine, 'origin', `${bad}:refs/heads/master`).stderr).toContain('UNSIGNED');
    // On a file system without case this is the same branch; elsewhere it is one nobody needs.
    expect(push(mine, 'origin', `${bad}:refs/heads/Main`).stderr).toContain('UNSIGNED');
    expect(tipOf(folder)).toBe(before);
    expect(push(mine, 'origin', 'dora:master').code).toBe(0);
    expect(tipOf(folder)).toBe(tipOf(mine, 'dora'));

    // The other way about: what is guarded is itself an alias.
    git(folder, 'update-ref', '-d', '--no-deref', 'refs/heads/master');
    git(folder, 'branch', '-q', 'trunk', 'main');
    git(folder, 'symbolic-ref', 'refs/heads/main', 'refs/heads/trunk');
    for (const name of ['main', 'trunk'])
      expect(push(mine, 'origin', `+${bad}:refs/heads/${name}`).stderr).toContain('UNSIGNED');
  });

  it('where there is no room, the push fails and the next one gets in', () => {
    const folder = server();
    const mine = clone(folder);
    const before = tipOf(folder);
    // A limit on the size of written files stands in for the full disk.
    const cramped = shop.box.write(
      join(shop.box.root, 'cramped'),
      '#!/bin/sh\nulimit -f 0\nexec git-receive-pack "$@"\n',
      0o755,
    );
    const failed = push(mine, `--receive-pack=${cramped}`, 'origin', 'dora:main');
    expect([failed.code === 0, tipOf(folder)]).toEqual([false, before]);
    git(folder, 'fsck', '--strict');
    expect(push(mine, 'origin', 'dora:main').code).toBe(0);
  });

  it('a hook that git may not start guards nothing', () => {
    const folder = server();
    chmodSync(join(folder, 'hooks/pre-receive'), 0o644);
    const mine = clone(folder);
    edit(mine, `${BUNDLE}/model-card.md`);
    const pushed = push(mine, 'origin', 'main');
    expect(pushed.stderr).toContain('hook was ignored');
    expect(pushed.code).toBe(0);
    const again = modelsmith({ env: shop.box.env, cwd: folder }, [
      'hook',
      'install',
      '--root',
      people.site.root,
    ]);
    expect([again.code, again.stderr]).toEqual([73, expect.stringContaining('guards nothing')]);
  });

  it('a branch that is not valid already is put back on the server itself', () => {
    const folder = server();
    const mine = clone(folder);
    edit(mine, `${BUNDLE}/model-card.md`);
    const bad = tipOf(mine);
    git(folder, 'fetch', '-q', mine, 'main');
    git(folder, 'update-ref', 'refs/heads/main', bad);
    const back = push(mine, 'origin', `+${people.site.at('deployed')}:main`);
    expect([back.code, back.stderr]).toEqual([1, expect.stringContaining('NOT_DESCENDED')]);
    git(folder, 'update-ref', 'refs/heads/main', people.site.at('deployed'));
    expect(push(mine, 'origin', 'dora:main').code).toBe(0);
  });

  /** A server whose branch was moved before there was a hook. */
  function serverAt(commit: string, from: string): string {
    const folder = server();
    git(folder, 'fetch', '-q', from, commit);
    git(folder, 'update-ref', 'refs/heads/main', commit);
    return folder;
  }

  function editedServer(): string {
    const before = clone(server());
    edit(before, `${BUNDLE}/model-card.md`);
    return serverAt(tipOf(before), before);
  }

  it('takes a repair straight away, as the guide walks', async () => {
    const folder = editedServer();
    const mine = clone(folder);
    await walk(people.site, 'dora', mine, stepsOf('## Repair', 0));
    const { code, stderr } = push(mine, 'origin', 'mend:main');
    expect([code, stderr]).toEqual([0, expect.stringContaining('remote: verified: no findings')]);
    expect(push(clone(folder), 'origin', 'dora:refs/heads/dora').code).toBe(0);
  });

  it('refuses the first half of a repair by two and says how it gets in, and takes both halves together', async () => {
    const { site } = people;
    const lead = clone(server());
    for (const branch of ['one', 'two']) {
      git(lead, 'checkout', '-q', '-b', branch, 'main');
      expect((await person(site, 'trainer', lead, ['lock', LINE])).code).toBe(0);
      // Two locks of one second by one key are the same lock, and go together.
      await setTimeout(1000);
    }
    git(lead, 'merge', '-q', '--no-ff', '-m', 'Merge', 'one');
    const [merged, one] = [tipOf(lead, 'two'), tipOf(lead, 'one')];
    const folder = serverAt(merged, lead);
    const [mine, yours] = [clone(folder), clone(folder)];
    const two = '### When two people sign';
    const filled = { '<strand>': `line ${LINE}`, '<commit>': one };
    await walk(site, 'mia', mine, stepsOf(two, 0, filled));
    const half = push(mine, 'origin', 'mend:main');
    expect([half.code, tipOf(folder)]).toEqual([1, merged]);
    expect(half.stderr.replaceAll(/\s*\nremote:\s+/g, ' ')).toMatch(
      /REPAIR_UNSECONDED .*push both commits together, for a hook refuses the first alone/,
    );
    await walk(site, 'otto', yours, stepsOf(two, 1));
    expect(tipOf(folder)).toBe(tipOf(yours, 'mend'));
    const told = JSON.parse((await person(site, 'otto', yours, ['verify', '--json'])).stdout) as object;
    expect(told).toMatchObject({ answer: 'yes', incidents: [{ principal: 'mia' }] });
  });

  it('takes an override on top of a broken branch, and into a ref that binds whoever fetches it', async () => {
    const folder = editedServer();
    const mine = clone(folder);
    const straight = ['override', 'stop-candidates', '*', '--reason', 'the test set has leaked'];
    expect((await person(people.site, 'mia', mine, straight)).code).toBe(0);
    expect(push(mine, 'origin', 'main').code).toBe(0);

    const [make = [], ...pushes] = stepsOf('## Overrides', 0, { '<id>': 'ID' });
    await walk(people.site, 'mia', mine, [make]);
    const ref = git(mine, 'for-each-ref', '--format=%(refname)', 'refs/modelsmith');
    const id = ref.slice('refs/modelsmith/overrides/'.length);
    const filled = pushes.map((words) => words.map((word) => word.replaceAll('ID', id)));
    await walk(people.site, 'mia', mine, filled);
    const yours = clone(folder);
    await walk(people.site, 'gus', yours, stepsOf('## Overrides', 1));
    const { stdout } = await person(people.site, 'gus', yours, ['override', 'list', '--json']);
    const { overrides } = JSON.parse(stdout) as { overrides: { act: string; ref: string | null }[] };
    expect(overrides.map((each) => [each.act, each.ref]).sort()).toEqual([
      ['freeze', ref],
      ['stop-candidates', null],
    ]);
    expect(push(yours, 'origin', `:${ref}`).stderr).toContain('holds overrides that no branch has yet');
  });
});
