import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openRepository } from '../../src/adapters/git/repository.ts';
import type { GitRepository } from '../../src/ports/repository.ts';
import { sandbox, type Sandbox } from './support/sandbox.ts';

let box: Sandbox;
let directory: string;
let repository: GitRepository;
let from: string;
let to: string;
let count = 0;
const PATHS = ['log/new.json', 'record.json', 'gone/old.json'];

beforeAll(() => {
  box = sandbox();
});
afterAll(() => box.dispose());

/** A clean checkout of `from`; the branch has just moved on to `to`: one file new, one changed, one gone. */
beforeEach(async () => {
  directory = box.repository(`r${count++}`);
  box.write(join(directory, 'record.json'), 'old\n');
  box.write(join(directory, 'gone/old.json'), 'old\n');
  box.write(join(directory, 'mine.txt'), 'mine\n');
  box.git(directory, ['add', '.']);
  box.git(directory, ['commit', '-q', '-m', 'from']);
  from = box.git(directory, ['rev-parse', 'HEAD']);
  repository = await openRepository(directory, box.env);
  const put = ['log/new.json', 'record.json'].map((path) => ({ path, bytes: Buffer.from('new\r\n') }));
  const tree = await repository.stageTree(from, put, ['gone/old.json']);
  to = box.git(directory, ['commit-tree', tree, '-p', from, '-m', 'to']);
  await repository.advance('refs/heads/main', from, to);
});

const text = (path: string): string => readFileSync(join(directory, path), 'utf8');
const status = (): string => box.git(directory, ['status', '--porcelain']);
const bringAlong = (paths = PATHS): Promise<readonly string[]> => repository.bringAlong(from, to, paths);

describe('bringing the checkout along', () => {
  it('leaves a clean checkout clean', async () => {
    expect(await bringAlong()).toEqual([]);
    expect(status()).toBe('');
    expect([text('record.json'), text('log/new.json')]).toEqual(['new\r\n', 'new\r\n']);
    expect(existsSync(join(directory, 'gone'))).toBe(false);
    expect(await repository.dirty([...PATHS, 'mine.txt'])).toEqual([]);
    expect(await bringAlong()).toEqual([]);
  });

  it('touches no other path', async () => {
    box.write(join(directory, 'mine.txt'), 'edited\n');
    expect(await bringAlong(['record.json', 'mine.txt'])).toEqual([]);
    expect([text('mine.txt'), text('record.json'), text('gone/old.json')]).toEqual([
      'edited\n',
      'new\r\n',
      'old\n',
    ]);
    expect(existsSync(join(directory, 'log'))).toBe(false);
  });

  it('keeps what the user edited, put there, or staged', async () => {
    box.write(join(directory, 'record.json'), 'edited\n');
    box.write(join(directory, 'log/new.json'), 'untracked\n');
    box.write(join(directory, 'gone/old.json'), 'staged\n');
    box.git(directory, ['add', 'gone/old.json']);
    box.write(join(directory, 'gone/old.json'), 'old\n');
    expect(await bringAlong()).toEqual(['gone/old.json', 'log/new.json', 'record.json']);
    expect(PATHS.map(text)).toEqual(['untracked\n', 'edited\n', 'old\n']);
    expect(box.git(directory, ['cat-file', 'blob', ':gone/old.json'])).toBe('staged');
    box.git(directory, ['commit', '-q', '-m', 'of the user']);
    expect(box.git(directory, ['cat-file', 'blob', 'HEAD:record.json'])).toBe('new\r'); // not reverted unawares
  });

  it('keeps what the user deleted deleted', async () => {
    rmSync(join(directory, 'record.json'));
    expect(await bringAlong()).toEqual(['record.json']);
    expect(existsSync(join(directory, 'record.json'))).toBe(false);
  });

  it('completes what a crash left half done', async () => {
    box.write(join(directory, 'record.json'), 'new\r\n');
    expect(await bringAlong()).toEqual([]);
    expect(status()).toBe('');
    box.git(directory, [
      'update-index',
      '--cacheinfo',
      `100644,${box.git(directory, ['rev-parse', `${from}:record.json`])},record.json`,
    ]);
    expect(await bringAlong()).toEqual([]);
    expect(status()).toBe('');
  });

  it('never writes or removes through a symlinked folder, nor over a symlink', async () => {
    const outside = join(box.root, `outside${count}`);
    box.write(join(outside, 'old.json'), 'old\n');
    rmSync(join(directory, 'gone'), { recursive: true });
    rmSync(join(directory, 'record.json'));
    symlinkSync(outside, join(directory, 'gone'));
    symlinkSync(outside, join(directory, 'log'));
    symlinkSync(join(outside, 'old.json'), join(directory, 'record.json'));
    expect(await bringAlong()).toEqual(['gone/old.json', 'log/new.json', 'record.json']);
    expect(readFileSync(join(outside, 'old.json'), 'utf8')).toBe('old\n');
    expect(existsSync(join(outside, 'new.json'))).toBe(false);
    expect(lstatSync(join(directory, 'record.json')).isSymbolicLink()).toBe(true);
  });

  it.skipIf(process.getuid?.() === 0)(
    'says that the branch has moved where nothing may be written',
    async () => {
      chmodSync(directory, 0o500);
      try {
        await expect(bringAlong()).rejects.toMatchObject({ code: 'IO_FAILED' });
      } finally {
        chmodSync(directory, 0o700);
      }
    },
  );

  it('leaves a folder alone that is in the way of a file', async () => {
    mkdirSync(join(directory, 'log/new.json'), { recursive: true });
    expect(await bringAlong()).toEqual(['log/new.json']);
    expect(lstatSync(join(directory, 'log/new.json')).isDirectory()).toBe(true);
  });
});

it('lists as dirty what differs from HEAD in index or work tree', async () => {
  await bringAlong();
  expect(await repository.dirty(['mine.txt', 'record.json', 'nothing.txt'])).toEqual([]);
  box.write(join(directory, 'mine.txt'), 'edited\n');
  expect(await repository.dirty(['mine.txt', 'record.json'])).toEqual(['mine.txt']);
  box.git(directory, ['add', 'mine.txt']);
  box.write(join(directory, 'mine.txt'), 'mine\n');
  box.write(join(directory, 'nothing.txt'), 'untracked\n');
  expect(await repository.dirty(['mine.txt', 'record.json', 'nothing.txt'])).toEqual([
    'mine.txt',
    'nothing.txt',
  ]);
});

it('does nothing in a bare repository', async () => {
  box.git(box.root, ['clone', '-q', '--bare', directory, `bare${count}.git`]);
  const bare = await openRepository(join(box.root, `bare${count}.git`), box.env);
  expect(await bare.bringAlong(from, to, PATHS)).toEqual([]);
  expect(await bare.dirty(PATHS)).toEqual([]);
});
