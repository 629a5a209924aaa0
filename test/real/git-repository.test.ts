import { chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initRepository, userGit } from '../../src/adapters/git/porcelain.ts';
import { openRepository } from '../../src/adapters/git/repository.ts';
import type { GitRepository } from '../../src/ports/repository.ts';
import { sandbox, START, type Sandbox } from './support/sandbox.ts';

let box: Sandbox;
beforeAll(() => {
  box = sandbox();
});
afterAll(() => box.dispose());

const WHO = `Test Person <test@example.org> ${START} +0000`;

/** Stages, commits and moves main in one go. */
async function commit(
  repository: GitRepository,
  parent: string | null,
  files: Record<string, string>,
  remove: string[] = [],
): Promise<string> {
  const put = Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  const tree = await repository.stageTree(parent, put, remove);
  const parents = parent === null ? '' : `parent ${parent}\n`;
  const id = await repository.writeCommit(
    Buffer.from(`tree ${tree}\n${parents}author ${WHO}\ncommitter ${WHO}\n\nstep\n`),
  );
  await repository.advance('refs/heads/main', parent, id);
  return id;
}

describe('finding a repository', () => {
  it('searches upwards, and takes bare ones and linked work trees', async () => {
    const directory = box.repository('found');
    mkdirSync(join(directory, 'a/b'), { recursive: true });
    expect(await (await openRepository(join(directory, 'a/b'), box.env)).facts()).toEqual({
      gitDir: join(directory, '.git'),
      commonDir: join(directory, '.git'),
      workTree: directory,
      objectFormat: 'sha1',
      shallow: false,
      partial: false,
      replacements: [],
      grafts: false,
    });
    box.git(box.root, ['init', '-q', '--bare', 'bare.git']);
    const bare = await openRepository(join(box.root, 'bare.git'), box.env);
    expect(await bare.facts()).toMatchObject({ gitDir: join(box.root, 'bare.git'), workTree: null });
    box.git(directory, ['commit', '-q', '--allow-empty', '-m', 'x']);
    box.git(directory, ['worktree', 'add', '-q', '-b', 'side', join(box.root, 'linked')]);
    const linked = await openRepository(join(box.root, 'linked'), box.env);
    expect(await linked.facts()).toMatchObject({
      commonDir: join(directory, '.git'),
      workTree: join(box.root, 'linked'),
      shallow: false,
    });
    expect(await linked.currentBranch()).toBe('refs/heads/side');
  });

  it('cannot tell where there is none, or no such directory, or no git', async () => {
    await expect(openRepository(box.root, box.env)).rejects.toMatchObject({ code: 'NO_REPOSITORY' });
    await expect(openRepository(join(box.root, 'nowhere'), box.env)).rejects.toMatchObject({
      code: 'NO_REPOSITORY',
    });
    await expect(
      openRepository(box.repository('toolless'), { ...box.env, PATH: box.home }),
    ).rejects.toMatchObject({ code: 'TOOL_MISSING' });
  });

  it('cannot tell with a git that is too old', async () => {
    box.write(join(box.root, 'old/git'), '#!/bin/sh\necho git version 2.30.2\n', 0o755);
    const env = { ...box.env, PATH: `${join(box.root, 'old')}:${box.env['PATH'] ?? ''}` };
    await expect(openRepository(box.repository('aged'), env)).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      message: expect.stringContaining('2.30.2') as string,
    });
  });

  it.skipIf(process.getuid?.() !== 0)(
    "is refused for another user's repository until the user trusts it",
    async () => {
      const directory = box.repository('foreign');
      for (const path of [directory, join(directory, '.git')]) chownSync(path, 65_534, 65_534);
      await expect(openRepository(directory, box.env)).rejects.toMatchObject({
        code: 'NOT_PERMITTED',
        remedy: expect.stringContaining('safe.directory') as string,
      });
      box.git(box.root, ['config', '--global', '--add', 'safe.directory', directory]);
      const opened = await openRepository(directory, box.env);
      expect(await opened.resolve('HEAD')).toBeNull();
      box.git(box.root, ['config', '--global', '--unset-all', 'safe.directory']);
    },
  );

  it('tells a shallow and a partial clone', async () => {
    const directory = box.repository('origin');
    for (const message of ['one', 'two'])
      box.git(directory, ['commit', '-q', '--allow-empty', '-m', message]);
    box.git(directory, ['config', 'uploadpack.allowFilter', 'true']);
    box.git(box.root, ['clone', '-q', '--depth=1', `file://${directory}`, 'shallow']);
    box.git(box.root, ['clone', '-q', '--filter=blob:none', `file://${directory}`, 'partial']);
    box.git(box.root, ['clone', '-q', directory, 'whole']);
    const facts = async (name: string): Promise<[boolean, boolean]> => {
      const { shallow, partial } = await (await openRepository(join(box.root, name), box.env)).facts();
      return [shallow, partial];
    };
    expect(await facts('shallow')).toEqual([true, false]);
    expect(await facts('partial')).toEqual([false, true]);
    expect(await facts('whole')).toEqual([false, false]);
  });
});

