import { chmodSync, existsSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discover } from '../../src/adapters/git/discover.ts';
import { openRepository } from '../../src/adapters/git/repository.ts';
import { withTransport } from '../../src/adapters/git/transport.ts';
import type { GitRepository } from '../../src/ports/repository.ts';
import type { Upstream } from '../../src/ports/remote.ts';
import { sandbox, type Sandbox } from './support/sandbox.ts';

let box: Sandbox;
let made = 0;
beforeAll(() => {
  box = sandbox();
});
afterAll(() => box.dispose());

const git = (folder: string, ...args: readonly string[]): string => box.git(folder, args);
const tip = (folder: string, ref = 'refs/heads/main'): string => git(folder, 'rev-parse', ref);
function commit(folder: string, name: string): string {
  box.write(join(folder, name), `${name}\n`);
  git(folder, 'add', '.');
  git(folder, 'commit', '-q', '-m', name);
  return tip(folder);
}

interface Pair {
  readonly server: string;
  readonly mine: string;
  readonly theirs: string;
  readonly open: () => Promise<GitRepository>;
  readonly upstream: () => Promise<Upstream>;
}

/** A bare repository and two clones of it. */
function pair(): Pair {
  made += 1;
  const [server, mine, theirs] = ['server.git', 'mine', 'theirs'].map((name) =>
    join(box.root, `${made}-${name}`),
  ) as [string, string, string];
  git(box.root, 'init', '-q', '--bare', '--initial-branch=main', server);
  git(box.root, 'clone', '-q', server, theirs);
  commit(theirs, 'first');
  git(theirs, 'push', '-q', 'origin', 'main');
  git(box.root, 'clone', '-q', server, mine);
  const open = () => openRepository(mine, box.env);
  const upstream = async (): Promise<Upstream> => {
    const found = await (await open()).remotes.upstream('refs/heads/main', null);
    if (found === null) throw new Error('no upstream');
    return found;
  };
  return { server, mine, theirs, open, upstream };
}

const fetchMain = async ({ open, upstream, mine }: Pair, refs = ['refs/heads/main']) => {
  const repository = await open();
  return await repository.remotes.fetch({ from: await upstream(), refs, have: [tip(mine)] });
};

