import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sha256 } from '../../src/base/digest.ts';
import { LINE } from '../../src/commands/demo/material.ts';
import { BUNDLE } from '../attacks/acts.ts';
import { workshop, type Workshop } from '../attacks/bench.ts';
import type { Person } from '../attacks/people.ts';
import type { Site } from '../attacks/site.ts';
import type { Label } from '../attacks/world.ts';
import { acting, type Acted } from './support/acting.ts';
import { person } from './support/walk.ts';

const IT = `${LINE}@1.0.0`;
const SIDE = 'refs/modelsmith/overrides/';
let shop: Workshop;
let site: Site;
let made = 0;
beforeAll(async () => {
  shop = workshop(inject('shared'));
  site = await shop.bench('sha1').site();
});
afterAll(() => shop.dispose());

const git = (folder: string, ...args: readonly string[]): string => shop.box.git(folder, args);
const tip = (folder: string, ref = 'refs/heads/main'): string => git(folder, 'rev-parse', ref);
const does = (who: Person, cwd: string, ...argv: readonly string[]): Promise<Acted> =>
  person(site, who, cwd, argv);
const json = (acted: Acted): Record<string, unknown> => JSON.parse(acted.stdout) as Record<string, unknown>;

/** A bare repository whose `main` is at a point of the honest history. */
function server(label: Label = 'deployed'): string {
  made += 1;
  const folder = join(shop.box.root, `server-${made}.git`);
  git(shop.box.root, 'init', '-q', '--bare', '--initial-branch=main', folder);
  git(site.directory, 'push', '-q', folder, `${site.at(label)}:refs/heads/main`);
  return folder;
}

function clone(from: string): string {
  made += 1;
  const folder = join(shop.box.root, `clone-${made}`);
  git(shop.box.root, 'clone', '-q', from, folder);
  return folder;
}

/** Exit code of `verify` on a ref of a repository. */
async function verified(folder: string, ref = 'refs/heads/main'): Promise<number> {
  return (await does('ana', folder, 'verify', '--branch', ref)).code;
}

/** The clone in the person's cache. */
const cloneOf = (address: string): string => join(shop.box.home, '.cache/modelsmith/clones', sha256(address));

const isIn = (folder: string, commit: string, ref = 'refs/heads/main'): boolean =>
  shop.box.tryGit(folder, ['merge-base', '--is-ancestor', commit, ref]).code === 0;

const APPROVE = {
  dora: ['approve', IT, '--gate', 'domain-validation'],
  gus: ['approve', IT, '--gate', 'governance-approval'],
} as const;

/** For one reason in one second it would be the same approval. */
const approvesThere = (clone: string): Promise<Acted> =>
  person(site, 'gus', clone, APPROVE.gus, { reason: 'Looked at it there.' });