describe('names of commits', () => {
  it('are full ids and refs, never short ids or expressions', async () => {
    const directory = box.repository('names');
    box.git(directory, ['commit', '-q', '--allow-empty', '-m', 'one']);
    box.git(directory, ['commit', '-q', '--allow-empty', '-m', 'two']);
    box.git(directory, ['tag', '-a', '-m', 'a tag', 'v1']);
    const id = box.git(directory, ['rev-parse', 'HEAD']);
    const tag = box.git(directory, ['rev-parse', 'v1']);
    const tree = box.git(directory, ['rev-parse', 'HEAD^{tree}']);
    const repository = await openRepository(directory, box.env);
    for (const name of [id, 'HEAD', 'main', 'refs/heads/main', 'v1', 'refs/tags/v1'])
      expect(await repository.resolve(name), name).toBe(id);
    const others = [
      id.slice(0, 12),
      'HEAD~1',
      'main^',
      '@',
      'main@{0}',
      ':/one',
      '--all',
      'nobody',
      '',
      tag,
      tree,
      '1'.repeat(40),
      'refs/heads/../heads/main',
    ];
    for (const name of others) expect(await repository.resolve(name), name).toBeNull();
  });

  it('have a full name where they are refs, also through symbolic ones', async () => {
    const directory = box.repository('full-names');
    box.git(directory, ['commit', '-q', '--allow-empty', '-m', 'one']);
    box.git(directory, ['tag', 'v1']);
    const id = box.git(directory, ['rev-parse', 'HEAD']);
    for (const name of ['origin/main', 'origin/feature/x', 'elsewhere/main'])
      box.git(directory, ['update-ref', `refs/remotes/${name}`, id]);
    box.git(directory, ['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main']);
    box.git(directory, ['symbolic-ref', 'refs/heads/also', 'refs/heads/main']);
    const repository = await openRepository(directory, box.env);
    const names: readonly (readonly [name: string, full: string | null])[] = [
      ['HEAD', 'refs/heads/main'],
      ['main', 'refs/heads/main'],
      ['also', 'refs/heads/main'],
      ['v1', 'refs/tags/v1'],
      ['origin/main', 'refs/remotes/origin/main'],
      ['origin/HEAD', 'refs/remotes/origin/main'],
      ['refs/remotes/origin/HEAD', 'refs/remotes/origin/main'],
      [id, null],
      ['nobody', null],
      ['HEAD~0', null],
    ];
    for (const [name, full] of names) expect(await repository.fullName(name), name).toBe(full);
    expect(await repository.remoteBranches()).toEqual(
      ['elsewhere/main', 'origin/feature/x', 'origin/main'].map((name) => ({
        ref: `refs/remotes/${name}`,
        commit: id,
      })),
    );
    box.git(directory, ['checkout', '-q', '--detach']);
    expect(await repository.fullName('HEAD')).toBeNull();
  });

  it('say which branch is checked out', async () => {
    const directory = box.repository('branch');
    const repository = await openRepository(directory, box.env);
    expect(await repository.currentBranch()).toBe('refs/heads/main');
    box.git(directory, ['commit', '-q', '--allow-empty', '-m', 'one']);
    box.git(directory, ['checkout', '-q', '--detach']);
    expect(await repository.currentBranch()).toBeNull();
  });
});

