import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openRepository } from '../../src/adapters/git/repository.ts';
import type { GitRepository } from '../../src/ports/repository.ts';
import { sandbox, type Sandbox } from './support/sandbox.ts';

let box: Sandbox;
let count = 0;
let directory: string;
let elsewhere: string;
beforeAll(() => {
  box = sandbox();
});
afterAll(() => box.dispose());

/** A repository with one file, and a folder of the user's that has nothing to do with it. */
beforeEach(() => {
  count += 1;
  directory = box.repository(`r${count}`);
  box.write(join(directory, 'sub/a.txt'), 'old\n');
  box.git(directory, ['add', '.']);
  box.git(directory, ['commit', '-q', '-m', 'one']);
  elsewhere = join(box.root, `elsewhere${count}`);
  box.write(join(elsewhere, 'sub/a.txt'), 'old\n');
});

const open = (where: string): Promise<GitRepository> => openRepository(where, box.env);
const workTree = async (where: string): Promise<string | null> =>
  (await (await open(where)).facts()).workTree;

/** Writes a commit with another content of the file and brings it along, as every writing command does. */
async function write(where: string): Promise<void> {
  const repository = await open(where);
  const from = box.git(where, ['rev-parse', 'HEAD']);
  const tree = await repository.stageTree(from, [{ path: 'sub/a.txt', bytes: Buffer.from('new\n') }], []);
  const to = box.git(where, ['commit-tree', tree, '-p', from, '-m', 'two']);
  await repository.advance((await repository.currentBranch()) ?? '', from, to);
  expect(await repository.bringAlong(from, to, ['sub/a.txt'])).toEqual([]);
}

describe('the checked-out files lie beside .git', () => {
  it.each(['.', 'sub'])('seen from %s', async (from) => {
    expect(await workTree(join(directory, from))).toBe(directory);
  });

  it('behind a link', async () => {
    const link = join(box.root, `link${count}`);
    symlinkSync(join(directory, 'sub'), link);
    expect(await workTree(link)).toBe(realpathSync(directory));
  });

  it('in a linked work tree', async () => {
    const linked = join(box.root, `linked${count}`);
    box.git(directory, ['worktree', 'add', '-q', '-b', 'other', linked]);
    expect(await workTree(join(linked, 'sub'))).toBe(linked);
    await write(linked);
    expect(readFileSync(join(linked, 'sub/a.txt'), 'utf8')).toBe('new\n');
    expect(readFileSync(join(directory, 'sub/a.txt'), 'utf8')).toBe('old\n');
  });

  it('in a submodule, whose configuration names its folder', async () => {
    const outer = box.repository(`outer${count}`);
    box.git(outer, ['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', directory, 'in/here']);
    expect(box.git(join(outer, 'in/here'), ['config', 'core.worktree'])).toContain('../');
    expect(await workTree(join(outer, 'in/here/sub'))).toBe(join(outer, 'in/here'));
    expect(await workTree(outer)).toBe(outer);
  });

  it('where the repository itself is kept elsewhere', async () => {
    const apart = join(box.root, `apart${count}`);
    box.git(box.root, ['init', '-q', `--separate-git-dir=${apart}.git`, apart]);
    expect(await workTree(apart)).toBe(apart);
  });

  it('and nowhere in a bare repository, or inside .git', async () => {
    const bare = join(box.root, `bare${count}.git`);
    box.git(box.root, ['clone', '-q', '--bare', directory, bare]);
    expect(await workTree(bare)).toBe(null);
    expect(await workTree(join(directory, '.git'))).toBe(null);
    expect(await workTree(join(directory, '.git/refs'))).toBe(null);
  });
});