describe('what was signed is shared', () => {
  it('by a push right after the signature', async () => {
    const hub = server();
    const mine = clone(hub);
    const { code, stdout, stderr } = await does('dora', mine, ...APPROVE.dora);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/signed by dora in commit [0-9a-f]{40}\npushed to origin main\n/);
    expect(tip(hub)).toBe(tip(mine));
    expect(tip(mine, 'refs/remotes/origin/main')).toBe(tip(mine));
  });

  it('and a proposal, which is no decision, is kept here, with what shares it', async () => {
    const hub = server();
    const mine = clone(hub);
    const before = tip(hub);
    const propose = ['signer', 'grant', 'dora', '--role', 'team-lead'];
    const proposed = await does('gus', mine, ...propose);
    expect(proposed.code, proposed.stderr).toBe(0);
    expect(proposed.stdout).toMatch(/not pushed to origin main; to share it: modelsmith sync\n$/);
    expect(tip(hub)).toBe(before);
    expect((await does('gus', mine, 'sync')).code).toBe(0);
    expect(tip(hub)).toBe(tip(mine));

    git(mine, 'remote', 'remove', 'origin');
    const alone = await does('gus', mine, 'signer', 'grant', 'gus', '--role', 'team-lead');
    expect(alone.code, alone.stderr).toBe(0);
    expect(alone.stdout).not.toContain('not pushed');
  });

  it.each([
    ['dora', 'gus'],
    ['gus', 'dora'],
  ] as const)(
    'of two approvers in two clones both get in, %s first, with one signature each',
    async (one, two) => {
      const hub = server();
      const [first, second] = [clone(hub), clone(hub)];
      expect((await does(one, first, ...APPROVE[one])).code).toBe(0);
      const late = await does(two, second, ...APPROVE[two]);
      expect(late.code, late.stderr).toBe(0);
      expect(late.stdout).toContain('merged with what came in from origin main');
      expect(late.stdout).toContain('pushed to origin main');
      expect(tip(hub)).toBe(tip(second));
      expect(git(hub, 'log', '-1', '--format=%an %GK')).toBe(`${two} `);
      expect(await verified(hub)).toBe(0);
      // The gates are open now; the transition is one more signature of either.
      const moved = await does(two, second, 'promote', IT);
      expect(moved.stdout).toContain('moved customer-deployed → production-validated');
      expect(git(second, 'status', '--porcelain')).toBe('');
      expect((await does(one, first, 'sync')).stdout).toContain('verified');
      expect(tip(first)).toBe(tip(hub));
      expect(git(first, 'status', '--porcelain')).toBe('');
    },
  );

  it.each([
    ['dora', 'gus'],
    ['gus', 'dora'],
  ] as const)('of two approvers with a pull request each both get in, %s first', async (one, two) => {
    const hub = server();
    const branches: string[] = [];
    for (const who of [one, two]) {
      const mine = clone(hub);
      const { code, stdout, stderr } = await does(who, mine, ...APPROVE[who], '--push', 'branch', '--json');
      expect(code, stderr).toBe(0);
      const { push } = JSON.parse(stdout) as { push: { ref: string; pushed: boolean; link: null } };
      expect(push).toMatchObject({ pushed: true, link: null });
      expect(push.ref).toMatch(new RegExp(`^refs/heads/modelsmith/${who}/claims-triage-1.0.0-[0-9a-f]{8}$`));
      branches.push(push.ref);
    }
    expect(tip(hub)).toBe(site.at('deployed'));
    const platform = clone(hub);
    for (const ref of branches) {
      git(platform, 'fetch', '-q', 'origin', ref);
      git(platform, 'merge', '-q', '--no-ff', '-m', 'Merge', 'FETCH_HEAD');
    }
    git(platform, 'push', '-q', 'origin', 'main');
    expect(await verified(hub)).toBe(0);
    const last = await does('gus', clone(hub), 'promote', IT);
    expect(last.stdout).toContain('moved customer-deployed → production-validated');
  });

  it('not at all where the person has it set so, for this repository or for all', async () => {
    const hub = server();
    const settings = join(shop.box.home, '.config/modelsmith/config.yaml');
    const id = /id: (\S+)/.exec(git(site.directory, 'show', `${site.at('root')}:modelsmith.yaml`))?.[1] ?? '';
    shop.box.write(
      settings,
      `schema: modelsmith/settings/v1\npush: branch\nrepositories:\n  ${id}: { push: off }\n`,
    );
    try {
      const mine = clone(hub);
      const { code, stdout } = await does('dora', mine, ...APPROVE.dora);
      expect(code).toBe(0);
      expect(stdout).toContain('not pushed to origin main\nnext: modelsmith sync');
      expect(tip(hub)).toBe(site.at('deployed'));
      shop.box.write(settings, 'schema: modelsmith/settings/v1\npush: sometimes\n');
      const before = tip(mine);
      const wrong = await does('gus', mine, ...APPROVE.gus);
      expect([wrong.code, wrong.stderr]).toEqual([
        65,
        expect.stringContaining('must be direct, branch or off'),
      ]);
      expect(tip(mine)).toBe(before);
    } finally {
      shop.box.write(settings, 'schema: modelsmith/settings/v1\n');
    }
    const alone = clone(hub);
    git(alone, 'remote', 'remove', 'origin');
    const kept = await does('dora', alone, ...APPROVE.dora);
    expect(kept.code).toBe(0);
    expect(kept.stdout).not.toContain('push');
    const before = tip(alone);
    expect((await does('gus', alone, ...APPROVE.gus, '--push', 'direct')).code).toBe(64);
    expect(tip(alone)).toBe(before);
  });

  it('and kept here where it cannot be pushed, which is said and is no yes', async () => {
    const hub = server();
    const mine = clone(hub);
    shop.box.write(join(hub, 'hooks/pre-receive'), '#!/bin/sh\necho "not on a Friday" >&2\nexit 1\n', 0o755);
    const { code, stdout, stderr } = await does('dora', mine, ...APPROVE.dora);
    expect(code).toBe(77);
    expect(stdout).toContain('approved at domain-validation');
    expect(stderr).toContain(
      `signed and kept here in commit ${tip(mine)}, but not pushed: origin main did not take it`,
    );
    expect(stderr).toContain('modelsmith sync');
    const gone = clone(hub);
    git(gone, 'remote', 'set-url', 'origin', 'https://127.0.0.1:9/x.git');
    const lost = await does('gus', gone, ...APPROVE.gus);
    expect(lost.code).toBe(68);
    expect(lost.stderr).toContain('signed and kept here in commit');
    shop.box.write(join(hub, 'hooks/pre-receive'), '#!/bin/sh\n', 0o755);
    const again = await does('dora', mine, 'sync');
    expect(again.stdout).toMatch(
      /pushed to origin main:\n {2}[0-9a-f]{12} {2}Approve claims-triage@1.0.0 at domain-validation/,
    );
    expect(tip(hub)).toBe(tip(mine));
  });
});