describe('a survey', () => {
  /** The same in one question and in several. */
  async function compare(directory: string, names: readonly string[]): Promise<void> {
    const [repository, plain] = [
      await openRepository(directory, box.env),
      await openRepository(directory, box.env),
    ];
    const objects = repository.openObjects();
    const prefix = 'refs/modelsmith/';
    const same = { facts: await plain.facts(), under: await plain.refsUnder(prefix) };
    try {
      for (const revision of ['HEAD', ...names])
        expect(await repository.survey(objects, { revision, prefix }), revision).toEqual({
          ...same,
          ref: await plain.fullName(revision),
          commit: await plain.resolve(revision),
        });
    } finally {
      await objects.close();
    }
  }

  it('says what facts, names and refs say one by one, also where a ref lacks its object', async () => {
    const directory = box.repository('survey');
    await compare(directory, []);
    box.git(directory, ['commit', '-q', '--allow-empty', '-m', 'one']);
    const id = box.git(directory, ['rev-parse', 'HEAD']);
    const tree = box.git(directory, ['rev-parse', 'HEAD^{tree}']);
    box.git(directory, ['tag', '-a', '-m', 'a tag', 'v1']);
    const tag = box.git(directory, ['rev-parse', 'v1']);
    for (const [ref, to] of [
      ['refs/remotes/origin/main', id],
      ['refs/modelsmith/b', id],
      ['refs/modelsmith/a', tag],
      ['refs/modelsmith/tree', tree],
      ['refs/tags/tree', tree],
      // What `rev-parse` would take HEAD for where it stands for nothing.
      ['refs/heads/HEAD', id],
      [`refs/replace/${'2'.repeat(40)}`, tag],
    ] as const)
      box.git(directory, ['update-ref', ref, to]);
    box.git(directory, ['symbolic-ref', 'refs/heads/also', 'refs/heads/main']);
    await compare(directory, [
      id,
      tag,
      tree,
      '1'.repeat(40),
      'main',
      'v1',
      'origin/main',
      'nobody',
      '',
      'tree',
    ]);
    const opened = await openRepository(directory, box.env);
    const objects = opened.openObjects();
    expect(await opened.survey(objects, { revision: 'also', prefix: 'refs/modelsmith/' })).toEqual({
      facts: { ...(await opened.facts()), replacements: [`refs/replace/${'2'.repeat(40)}`] },
      ref: 'refs/heads/main',
      commit: id,
      under: ['a', 'b'].map((name) => ({ ref: `refs/modelsmith/${name}`, commit: id })),
    });
    await objects.close();
    for (const name of ['heads/gone', 'modelsmith/gone'])
      box.write(join(directory, '.git/refs', name), `${'1'.repeat(40)}\n`);
    await compare(directory, ['also', 'gone']);
    box.git(directory, ['checkout', '-q', '--detach']);
    await compare(directory, []);
    box.git(directory, ['symbolic-ref', 'HEAD', 'refs/heads/unborn']);
    await compare(directory, []);
    expect(await (await openRepository(directory, box.env)).resolve('HEAD')).toBeNull();
  });
});

