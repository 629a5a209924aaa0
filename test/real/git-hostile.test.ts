import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { initRepository } from '../../src/adapters/git/porcelain.ts';
import { hermeticEnvironment } from '../../src/adapters/git/process.ts';
import { openRepository } from '../../src/adapters/git/repository.ts';
import { sandbox, type Sandbox } from './support/sandbox.ts';

let box: Sandbox;
let canary: string;
beforeAll(() => {
  box = sandbox();
  canary = join(box.root, 'canary');
});
afterAll(() => box.dispose());

/** Lets a repository's own configuration, attributes and hooks run a program wherever git would. */
function poison(directory: string): void {
  const program = box.write(join(box.root, 'evil'), `#!/bin/sh\necho "$0 $*" >> ${canary}\ncat\n`, 0o755);
  const settings = [
    'gpg.program',
    'core.fsmonitor',
    'core.sshCommand',
    'core.pager',
    'core.editor',
    'core.askPass',
    'diff.external',
    'diff.evil.textconv',
    'diff.evil.command',
    'filter.evil.clean',
    'filter.evil.smudge',
    'filter.evil.process',
    'merge.evil.driver',
    'core.gitProxy',
    'credential.helper',
    'remote.origin.uploadpack',
  ];
  const lines = settings.map((key) =>
    box.git(directory, ['config', '--file', join(directory, '.git/included'), key, program]),
  );
  expect(lines).toHaveLength(settings.length);
  for (const verb of ['cat-file', 'rev-parse', 'update-ref', 'ls-tree', 'read-tree'])
    box.git(directory, ['config', `alias.${verb}`, `!${program}`]);
  box.git(directory, ['config', 'include.path', 'included']);
  box.git(directory, ['config', 'core.attributesFile', join(directory, '.git/info/attributes')]);
  box.git(directory, ['config', 'core.hooksPath', join(directory, '.git/hooks')]);
  box.write(join(directory, '.git/info/attributes'), '* filter=evil diff=evil merge=evil\n');
  for (const hook of [
    'reference-transaction',
    'post-index-change',
    'pre-commit',
    'post-checkout',
    'post-commit',
    'fsmonitor-watchman',
    'pre-auto-gc',
  ]) {
    box.write(join(directory, '.git/hooks', hook), `#!/bin/sh\necho ${hook} >> ${canary}\n`, 0o755);
  }
}

it('runs nothing that the repository configures', async () => {
  const directory = box.repository('hostile');
  box.write(join(directory, 'a.txt'), 'a\n');
  box.git(directory, ['add', '.']);
  box.git(directory, ['commit', '-q', '-m', 'one']);
  const first = box.git(directory, ['rev-parse', 'HEAD']);
  poison(directory);
  box.tryGit(directory, ['status']);
  expect(existsSync(canary), 'the trap works on git itself').toBe(true);
  rmSync(canary);

  const repository = await openRepository(directory, box.env);
  await repository.facts();
  expect(await repository.resolve('main')).toBe(first);
  const reader = repository.openObjects();
  expect(await reader.read(first)).toMatchObject({ type: 'commit' });
  await reader.close();
  const tree = await repository.stageTree(
    first,
    [
      { path: 'a.txt', bytes: Buffer.from('b\n') },
      { path: 'b.txt', bytes: Buffer.from('b\n') },
    ],
    [],
  );
  const who = 'T <t@example.org> 1704067200 +0000';
  const second = await repository.writeCommit(
    Buffer.from(`tree ${tree}\nparent ${first}\nauthor ${who}\ncommitter ${who}\n\nx\n`),
  );
  expect(await repository.dirty(['a.txt'])).toEqual([]);
  await repository.advance('refs/heads/main', first, second);
  expect(await repository.bringAlong(first, second, ['a.txt', 'b.txt'])).toEqual([]);
  expect(await repository.dirty(['a.txt', 'b.txt'])).toEqual([]);
  await initRepository(directory, 'sha1', box.env);
  expect(existsSync(canary)).toBe(false);
});

it('does not fetch what a partial clone lacks', async () => {
  const origin = box.repository('origin');
  box.write(join(origin, 'a.txt'), 'a\n');
  box.git(origin, ['add', '.']);
  box.git(origin, ['commit', '-q', '-m', 'one']);
  box.git(origin, ['config', 'uploadpack.allowFilter', 'true']);
  const blob = box.git(origin, ['rev-parse', 'HEAD:a.txt']);
  const clone = join(box.root, 'clone');
  box.git(box.root, ['clone', '-q', '--no-checkout', '--filter=blob:none', `file://${origin}`, clone]);
  poison(clone);
  rmSync(canary, { force: true });
  const reader = (await openRepository(clone, box.env)).openObjects();
  await expect(reader.read(blob)).rejects.toMatchObject({ name: 'CannotTell' });
  await reader.close().catch(() => undefined);
  expect(existsSync(canary)).toBe(false);
});

it('hands on what a pre-receive hook has in quarantine, and otherwise nothing of git', () => {
  const ambient = {
    PATH: '/bin',
    HOME: '/h',
    GIT_DIR: '.',
    GIT_OBJECT_DIRECTORY: 'q',
    GIT_INDEX_FILE: 'i',
    GIT_CONFIG_COUNT: '1',
    GIT_SSH_COMMAND: 'evil',
    GIT_TRACE: '/tmp/x',
    LD_PRELOAD: 'x',
  };
  const outside = hermeticEnvironment(ambient);
  const inside = hermeticEnvironment({ ...ambient, GIT_QUARANTINE_PATH: 'q' });
  expect(outside).toMatchObject({ PATH: '/bin', HOME: '/h', GIT_CONFIG_GLOBAL: '/dev/null' });
  expect(Object.keys(outside).filter((name) => name in ambient)).toEqual(['PATH', 'HOME']);
  expect(inside).toMatchObject({ GIT_DIR: '.', GIT_OBJECT_DIRECTORY: 'q', GIT_QUARANTINE_PATH: 'q' });
  expect(inside).not.toHaveProperty('GIT_INDEX_FILE');
});

it('reads pushed objects inside a real pre-receive hook', async () => {
  const bare = join(box.root, 'server.git');
  box.git(box.root, ['init', '-q', '--bare', bare]);
  const record = join(box.root, 'hook.env');
  box.write(
    join(bare, 'hooks/pre-receive'),
    `#!/bin/sh\nenv | grep ^GIT_ > ${record}\npwd >> ${record}\ncp -r . ${box.root}/held\nexit 1\n`,
    0o755,
  );
  const directory = box.repository('pusher');
  box.git(directory, ['commit', '-q', '--allow-empty', '-m', 'one']);
  const id = box.git(directory, ['rev-parse', 'HEAD']);
  expect(box.tryGit(directory, ['push', '-q', bare, 'main']).code).not.toBe(0);
  expect(existsSync(record)).toBe(true);
  // The hook's folder was copied while the push was in quarantine: the same variables, one folder further.
  const held = join(box.root, 'held');
  const quarantine = readdirSync(join(held, 'objects')).find((name) => name.startsWith('tmp_objdir')) ?? '';
  const env = {
    ...box.env,
    GIT_DIR: '.',
    GIT_QUARANTINE_PATH: join(held, 'objects', quarantine),
    GIT_OBJECT_DIRECTORY: join(held, 'objects', quarantine),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: join(held, 'objects'),
  };
  const inside = (await openRepository(held, env)).openObjects();
  expect(await inside.read(id)).toMatchObject({ type: 'commit' });
  await inside.close();
  const outside = (await openRepository(held, box.env)).openObjects();
  await expect(outside.read(id)).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
  await outside.close();
});