describe('sync', () => {
  it('takes in what others signed, and brings along what is checked out', async () => {
    const hub = server();
    const mine = clone(hub);
    git(site.directory, 'push', '-q', hub, `${site.at('validated')}:refs/heads/main`);
    const dry = await does('ana', mine, 'sync', '--dry-run', '--json');
    expect(json(dry)).toMatchObject({
      answer: 'yes',
      relation: 'behind',
      to: site.at('validated'),
      pushed: false,
    });
    expect(tip(mine)).toBe(site.at('deployed'));
    expect(tip(mine, 'refs/remotes/origin/main')).toBe(site.at('deployed'));
    const { code, stdout } = await does('ana', mine, 'sync');
    expect([code, stdout]).toEqual([0, 'taken in: 2 commits from origin main, verified\n']);
    expect(tip(mine)).toBe(site.at('validated'));
    expect(git(mine, 'status', '--porcelain')).toBe('');
    expect((await does('ana', mine, 'sync')).stdout).toBe('up to date with origin main\n');
  });

  it('takes in nothing that has a finding, and says which', async () => {
    const hub = server();
    const mine = clone(hub);
    const theirs = clone(hub);
    writeFileSync(join(theirs, `${BUNDLE}/model-card.md`), '# Better\n');
    git(theirs, 'commit', '-q', '-a', '-m', 'Edit');
    git(theirs, 'push', '-q', 'origin', 'main');
    expect((await does('dora', mine, ...APPROVE.dora, '--push', 'off')).code).toBe(0);
    const before = tip(mine);
    const { code, stdout } = await does('dora', mine, 'sync');
    expect(code).toBe(3);
    expect(stdout).toMatch(/not taken in: origin main has 1 finding\n {2}[0-9a-f]{12} {2}UNSIGNED: /);
    expect(stdout).toContain('next: modelsmith verify --branch origin/main');
    expect([tip(mine), tip(hub)]).toEqual([before, tip(theirs)]);
  });

  it('merges by name what is not evidence, mixes nothing, and leaves conflicts to a person', async () => {
    const hub = server();
    const [mine, theirs] = [clone(hub), clone(hub)];
    const write = (folder: string, files: Readonly<Record<string, string>>): void => {
      for (const [path, text] of Object.entries(files)) shop.box.write(join(folder, path), text);
      git(folder, 'add', '-A');
      git(folder, 'commit', '-q', '-m', 'Notes');
    };
    const both = { 'docs/a.md': 'a\n', 'docs/b.md': 'b\n', 'same.md': 'x\n', [`${BUNDLE}/README.md`]: 'r\n' };
    write(theirs, both);
    git(theirs, 'push', '-q', 'origin', 'main');
    git(mine, 'pull', '-q', '--ff-only');
    write(theirs, {
      'docs/a.md': 'theirs\n',
      'same.md': 'y\n',
      'new/t.md': 't\n',
      [`${BUNDLE}/README.md`]: 'rr\n',
    });
    git(theirs, 'push', '-q', 'origin', 'main');
    git(mine, 'rm', '-q', 'docs/b.md');
    write(mine, { 'same.md': 'y\n', 'new/m.md': 'm\n' });
    const { code, stdout } = await does('ana', mine, 'sync');
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('merged: 1 commit from origin main, verified, with yours'),
    ]);
    const list = git(mine, 'ls-tree', '-r', '--name-only', 'HEAD').split('\n');
    expect(list).toEqual(expect.arrayContaining(['docs/a.md', 'new/m.md', 'new/t.md', 'same.md']));
    expect(list).not.toContain('docs/b.md');
    expect(git(mine, 'show', `HEAD:${BUNDLE}/README.md`)).toBe('rr');
    expect([git(mine, 'show', 'HEAD:docs/a.md'), git(mine, 'status', '--porcelain')]).toEqual(['theirs', '']);
    expect(tip(hub)).toBe(tip(mine));
    // git's own merge of the two is the same tree.
    git(theirs, 'fetch', '-q', 'origin');
    git(theirs, 'merge', '-q', '--no-edit', `${tip(mine)}^2`);
    expect(git(theirs, 'rev-parse', 'HEAD^{tree}')).toBe(git(mine, 'rev-parse', 'HEAD^{tree}'));

    git(theirs, 'reset', '-q', '--hard', 'origin/main');
    write(theirs, { 'docs/a.md': 'one\n' });
    git(theirs, 'push', '-q', 'origin', 'main');
    write(mine, { 'docs/a.md': 'two\n' });
    const before = tip(mine);
    const conflict = await does('ana', mine, 'sync');
    expect(conflict.code).toBe(3);
    expect(conflict.stdout).toContain('conflict in docs/a.md: merge it by hand');
    expect(tip(mine)).toBe(before);
  });

  it('does not touch what the user has changed and not committed', async () => {
    const hub = server();
    const mine = clone(hub);
    git(site.directory, 'push', '-q', hub, `${site.at('validated')}:refs/heads/main`);
    writeFileSync(join(mine, `${BUNDLE}/promotion-record.json`), 'mine');
    const { code, stderr } = await does('ana', mine, 'sync');
    expect([code, stderr]).toEqual([73, expect.stringContaining('changes of your own')]);
    expect(tip(mine)).toBe(site.at('deployed'));
  });

  it('where both took one transition says what to decide again, and keeps what is taken off the branch', async () => {
    const hub = server('expert');
    const [mine, theirs] = [clone(hub), clone(hub)];
    expect((await does('gus', mine, ...APPROVE.gus, '--push', 'off')).code).toBe(0);
    const own = tip(mine);
    expect((await approvesThere(theirs)).stdout).toContain('moved customer-deployed');

    const dry = await does('ana', mine, 'sync', '--dry-run');
    expect(dry.code).toBe(3);
    expect(dry.stderr).toContain('MERGE_CONFLICT');
    expect(tip(mine)).toBe(own);
    const { code, stderr } = await does('ana', mine, 'sync');
    expect(code).toBe(3);
    expect(stderr).toContain('Approve claims-triage@1.0.0 at governance-approval');
    expect(stderr).toContain(`modelsmith approve ${IT}   (decide again, on what is there now)`);
    const [, aside = ''] =
      /kept under (refs\/modelsmith\/set-aside\/\S+)/.exec(stderr.replace(/\s+/g, ' ')) ?? [];
    expect(tip(mine, aside)).toBe(own);
    expect(tip(mine)).toBe(tip(hub));
    expect(git(mine, 'status', '--porcelain')).toBe('');
    expect((await does('ana', mine, 'sync')).code).toBe(0);
  });

  it('carries as much of what was signed as goes together, and sets aside only the rest', async () => {
    const hub = server('expert');
    const [mine, theirs] = [clone(hub), clone(hub)];
    // A note first, then the sign-off that somebody else was quicker with.
    shop.box.write(join(mine, 'note.md'), 'n\n');
    git(mine, 'add', '-A');
    git(mine, 'commit', '-q', '-m', 'Note');
    const note = tip(mine);
    expect((await does('gus', mine, ...APPROVE.gus, '--push', 'off')).code).toBe(0);
    expect((await approvesThere(theirs)).code).toBe(0);
    const { code, stderr } = await does('ana', mine, 'sync');
    expect([code, isIn(mine, note), isIn(hub, note)], stderr).toEqual([3, true, true]);
    expect(stderr).not.toContain(`${note.slice(0, 12)}  Note`);
    expect(await verified(hub)).toBe(0);
  });

  it('brings overrides in refs of their own both ways, and replaces none', async () => {
    const hub = server();
    const [mine, yours] = [clone(hub), clone(hub)];
    const freeze = ['override', 'freeze', LINE, 'production', '--reason', 'incident 4711', '--ref'];
    expect((await does('mia', mine, ...freeze)).code).toBe(0);
    const shared = await does('mia', mine, 'sync');
    expect([shared.code, shared.stdout]).toEqual([
      0,
      expect.stringContaining('pushed: the override refs/modelsmith/overrides/'),
    ]);
    const took = await does('gus', yours, 'sync');
    expect(took.stdout).toContain('taken in: the override refs/modelsmith/overrides/');
    const [ref = ''] = git(yours, 'for-each-ref', '--format=%(refname)', 'refs/modelsmith/overrides/').split(
      '\n',
    );
    expect((await does('gus', yours, 'override', 'list')).stdout).toContain('incident 4711');
    git(hub, 'update-ref', ref, site.at('exported'));
    const again = await does('gus', yours, 'sync');
    expect(again.stdout).toContain('another commit than at origin main, and left as it is');
    expect(tip(yours, ref)).toBe(tip(mine, ref));
  });

  it('takes in a brake whose name somebody else took first', async () => {
    const hub = server();
    const [mine, yours] = [clone(hub), clone(hub)];
    const freeze = ['override', 'freeze', LINE, 'production', '--reason', 'incident 4711', '--ref'];
    expect((await does('mia', mine, ...freeze)).code).toBe(0);
    const [ref = '', brake = ''] = git(mine, 'for-each-ref', '--format=%(refname) %(objectname)', SIDE).split(
      ' ',
    );
    git(hub, 'fetch', '-q', mine, brake);
    git(hub, 'update-ref', ref, site.at('exported'));
    // Even the name that it is to come in under.
    git(hub, 'update-ref', `${SIDE}${brake}`, site.at('exported'));
    expect((await does('gus', yours, 'sync')).code).toBe(0);
    expect(tip(yours, ref)).toBe(site.at('exported'));
    expect(tip(yours, `${SIDE}${brake}`)).toBe(site.at('exported'));
    git(hub, 'update-ref', ref, brake);
    const took = await does('gus', yours, 'sync');
    expect(took.stdout).toContain(`taken in: the override ${SIDE}${brake}`);
    expect((await does('gus', yours, 'override', 'list')).stdout).toContain('incident 4711');
    const again = await does('gus', yours, 'sync');
    expect(again.stdout).not.toContain('taken in');
    expect(await verified(yours)).toBe(0);
  });

  it('takes in every brake that is signed, however many refs are made beside it by who can only push', async () => {
    const hub = server();
    const [mine, yours] = [clone(hub), clone(hub)];
    const freeze = ['override', 'freeze', LINE, 'production', '--reason', 'incident 4711', '--ref'];
    expect((await does('mia', mine, ...freeze)).code).toBe(0);
    const [brake = ''] = git(mine, 'for-each-ref', '--format=%(objectname)', SIDE).split('\n');
    const junk = (of: number): string =>
      `commit ${SIDE}${String(of).padStart(4, '0')}\ncommitter m <m@example.org> ${of} +0000\ndata 1\nx\n` +
      `from ${site.at('exported')}\n`;
    const stream = Array.from({ length: 1001 }, (_, of) => junk(of)).join('\n');
    git(hub, 'fetch', '-q', site.directory, site.at('exported'));
    execFileSync('git', ['-C', hub, 'fast-import', '--quiet'], { input: stream, env: shop.box.env });
    // What he signed, with other words.
    const raw = git(mine, 'cat-file', 'commit', brake);
    const forged = execFileSync('git', ['-C', mine, 'hash-object', '-t', 'commit', '-w', '--stdin'], {
      ...{ input: `${raw} And more.\n`, env: shop.box.env, encoding: 'utf8' },
    }).trim();
    // The same signature, spelled otherwise, under names that come before.
    const again = execFileSync('git', ['-C', mine, 'hash-object', '-t', 'commit', '-w', '--stdin'], {
      input: `${raw.replace('-----BEGIN PGP SIGNATURE-----\n', '-----BEGIN PGP SIGNATURE-----\n Comment: x\n')}\n`,
      ...{ env: shop.box.env, encoding: 'utf8' },
    }).trim();
    for (const [name, commit] of [
      ['00', forged],
      ['01', again],
      ['zz', brake],
    ] as const)
      git(mine, 'push', '-q', 'origin', `${commit}:${SIDE}${name}`);
    const took = await does('gus', yours, 'sync', '--json');
    expect(json(took)).toMatchObject({ leftOverrides: 1003 });
    expect(took.stderr).toContain('1003 new refs under refs/modelsmith/overrides/ are left at the remote');
    expect(git(yours, 'for-each-ref', '--format=%(refname)', SIDE).split('\n')).toHaveLength(1);
    expect((await does('gus', yours, 'override', 'list')).stdout).toContain('incident 4711');
    expect(await verified(yours)).toBe(0);
  });

  it('takes in a brake although a name beside it cannot be had here', async () => {
    const hub = server();
    const [mine, yours] = [clone(hub), clone(hub)];
    const first = 'refs/modelsmith/overrides/0';
    git(hub, 'update-ref', first, site.at('exported'));
    expect((await does('gus', yours, 'sync')).code).toBe(0);
    git(hub, 'update-ref', '-d', first);
    git(hub, 'update-ref', `${first}/x`, site.at('exported'));
    const freeze = ['override', 'freeze', LINE, 'production', '--reason', 'incident 4711', '--ref'];
    expect((await does('mia', mine, ...freeze)).code).toBe(0);
    git(mine, 'push', '-q', 'origin', 'refs/modelsmith/overrides/*:refs/modelsmith/overrides/*');
    const { code, stderr } = await does('gus', yours, 'sync');
    expect([code, stderr]).toEqual([0, expect.stringContaining(`${first}/x is not taken in`)]);
    expect((await does('gus', yours, 'override', 'list')).stdout).toContain('incident 4711');
  });

  it.each([
    ['was moved meanwhile', 'refs/heads/main is at 1 but expected 2', 'moved by somebody else'],
    ['is not taken', 'not on a Friday', 'not on a Friday'],
  ])('tells where what is left after setting aside %s', async (_what, words, told) => {
    const hub = server('expert');
    const [mine, theirs] = [clone(hub), clone(hub)];
    expect((await does('gus', mine, 'comment', IT, '--message', 'Mine.', '--push', 'off')).code).toBe(0);
    expect((await does('gus', mine, ...APPROVE.gus, '--push', 'off')).code).toBe(0);
    expect((await approvesThere(theirs)).stdout).toContain('moved customer-deployed');
    shop.box.write(join(hub, 'hooks/pre-receive'), `#!/bin/sh\necho '${words}' >&2\nexit 1\n`, 0o755);
    // Between its tries it waits no longer than it has to: nobody else moves anything.
    const { code, stderr } = await person(site, 'gus', mine, ['sync'], { random: (n) => new Uint8Array(n) });
    expect(code, stderr).toBe(3);
    const said = stderr.replace(/\s+/g, ' ');
    expect(said).toContain('what is left on the branch was not pushed');
    expect(said).toContain(told);
    expect(said).toContain('modelsmith sync (pushes what is left)');
    rmSync(join(hub, 'hooks/pre-receive'));
    const later = await does('gus', mine, 'sync');
    expect(later.code, later.stderr).toBe(0);
    expect(tip(hub)).toBe(tip(mine));
    expect(git(mine, 'grep', '-l', 'Mine.', 'HEAD')).not.toBe('');
  });

  it('goes to the branch of the same name, and says where git would take another', async () => {
    const hub = server();
    const mine = clone(hub);
    git(mine, 'checkout', '-q', '-b', 'feature', '--track', 'origin/main');
    const { code, stdout } = await does('dora', mine, ...APPROVE.dora);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'pushed to origin feature\nthe branch there is feature; git pull here takes main',
    );
    expect([tip(hub), tip(hub, 'refs/heads/feature')]).toEqual([site.at('deployed'), tip(mine, 'HEAD')]);
    expect((await does('dora', mine, 'sync')).stdout).toContain('git pull here takes main');
  });

  it('says where there is nothing to share with', async () => {
    const mine = clone(server());
    git(mine, 'remote', 'remove', 'origin');
    const kept = await does('gus', mine, 'comment', IT, '--message', 'Mine.', '--push', 'off');
    expect(kept.code, kept.stderr).toBe(0);
    const { code, stderr } = await does('ana', mine, 'sync');
    expect([code, stderr]).toEqual([64, expect.stringContaining('git remote add origin <address>')]);
    expect((await does('ana', mine, 'sync', 'nowhere')).code).toBe(64);
    expect((await does('ana', mine, 'sync', '--', '--upload-pack=touch x')).code).toBe(64);
    expect((await does('ana', mine, 'sync', 'ext::sh -c touch% x')).code).toBe(64);
    git(mine, 'checkout', '-q', '--detach');
    expect((await does('ana', mine, 'sync')).code).toBe(64);
  });
});