describe.each(['sha1', 'sha256'] as const)('writing to a %s repository', (format) => {
  it('puts and removes exactly the given bytes, beside index and work tree', async () => {
    const directory = box.repository(`written-${format}`, format);
    box.write(join(directory, '.gitattributes'), '* text eol=crlf filter=rot\n');
    const repository = await openRepository(directory, box.env);
    const bytes = 'one\r\ntwo\n\0three';
    const first = await commit(repository, null, { 'a/b.txt': bytes, 'a/c.txt': 'c', 'd.txt': 'd' });
    const second = await commit(repository, first, { 'd.txt/e.txt': 'a file became a folder' }, ['a/c.txt']);
    expect(box.git(directory, ['cat-file', 'blob', `${first}:a/b.txt`])).toBe(bytes);
    expect(box.git(directory, ['ls-tree', '-r', '--name-only', second]).split('\n')).toEqual([
      'a/b.txt',
      'd.txt/e.txt',
    ]);
    expect(box.git(directory, ['ls-files'])).toBe('');
    expect(existsSync(join(directory, 'a'))).toBe(false);
    expect(box.tryGit(directory, ['fsck', '--strict']).code).toBe(0);
    expect(await repository.stageTree(null, [], [])).toBe(box.git(directory, ['mktree'], ''));
  });

  it('moves a branch only from where it was thought to be', async () => {
    const directory = box.repository(`race-${format}`, format);
    const repository = await openRepository(directory, box.env);
    const first = await commit(repository, null, { a: '1' });
    const second = await commit(repository, first, { a: '2' });
    for (const expected of [null, first]) {
      await expect(repository.advance('refs/heads/main', expected, first)).rejects.toMatchObject({
        code: 'RACE_LOST',
      });
    }
    await expect(repository.advance('refs/heads/new', first, second)).rejects.toMatchObject({
      code: 'RACE_LOST',
    });
    box.write(join(directory, '.git/refs/heads/main.lock'), '');
    await expect(repository.advance('refs/heads/main', second, first)).rejects.toMatchObject({
      code: 'RACE_LOST',
    });
    expect(await repository.resolve('main')).toBe(second);
  });

  it('refuses what git would not call a commit', async () => {
    const repository = await openRepository(box.repository(`odd-${format}`, format), box.env);
    await expect(repository.writeCommit(Buffer.from('tree nonsense\n'))).rejects.toMatchObject({
      code: 'IO_FAILED',
    });
  });
});

it('writes a thousand files in one go', async () => {
  const repository = await openRepository(box.repository('many'), box.env);
  const files = Array.from({ length: 1000 }, (_, index) => ({
    path: `logs/${index}.json`,
    bytes: Buffer.from(`${index}\n`),
  }));
  const start = performance.now();
  const tree = await repository.stageTree(null, files, []);
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(box.git(join(box.root, 'many'), ['ls-tree', '-r', '--name-only', tree]).split('\n')).toHaveLength(
    1000,
  );
});

describe('making a repository', () => {
  it.each(['sha1', 'sha256'] as const)(
    'starts %s on main, without hooks, whatever the user has as template',
    async (format) => {
      const template = join(box.root, 'template');
      box.write(join(template, 'hooks/pre-commit'), '#!/bin/sh\n', 0o755);
      box.git(box.root, ['config', '--global', 'init.templateDir', template]);
      const directory = join(box.root, `made/${format}`);
      await initRepository(directory, format, box.env);
      box.git(box.root, ['config', '--global', '--unset', 'init.templateDir']);
      const repository = await openRepository(directory, box.env);
      expect(await repository.currentBranch()).toBe('refs/heads/main');
      expect(await repository.facts()).toMatchObject({ objectFormat: format, workTree: directory });
      expect(existsSync(join(directory, '.git/hooks/pre-commit'))).toBe(false);
    },
  );

  it('cannot where a file is in the way', async () => {
    const file = box.write(join(box.root, 'in-the-way'), 'x');
    await expect(initRepository(file, 'sha1', box.env)).rejects.toMatchObject({ code: 'CANNOT_CREATE' });
  });
});

describe("the user's own settings", () => {
  it('come from his global configuration and its includes, never from the repository', async () => {
    const directory = box.repository('settings');
    box.git(directory, ['config', 'user.signingkey', 'LOCAL']);
    box.git(directory, ['config', 'gpg.program', '/bin/false']);
    const before = await userGit(directory, box.env).signing();
    expect(before).toEqual({
      name: 'Test Person',
      email: 'test@example.org',
      signingKey: null,
      program: 'gpg',
      format: 'openpgp',
    });
    box.write(join(box.home, 'more'), '[user]\n\tsigningKey = GLOBAL\n[gpg]\n\tprogram = gpg2\n');
    box.git(directory, ['config', '--global', 'include.path', join(box.home, 'more')]);
    expect(await userGit(directory, box.env).signing()).toMatchObject({
      signingKey: 'GLOBAL',
      program: 'gpg2',
    });
    const homeless = { ...box.env, HOME: join(box.root, 'empty-home') };
    expect(await userGit(directory, homeless).signing()).toMatchObject({ name: null, program: 'gpg' });
    expect(readFileSync(join(directory, '.git/config'), 'utf8')).toContain('LOCAL');
  });
});