describe('another copy of a repository', () => {
  it('hands out what is new, and no ref moves here', async () => {
    const two = pair();
    const fresh = commit(two.theirs, 'second');
    git(two.theirs, 'push', '-q', 'origin', 'main', 'main:refs/modelsmith/overrides/aa');
    const before = git(two.mine, 'for-each-ref');
    const found = await fetchMain(two, ['refs/heads/main', 'refs/heads/none', 'refs/modelsmith/overrides/']);
    expect([...found]).toEqual([
      ['refs/heads/main', fresh],
      ['refs/modelsmith/overrides/aa', fresh],
    ]);
    expect(git(two.mine, 'for-each-ref')).toBe(before);
    expect(git(two.mine, 'cat-file', '-t', fresh)).toBe('commit');
    expect(git(two.mine, 'fsck', '--strict', '--no-dangling')).toBe('');
    expect(readdirSync(join(two.mine, '.git/objects')).filter((name) => name.startsWith('tmp'))).toEqual([]);
  });

  it('takes a large fetch as a pack', async () => {
    const two = pair();
    for (let index = 0; index < 150; index += 1) box.write(join(two.theirs, `f${index}`), `${index}\n`);
    const fresh = commit(two.theirs, 'many');
    git(two.theirs, 'push', '-q', 'origin', 'main');
    await fetchMain(two);
    expect(git(two.mine, 'ls-tree', '-r', '--name-only', fresh).split('\n')).toHaveLength(152);
    expect(git(two.mine, 'cat-file', '-p', `${fresh}:f149`)).toBe('149');
  });

  it('is pushed to forwards only, and tells when somebody else was there', async () => {
    const two = pair();
    const repository = await two.open();
    const to = await two.upstream();
    const push = (id: string, ref = 'refs/heads/main') => repository.remotes.push({ to, commit: id, ref });
    const ours = commit(two.mine, 'ours');
    expect(await push(ours)).toEqual({ kind: 'pushed' });
    expect(await push(ours)).toEqual({ kind: 'same' });
    expect(tip(two.server)).toBe(ours);
    const beside = commit(two.theirs, 'beside');
    git(two.theirs, 'push', '-q', '--force', 'origin', 'main');
    expect(await push(ours)).toEqual({ kind: 'moved' });
    expect(await push(tip(two.mine, 'main~1'))).toEqual({ kind: 'moved' });
    expect(tip(two.server)).toBe(beside);
    expect(await push(ours, 'refs/heads/modelsmith/new')).toEqual({ kind: 'pushed' });
  });

  it('says no in its own words', async () => {
    const two = pair();
    box.write(
      join(two.server, 'hooks/pre-receive'),
      '#!/bin/sh\necho "not on a Friday" >&2\nexit 1\n',
      0o755,
    );
    const ours = commit(two.mine, 'ours');
    const repository = await two.open();
    const to = await two.upstream();
    expect(await repository.remotes.startedByPush(to)).toEqual([join(two.server, 'hooks/pre-receive')]);
    const result = await repository.remotes.push({ to, commit: ours, ref: 'refs/heads/main' });
    expect(result).toEqual({
      kind: 'refused',
      words: ['[remote rejected] (pre-receive hook declined)', 'not on a Friday'],
    });
  });

  it('that is gone is "cannot tell", and leaves nothing', async () => {
    const two = pair();
    const from = await two.upstream();
    const repository = await two.open();
    git(two.mine, 'remote', 'set-url', 'origin', 'https://127.0.0.1:9/evidence.git');
    const dead = await two.upstream();
    await expect(
      repository.remotes.fetch({ from: dead, refs: ['refs/heads/main'], have: [] }),
    ).rejects.toMatchObject({ code: 'UNREACHABLE', exitCode: 68 });
    const gone = { ...from, fetchFrom: join(box.root, 'nowhere.git') };
    await expect(
      repository.remotes.fetch({ from: gone, refs: ['refs/heads/main'], have: [] }),
    ).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(readdirSync(join(two.mine, '.git/objects')).filter((name) => name.startsWith('tmp'))).toEqual([]);
  });

  it('that says nothing is waited for no longer than was said, with all that git started', async () => {
    const two = pair();
    const held: Socket[] = [];
    const silent = createServer((socket) => void held.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    try {
      git(two.mine, 'remote', 'set-url', 'origin', `http://127.0.0.1:${port}/evidence.git`);
      const { remotes } = await two.open();
      const begun = Date.now();
      const order = { from: await two.upstream(), refs: ['refs/heads/main'], have: [], patience: 1500 };
      await expect(remotes.fetch(order)).rejects.toMatchObject({
        code: 'UNREACHABLE',
        facts: ['nothing came for 1.5 s'],
      });
      expect(Date.now() - begun).toBeLessThan(15_000);
      for (const socket of held) if (!socket.destroyed) await once(socket.resume(), 'close');
    } finally {
      silent.close();
    }
  });

  it('that says a word now and then is not waited for without end', async () => {
    const two = pair();
    const found = await discover(two.mine, box.env);
    const { stderr } = await withTransport({ found, ambient: box.env }, two.server, [], ({ run }) =>
      run(['-c', 'alias.drip=!while :; do echo x; sleep 0.05; done', 'drip'], { patience: 500 }),
    );
    expect(stderr).toBe('it was not done after 15 s');
  });

  it('that vanishes while it is read leaves no object behind', async () => {
    const two = pair();
    const fresh = commit(two.theirs, 'second');
    git(two.theirs, 'push', '-q', 'origin', 'main');
    const blob = git(two.theirs, 'rev-parse', `${fresh}:second`);
    git(two.server, 'gc', '-q');
    const [pack = ''] = readdirSync(join(two.server, 'objects/pack')).filter((name) =>
      name.endsWith('.pack'),
    );
    chmodSync(join(two.server, 'objects/pack', pack), 0o644);
    truncateSync(join(two.server, 'objects/pack', pack), 60);
    await expect(fetchMain(two)).rejects.toMatchObject({ name: 'CannotTell' });
    expect(box.tryGit(two.mine, ['cat-file', '-e', blob]).code).not.toBe(0);
  });

  it('is reached with the configuration of the user, also where that holds for some folders only', async () => {
    const two = pair();
    const fresh = commit(two.theirs, 'second');
    git(two.theirs, 'push', '-q', 'origin', 'main');
    git(two.mine, 'remote', 'set-url', 'origin', 'https://example.invalid/evidence.git');
    const rules = box.write(
      join(box.root, 'rules'),
      `[url "${two.server}"]\n\tinsteadOf = https://example.invalid/evidence.git\n`,
    );
    git(box.root, 'config', '--global', `includeIf.gitdir:${two.mine}/.path`, rules);
    try {
      expect((await fetchMain(two)).get('refs/heads/main')).toBe(fresh);
    } finally {
      git(box.root, 'config', '--global', '--unset', `includeIf.gitdir:${two.mine}/.path`);
    }
  });
});

describe('a clone whose own configuration works for an attacker', () => {
  const hostile = (two: Pair, sprung: string): void => {
    const trap = box.write(join(two.mine, 'trap'), `#!/bin/sh\ntouch ${sprung}\nexit 0\n`, 0o755);
    const set = (name: string, value = trap): string => git(two.mine, 'config', name, value);
    for (const name of [
      'core.sshCommand',
      'core.gitProxy',
      'core.fsmonitor',
      'core.askPass',
      'core.editor',
      'gpg.program',
    ])
      set(name);
    for (const name of ['uploadpack', 'receivepack']) set(`remote.origin.${name}`);
    set('remote.origin.vcs', 'trap');
    set('credential.helper', `!${trap}`);
    set('core.hooksPath', join(two.mine, '.git/hooks'));
    set('core.alternateRefsCommand');
    set('url.ext::sh -c touch% x.insteadOf', two.server);
    set('protocol.ext.allow', 'always');
    set('push.gpgSign', 'true');
    set('fetch.recurseSubmodules', 'true');
    set('include.path', box.write(join(two.mine, 'more'), `[core]\n\tsshCommand = ${trap}\n`));
    for (const hook of ['pre-push', 'reference-transaction', 'post-merge', 'post-checkout', 'pre-auto-gc'])
      box.write(join(two.mine, '.git/hooks', hook), `#!/bin/sh\ntouch ${sprung}\n`, 0o755);
  };

  it('starts nothing that it names', async () => {
    const two = pair();
    const fresh = commit(two.theirs, 'second');
    git(two.theirs, 'push', '-q', 'origin', 'main');
    const ours = commit(two.mine, 'ours');
    const sprung = join(box.root, `sprung-${made}`);
    hostile(two, sprung);
    expect((await fetchMain(two)).get('refs/heads/main')).toBe(fresh);
    const repository = await two.open();
    const to = await two.upstream();
    expect(await repository.remotes.push({ to, commit: ours, ref: 'refs/heads/mine' })).toEqual({
      kind: 'pushed',
    });
    await repository.advance('refs/remotes/origin/main', await repository.resolve('origin/main'), fresh);
    expect(existsSync(sprung)).toBe(false);
    // The trap does work: whoever runs git by hand here falls into it.
    box.tryGit(two.mine, ['fetch', 'origin']);
    box.tryGit(two.mine, ['push', 'origin', 'main:other']);
    expect(existsSync(sprung)).toBe(true);
  });

  it.each([
    ['ext::sh -c touch% /tmp/x', 'helper program', 'USAGE'],
    ['--upload-pack=touch x', 'taken for an option', 'USAGE'],
    ['http://example.org/evidence.git', 'anybody on the way', 'USAGE'],
    // A disk may be missing.
    ['/nowhere/at/all.git', 'not there', 'UNREACHABLE'],
  ])('is not followed to %s', async (address, why, code) => {
    const two = pair();
    git(two.mine, 'config', 'remote.origin.url', address);
    await expect(two.upstream()).rejects.toMatchObject({
      code,
      message: expect.stringContaining(why) as string,
    });
  });

  it('is not followed into the repository itself, where hooks would lie in what was cloned', async () => {
    const two = pair();
    git(two.mine, 'init', '-q', '--bare', 'inner.git');
    git(two.mine, 'config', 'remote.origin.url', './inner.git');
    await expect(two.upstream()).rejects.toMatchObject({
      message: expect.stringContaining('repository itself') as string,
    });
  });

  it('names what a push would start in a folder of this machine', async () => {
    const two = pair();
    const repository = await two.open();
    expect(await repository.remotes.startedByPush(await two.upstream())).toEqual([]);
    git(two.server, 'config', 'core.alternateRefsCommand', 'x');
    git(two.server, 'config', 'include.path', 'elsewhere');
    expect(await repository.remotes.startedByPush(await two.upstream())).toEqual([
      `core.alternaterefscommand in ${two.server}/config`,
      `include.path in ${two.server}/config`,
    ]);
  });

  it('names what would start wherever git could take the repository to be', async () => {
    const two = pair();
    const repository = await two.open();
    const to = await two.upstream();
    const decoy = join(two.server, '.git');
    git(two.server, 'init', '-q', '--bare', decoy);
    const hook = join(decoy, 'hooks/pre-receive');
    box.write(hook, '#!/bin/sh\nexit 1\n');
    chmodSync(hook, 0o755);
    expect(await repository.remotes.startedByPush(to)).toEqual([hook]);
    // It is this one that git takes, and not the folder itself.
    const result = await repository.remotes.push({ to, commit: commit(two.mine, 'x'), ref: 'refs/heads/x' });
    expect(result).toMatchObject({ kind: 'refused' });
    rmSync(decoy, { recursive: true });
    box.write(join(two.server, 'commondir'), '../elsewhere\n');
    expect(await repository.remotes.startedByPush(to)).toEqual([join(two.server, 'commondir')]);
    rmSync(join(two.server, 'commondir'));
    box.write(decoy, 'gitdir: ../elsewhere\n');
    expect(await repository.remotes.startedByPush(to)).toEqual([decoy]);
    rmSync(decoy);
    git(two.server, 'config', 'gc.recentObjectsHook', 'x');
    expect(await repository.remotes.startedByPush(to)).toEqual([
      `gc.recentobjectshook in ${two.server}/config`,
    ]);
    rmSync(join(two.server, 'HEAD'));
    expect(await repository.remotes.startedByPush(to)).toEqual([two.server]);
  });

  it('whose address is typed is pushed to there, and not where the clone would have it', async () => {
    const two = pair();
    git(two.mine, 'config', 'remote.origin.pushurl', two.theirs);
    const { remotes } = await two.open();
    expect(await remotes.upstream('refs/heads/main', two.server)).toMatchObject({
      ...{ typed: true, fetchFrom: two.server, pushTo: two.server },
    });
    for (const name of ['https://example.org/evidence.git', two.server])
      git(two.mine, 'config', `remote.${name}.url`, two.theirs);
    const address = 'https://example.org/evidence.git';
    expect(await remotes.upstream('refs/heads/main', address)).toMatchObject({ pushTo: address });
    expect(await remotes.upstream('refs/heads/main', two.server)).toMatchObject({ pushTo: two.server });
    expect(await remotes.names()).toEqual(['origin']);
    expect(await remotes.upstream('refs/heads/main', 'origin')).toMatchObject({
      ...{ typed: false, fetchFrom: two.server, pushTo: two.theirs },
    });
  });
});