describe('approve <address> <iteration>', () => {
  it('works without a clone of the person’s own, twice, and pushes', async () => {
    const hub = server();
    const cwd = shop.box.home;
    const unknown = await does('dora', cwd, 'approve', hub, 'claims-triage@9.9.9');
    expect([unknown.code, unknown.stderr]).toEqual([3, expect.stringContaining(`git clone ${hub}`)]);
    const first = await does('dora', cwd, 'approve', hub, IT);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toContain('pushed to origin main');
    const [, folder = ''] = /worked in (\S+), a clone of origin main/.exec(first.stdout) ?? [];
    expect(folder.startsWith(join(cwd, '.cache/modelsmith/clones'))).toBe(true);
    expect(existsSync(`${folder}.lock`)).toBe(false);
    const second = await does('gus', cwd, 'approve', hub, IT, '--gate', 'governance-approval');
    expect(second.stdout).toContain('moved customer-deployed → production-validated');
    expect(await verified(hub)).toBe(0);
    writeFileSync(`${folder}.lock`, `${process.pid}\n`);
    const busy = await does('gus', cwd, 'promote', hub, IT);
    expect([busy.code, busy.stderr]).toEqual([75, expect.stringContaining('another modelsmith')]);
    writeFileSync(`${folder}.lock`, '99999999\n');
    expect((await does('gus', cwd, 'reject', hub, IT, '--gate', 'governance-approval')).code).toBe(0);
  });

  it('says what to type with the address in it, where no iteration is named', async () => {
    const hub = server();
    const cwd = shop.box.home;
    const listed = await does('dora', cwd, 'approve', hub);
    expect(listed.stdout).toContain(`modelsmith approve ${hub} ${IT}`);
    expect((await does('gus', cwd, 'promote', hub)).code).toBe(0);
  });

  it('begins anew where what it was made from was not valid, and has been put in order since', async () => {
    const hub = server();
    const cwd = shop.box.home;
    const bad = await site.commit({
      on: site.at('deployed'),
      put: { [`${BUNDLE}/model-card.md`]: '# No' },
      by: null,
    });
    git(site.directory, 'push', '-q', hub, `${bad}:refs/heads/main`);
    const first = await does('dora', cwd, 'approve', hub, IT, '--gate', 'domain-validation');
    expect([first.code, first.stdout], first.stderr).toEqual([3, expect.stringContaining('not taken in')]);
    const folder = cloneOf(hub);
    // As an earlier run left it that did not know the root yet.
    git(folder, 'fetch', '-q', hub, 'main');
    git(folder, 'update-ref', 'refs/heads/main', bad);
    git(hub, 'update-ref', 'refs/heads/main', site.at('deployed'));
    // What the server calls its own branch today is not what the clone was made for.
    git(hub, 'branch', 'other', site.at('exported'));
    git(hub, 'symbolic-ref', 'HEAD', 'refs/heads/other');
    const again = await does('dora', cwd, 'approve', hub, IT, '--gate', 'domain-validation');
    expect(again.code, again.stderr).toBe(0);
    expect(again.stdout).toContain('pushed to origin main');
    expect(isIn(folder, bad, `refs/modelsmith/set-aside/${bad}`)).toBe(true);
  });

  it('takes no word of the repository for its root, and says how to pin one', async () => {
    const hub = server();
    const env = { ...shop.box.env, MODELSMITH_KEY_FILE: join(site.world.directory, '../people/dora.asc') };
    const { code, stderr } = await acting({ env, cwd: shop.box.home }, ['approve', hub, IT]);
    expect(code).toBe(78);
    expect(stderr).toMatch(
      /modelsmith verify --root <commit>:<fingerprint> --pin -C \S+clones\/[0-9a-f]{64}/,
    );
  });

  it('refuses what is no address and no repository', async () => {
    const cwd = shop.box.home;
    expect((await does('dora', cwd, 'approve', 'ext::sh', IT)).code).toBe(64);
    expect((await does('dora', cwd, 'approve', 'http://example.org/x', IT)).code).toBe(64);
    expect((await does('dora', cwd, 'approve', 'nothing/here', IT)).code).toBe(68);
    expect((await does('dora', cwd, 'approve', 'nothing')).code).toBe(64);
    expect((await does('dora', cwd, 'approve', IT, IT)).code).toBe(64);
  });
});
