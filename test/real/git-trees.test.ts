import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differingPaths } from '../../src/adapters/git/tree-difference.ts';
import { openRepository } from '../../src/adapters/git/repository.ts';
import type { GitRepository } from '../../src/ports/repository.ts';
import { Dice } from '../properties/dice.ts';
import { sandbox, type Sandbox } from './support/sandbox.ts';

let box: Sandbox;
let repository: GitRepository;
beforeAll(async () => {
  box = sandbox();
  box.git(box.root, ['init', '-q', 'r']);
  repository = await openRepository(`${box.root}/r`, box.env);
});
afterAll(() => box.dispose());

function git(args: readonly string[], env: NodeJS.ProcessEnv = {}, input?: string): string {
  const ended = spawnSync('git', args, { cwd: `${box.root}/r`, env: { ...box.env, ...env }, input });
  if (ended.status !== 0) throw new Error(`git ${args.join(' ')}: ${ended.stderr.toString()}`);
  return ended.stdout.toString().trimEnd();
}

/** Few names, among them such as sort otherwise as a folder, so that edits meet. */
const NAMES = ['a', 'a.b', 'a-b', 'a0', 'ä', 'b'];
const pathOf = (dice: Dice): string =>
  Array.from({ length: 1 + dice.below(3) }, () => dice.pick(NAMES)).join('/');

/** The same by git's own index. */
function byGit(base: string | null, removed: readonly string[], put: ReadonlyMap<string, string>): string {
  const env = { GIT_INDEX_FILE: `${box.root}/index-${Math.random()}`, GIT_LITERAL_PATHSPECS: '1' };
  git(['read-tree', ...(base === null ? ['--empty'] : [base])], env);
  for (const path of removed) git(['rm', '-r', '-q', '-f', '--cached', '--ignore-unmatch', '--', path], env);
  for (const [path, id] of put)
    git(['update-index', '--add', '--replace', '--cacheinfo', `100644,${id},${path}`], env);
  return git(['write-tree'], env);
}

describe('a staged tree', () => {
  test(
    'is the one git makes by its index, whatever is put and taken away',
    { timeout: 240_000 },
    async () => {
      const dice = new Dice(7);
      let base: string | null = null;
      for (let round = 0; round < 16; round += 1) {
        const removed = Array.from({ length: dice.below(3) }, () => pathOf(dice));
        const put = new Map<string, string>();
        for (let more = 1 + dice.below(4); more > 0; more -= 1) {
          const path = pathOf(dice);
          // One commit puts no file where it puts a folder.
          if (
            [...put.keys()].some(
              (other) => `${other}/`.startsWith(`${path}/`) || `${path}/`.startsWith(`${other}/`),
            )
          )
            continue;
          put.set(path, `${round} ${path}\n`);
        }
        const blobs = [...put].map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
        const staged: string = await repository.stageTree(base, blobs, removed);
        const ids = new Map(
          [...put].map(([path, text]) => [path, git(['hash-object', '-w', '--stdin'], {}, text)]),
        );
        expect(staged).toBe(byGit(base, removed, ids));
        if (base !== null) {
          const names = git([
            '-c',
            'core.quotePath=false',
            'diff-tree',
            '-r',
            '--name-only',
            '--no-renames',
            base,
            staged,
          ]);
          expect([...(await repository.changedPaths(base, staged))].sort()).toEqual(
            [...new Set(names === '' ? [] : names.split('\n'))].sort(),
          );
        }
        base = staged;
      }
      expect(git(['fsck', '--no-dangling', '--strict'])).toBe('');
    },
  );

  test('costs nothing for what it does not touch, however much that is', async () => {
    const blob = git(['hash-object', '-w', '--stdin'], {}, 'x');
    const list = (mode: string, type: string, id: string): string =>
      'abcdefghij'
        .split('')
        .map((name) => `${mode} ${type} ${id}\t${name}\n`)
        .join('');
    let bomb = git(['mktree'], {}, list('100644', 'blob', blob));
    for (let level = 0; level < 11; level += 1) bomb = git(['mktree'], {}, list('040000', 'tree', bomb));
    const top = git(['mktree'], {}, `040000 tree ${bomb}\tdata\n`);
    const staged = await repository.stageTree(top, [{ path: 'locks/x', bytes: Buffer.from('y') }], []);
    expect(git(['ls-tree', '--name-only', staged])).toBe('data\nlocks');
    expect(await repository.changedPaths(top, staged)).toEqual(['locks/x']);
    const without = await repository.stageTree(top, [], ['data/a/b']);
    await expect(repository.changedPaths(top, without)).rejects.toMatchObject({ code: 'BAD_DATA' });
    const gone = await repository.stageTree(top, [{ path: 'x', bytes: Buffer.from('y') }], ['data']);
    expect(git(['ls-tree', '--name-only', gone])).toBe('x');
  });

  test('of folders alone is bounded too', async () => {
    const empty = { '0': Buffer.alloc(0) };
    const entry = (name: string): Buffer =>
      Buffer.concat([Buffer.from(`40000 ${name}\0`), Buffer.from('1'.repeat(40), 'hex')]);
    const tree = Buffer.concat('ab'.split('').map(entry));
    const read = (id: string): Promise<Uint8Array> => Promise.resolve(id === '0' ? empty['0'] : tree);
    const asked = differingPaths(['0', '1'.repeat(40)], 'sha1', read, 1000);
    await expect(asked).rejects.toMatchObject({ code: 'BAD_DATA' });
  });
});