describe('a configuration that says otherwise', () => {
  const refused = { code: 'BAD_DATA', message: expect.stringContaining('another folder') as string };

  it.each([
    ['by itself', (config: string) => box.git(directory, ['config', 'core.worktree', config])],
    [
      'in a file it includes',
      (config: string) => {
        box.git(directory, ['config', '--file', join(directory, '.git/more'), 'core.worktree', config]);
        box.git(directory, ['config', 'include.path', 'more']);
      },
    ],
    [
      'for this work tree alone',
      (config: string) => {
        box.git(directory, ['config', 'extensions.worktreeConfig', 'true']);
        box.git(directory, ['config', '--worktree', 'core.worktree', config]);
      },
    ],
  ])('is refused, %s', async (_how, configure) => {
    configure(elsewhere);
    await expect(open(directory)).rejects.toMatchObject(refused);
    await expect(open(join(directory, 'sub'))).rejects.toMatchObject(refused);
    expect(readFileSync(join(elsewhere, 'sub/a.txt'), 'utf8')).toBe('old\n');
  });

  it.each(['../..', '.', '/'])('is refused where it says %s', async (path) => {
    box.git(directory, ['config', 'core.worktree', path]);
    await expect(open(directory)).rejects.toMatchObject({ code: 'BAD_DATA' });
  });

  it('is refused by git itself where there is no such folder', async () => {
    box.git(directory, ['config', 'core.worktree', 'nowhere']);
    await expect(open(directory)).rejects.toMatchObject({ name: 'CannotTell' });
  });

  it.each(['..', '../../r'])('is fine where it names the same folder: %s', async (path) => {
    box.git(directory, ['config', 'core.worktree', path === '..' ? path : `${path}${count}`]);
    expect(await workTree(directory)).toBe(directory);
    await write(directory);
    expect(readFileSync(join(directory, 'sub/a.txt'), 'utf8')).toBe('new\n');
  });

  it('is refused in a linked work tree too', async () => {
    const linked = join(box.root, `linked${count}`);
    box.git(directory, ['worktree', 'add', '-q', '-b', 'other', linked]);
    box.git(linked, ['config', 'extensions.worktreeConfig', 'true']);
    box.git(linked, ['config', '--worktree', 'core.worktree', elsewhere]);
    await expect(open(linked)).rejects.toMatchObject(refused);
    expect(await workTree(directory)).toBe(directory);
  });

  it('writes no file where it calls the repository bare', async () => {
    box.git(directory, ['config', 'core.bare', 'true']);
    expect(await workTree(directory)).toBe(null);
    await write(directory);
    expect(readFileSync(join(directory, 'sub/a.txt'), 'utf8')).toBe('old\n');
  });
});

it('a repository that borrows the branches of another is refused', async () => {
  const victim = box.repository(`victim${count}`);
  box.write(join(directory, '.git/commondir'), `${join(victim, '.git')}\n`);
  await expect(open(directory)).rejects.toMatchObject({
    code: 'BAD_DATA',
    message: expect.stringContaining('another one') as string,
  });
});

it('never writes where other settings point', async () => {
  const settings = [
    ['core.excludesFile', elsewhere],
    ['core.attributesFile', join(elsewhere, 'attributes')],
    ['core.hooksPath', elsewhere],
    ['core.gitProxy', join(elsewhere, 'proxy')],
    ['core.sshCommand', join(elsewhere, 'ssh')],
    ['core.alternateRefsCommand', join(elsewhere, 'refs')],
    ['uploadpack.packObjectsHook', join(elsewhere, 'pack')],
    ['credential.helper', join(elsewhere, 'helper')],
    [`url.${elsewhere}/.insteadOf`, 'https://'],
    ['init.templateDir', elsewhere],
    ['core.splitIndex', 'true'],
    ['core.sparseCheckout', 'true'],
    ['core.ignoreCase', 'true'],
    ['core.symlinks', 'false'],
    ['core.autocrlf', 'true'],
    ['core.safecrlf', 'true'],
  ] as const;
  for (const [name, value] of settings) box.git(directory, ['config', name, value]);
  mkdirSync(join(directory, '.git/info'), { recursive: true });
  box.write(join(directory, '.git/info/sparse-checkout'), '/nothing\n');
  const before = readdirSync(elsewhere, { recursive: true });
  await write(directory);
  expect(readFileSync(join(directory, 'sub/a.txt'), 'utf8')).toBe('new\n');
  expect(readdirSync(elsewhere, { recursive: true })).toEqual(before);
  expect(existsSync(join(directory, '.git/index'))).toBe(true);
});
