import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelsmith, succeed, type Where } from './support/command.ts';
import { playDemo, type Demo } from './support/demo.ts';

let demo: Demo;
let server: string;
let home: Where;
beforeAll(() => {
  demo = playDemo();
  home = { env: demo.box.env, cwd: demo.box.root };
  server = bare('server', demo.commit('Submit '));
});
afterAll(() => demo.box.dispose());

const git = (cwd: string, ...args: string[]): string => demo.box.git(cwd, args);
const at = (name: string): string => join(demo.box.root, name);

/** A bare repository whose main branch is the story up to a commit, with the hook in it. */
function bare(name: string, tip: string): string {
  const folder = at(name);
  git(demo.box.root, 'clone', '-q', '--bare', demo.evidence, folder);
  git(folder, 'update-ref', 'refs/heads/main', tip);
  succeed(home, ['hook', 'install', '-C', folder, '--root', demo.root]);
  return folder;
}

function clone(name: string): string {
  git(demo.box.root, 'clone', '-q', server, at(name));
  return at(name);
}

const tipOf = (folder: string, ref = 'refs/heads/main'): string => git(folder, 'rev-parse', ref);

describe('a bare repository with the pre-receive hook', () => {
  it('takes what is valid from one clone and refuses what is not from another', () => {
    const [one, two] = [clone('one'), clone('two')];
    const good = demo.commit('Approve claims-triage@1.0.0 at operator');
    git(one, 'fetch', '-q', demo.evidence, 'main');
    git(one, 'reset', '-q', '--hard', good);
    const taken = demo.box.tryGit(one, ['push', 'origin', 'main']);
    expect(taken.stderr).toContain('remote: verified: no findings');
    expect(taken.code).toBe(0);
    expect(tipOf(server)).toBe(good);

    git(two, 'pull', '-q');
    const [record = ''] = git(two, 'ls-files', 'promotions').split('\n');
    writeFileSync(join(two, record), 'changed: by hand\n');
    git(two, 'commit', '-q', '-am', 'Change a record by hand');
    const refused = demo.box.tryGit(two, ['push', 'origin', 'main']);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/remote: not verified: \d+ finding/);
    expect(refused.stderr).toContain('UNSIGNED');
    expect(refused.stderr).toContain('refs/heads/main is not moved (exit 3)');
    expect(tipOf(server)).toBe(good);
  });

  it('refuses to lose what is there: deleting, rewinding, another history', () => {
    const three = clone('three');
    const before = tipOf(server);
    git(server, 'config', 'receive.denyDeleteCurrent', 'ignore');
    expect(demo.box.tryGit(three, ['push', 'origin', ':main']).stderr).toContain('must not be deleted');
    const rewound = demo.box.tryGit(three, ['push', '-f', 'origin', `${demo.commit('Lock ')}:main`]);
    expect(rewound.stderr).toContain('NOT_DESCENDED');
    git(three, 'checkout', '-q', '--orphan', 'other');
    git(three, 'rm', '-rfq', '.');
    git(three, 'commit', '-q', '--allow-empty', '-m', 'Begin anew');
    const other = demo.box.tryGit(three, ['push', '-f', 'origin', 'other:main']);
    expect(other.stderr).toContain('OUTSIDE_ROOT');
    for (const { code } of [rewound, other]) expect(code).not.toBe(0);
    expect(tipOf(server)).toBe(before);
  });

  it('leaves other branches alone', () => {
    const four = clone('four');
    git(four, 'commit', '-q', '--allow-empty', '-m', 'Something else');
    const pushed = demo.box.tryGit(four, ['push', 'origin', 'HEAD:refs/heads/notes']);
    expect(pushed.stderr).not.toContain('verified');
    expect(tipOf(server, 'refs/heads/notes')).toBe(tipOf(four, 'HEAD'));
  });

  it('refuses every push where the command is gone', () => {
    const folder = bare('broken', demo.commit('Lock '));
    const hook = join(folder, 'hooks/pre-receive');
    writeFileSync(hook, readFileSync(hook, 'utf8').replace(/^node=.*$/m, "node='/nowhere/node'"));
    const pushed = demo.box.tryGit(demo.evidence, ['push', folder, `${demo.commit('Submit ')}:main`]);
    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr).toContain('exit 127');
  });
});

describe('hook install', () => {
  const install = (...args: string[]) => modelsmith(home, ['hook', 'install', ...args]);

  it('writes a script that sh can read and people can start, once', () => {
    const hook = join(server, 'hooks/pre-receive');
    execFileSync('sh', ['-n', hook]);
    expect(statSync(hook).mode & 0o111).toBe(0o111);
    const again = install('-C', server, '--root', demo.root, '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ installed: false, refs: ['refs/heads/main'] });
  });

  it('does not overwrite: not a hook of somebody else, and not its own with another branch', () => {
    const hook = join(server, 'hooks/pre-push');
    demo.box.write(hook, '#!/bin/sh\nexit 0\n', 0o755);
    const theirs = install('-C', server, '--pre-push', '--root', demo.root);
    expect([theirs.code, theirs.stderr]).toEqual([
      73,
      expect.stringContaining('modelsmith did not write it'),
    ]);
    expect(readFileSync(hook, 'utf8')).toBe('#!/bin/sh\nexit 0\n');
    const other = install('-C', server, '--guard', 'release', '--root', demo.root);
    expect([other.code, other.stderr]).toEqual([
      73,
      expect.stringContaining('another root, branch or program'),
    ]);
  });

  it('does not call a hook installed that git would pass over', () => {
    const folder = bare('idle', demo.commit('Lock '));
    const hook = join(folder, 'hooks/pre-receive');
    chmodSync(hook, 0o644);
    const idle = install('-C', folder, '--root', demo.root);
    expect([idle.code, idle.stderr]).toEqual([73, expect.stringContaining('guards nothing')]);
    expect(idle.stderr).toContain('chmod +x hooks/pre-receive');
    chmodSync(hook, 0o755);
    expect(install('-C', folder, '--root', demo.root).code).toBe(0);
  });

  it('needs a root, a plain branch name, and a repository that uses its own hooks', () => {
    expect(install('-C', server).code).toBe(78);
    expect(install('-C', server, '--root', demo.root, '--guard', "x'; reboot; '").code).toBe(64);
    expect(install('-C', server, '--root', demo.root, '--guard', '*').code).toBe(64);
    const folder = demo.box.repository('elsewhere');
    git(folder, 'config', 'core.hooksPath', '.husky');
    expect(install('-C', folder, '--root', demo.root).code).toBe(73);
  });

  it('checks in a clone before it pushes', () => {
    const five = clone('five');
    const open = at('open');
    git(demo.box.root, 'init', '-q', '--bare', open);
    succeed(home, ['hook', 'install', '-C', five, '--pre-push', '--root', demo.root]);
    expect(demo.box.tryGit(five, ['push', open, 'main']).code).toBe(0);
    demo.box.write(join(five, 'policy/policy.yaml'), 'nothing: at all\n');
    git(five, 'commit', '-q', '-am', 'Change the policy by hand');
    const refused = demo.box.tryGit(five, ['push', open, 'main']);
    expect(refused.stderr).toContain('UNSIGNED');
    expect(refused.code).not.toBe(0);
    expect(tipOf(open)).not.toBe(tipOf(five));
  });
});
