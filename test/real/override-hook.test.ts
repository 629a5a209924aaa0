import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelsmith, succeed, type Where } from './support/command.ts';
import { playDemo, type Demo } from './support/demo.ts';
import type { Ended } from './support/sandbox.ts';

let demo: Demo;
let server: string;
let clone: string;
let here: Where;
beforeAll(() => {
  demo = playDemo();
  server = join(demo.box.root, 'server');
  git(demo.box.root, 'clone', '-q', '--bare', demo.evidence, server);
  clone = join(demo.box.root, 'clone');
  git(demo.box.root, 'clone', '-q', server, clone);
  here = { ...demo.where, cwd: clone };
  // Somebody broke the branch before there was a hook.
  edit('promotions/claims-triage/1.0.0/model-card.md', 'Edit by hand');
  git(clone, 'push', '-q', 'origin', 'main');
  const where = { env: demo.box.env, cwd: demo.box.root };
  succeed(where, ['hook', 'install', '-C', server, '--root', demo.root]);
});
afterAll(() => demo.box.dispose());

const git = (cwd: string, ...args: string[]): string => demo.box.git(cwd, args);
const push = (...refspecs: string[]): Ended => demo.box.tryGit(clone, ['push', 'origin', ...refspecs]);
const onServer = (ref: string): string =>
  demo.box.tryGit(server, ['rev-parse', '--verify', '-q', ref]).stdout.trim();
const head = (): string => git(clone, 'rev-parse', 'HEAD');

function edit(path: string, message: string): void {
  writeFileSync(join(clone, path), 'changed\n');
  git(clone, 'add', '-A');
  git(clone, 'commit', '-q', '-m', message);
}

interface Imposed {
  readonly override: string;
  readonly commit: string;
  readonly ref: string;
}

function freeze(...more: string[]): Imposed {
  const printed = succeed(here, [
    ...['override', 'freeze', 'claims-triage', 'production', '--reason', 'incident 4711'],
    ...['--key-file', demo.key('mia'), '--json', ...more],
  ]);
  return JSON.parse(printed) as Imposed;
}

describe('a server with the hook, and a branch that is broken', () => {
  it('takes a brake on top of what is broken, and nothing else', () => {
    const { commit } = freeze();
    const taken = push('main');
    expect([taken.code, taken.stderr]).toEqual([0, expect.stringContaining('adds overrides alone')]);
    expect(onServer('refs/heads/main')).toBe(commit);

    writeFileSync(join(clone, 'notes.txt'), 'x\n');
    git(clone, 'add', '-A');
    git(clone, 'commit', '-q', '-m', 'Add notes');
    freeze();
    const refused = push('main');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('refs/heads/main is not moved (exit 3)');
    expect(onServer('refs/heads/main')).toBe(commit);
    git(clone, 'reset', '-q', '--hard', commit);
  });

  it('takes brakes into refs of their own, and nothing else', () => {
    const { ref, commit } = freeze('--ref');
    expect(ref).toMatch(/^refs\/modelsmith\/overrides\/[0-9a-f]{64}$/);
    expect(head()).not.toBe(commit);
    expect(push(`${ref}:${ref}`).code).toBe(0);
    expect(onServer(ref)).toBe(commit);

    edit('notes.txt', 'Add notes');
    const other = 'refs/modelsmith/overrides/x';
    const refused = push(`HEAD:${other}`);
    expect([refused.code, refused.stderr]).not.toEqual([0, expect.anything()]);
    expect(refused.stderr).toContain('takes overrides in force and nothing else');
    expect(push('-f', `HEAD:${ref}`).stderr).toContain('must not lose what it holds');
    expect(push(`:${ref}`).stderr).toContain('holds overrides that no branch has yet');
    expect(onServer(ref)).toBe(commit);
    expect(onServer(other)).toBe('');
    git(clone, 'reset', '-q', '--hard', 'HEAD~1');
  });

  it('takes no brake of somebody without the authority', () => {
    const id = 'a'.repeat(64);
    const fingerprint = /"key": "([0-9A-F]{40})"/.exec(
      git(clone, 'show', demo.commit('Approve claims-triage@1.0.0 at operator')),
    )?.[1];
    const repository = /id: (\S+)/.exec(git(clone, 'show', 'HEAD:modelsmith.yaml'))?.[1];
    const words = { schema: 'modelsmith/override/v1', id, repository, principal: 'omar', role: 'override' };
    demo.box.write(
      join(clone, `overrides/${id}.json`),
      JSON.stringify({
        ...words,
        key: fingerprint,
        time: '2026-01-01T00:00:00Z',
        reason: 'no',
        act: 'suspend-signer',
        signer: 'mia',
      }),
    );
    git(clone, 'add', '-A');
    git(clone, 'commit', '-q', '-m', 'Suspend mia');
    const check = modelsmith(here, ['override', 'check', head(), '--branch', 'origin/main']);
    expect([check.code, check.stdout]).toEqual([3, expect.stringContaining('adds more than overrides')]);
    expect(push('main').code).not.toBe(0);
    git(clone, 'reset', '-q', '--hard', 'HEAD~1');
  });

  it('takes the repair, with the brake in the ref still in force, and lets the ref go once it is merged', () => {
    const [, side = ''] = git(clone, 'for-each-ref', '--format=%(refname)', 'refs/modelsmith').split('\n');
    const ref = side === '' ? git(clone, 'for-each-ref', '--format=%(refname)', 'refs/modelsmith') : side;
    succeed(here, ['repair', '--reason', 'somebody edited the card', '--key-file', demo.key('dora')]);
    expect(push('main').code).toBe(0);
    const told = JSON.parse(succeed(here, ['verify', '--json'])) as {
      incidents: unknown[];
      overrides: { ref: string | null }[];
    };
    expect(told.incidents).toHaveLength(1);
    expect(told.overrides.map(({ ref: from }) => from).sort()).toEqual([null, ref].sort());

    git(clone, 'merge', '-q', '--no-ff', '-m', 'Merge the brake', ref);
    expect(push('main').code).toBe(0);
    expect(push(`:${ref}`).code).toBe(0);
    expect(onServer(ref)).toBe('');
    const after = JSON.parse(succeed(here, ['override', 'list', '--json'])) as typeof told;
    expect(after.overrides.map(({ ref: from }) => from)).toEqual([null, null]);
  });
});
