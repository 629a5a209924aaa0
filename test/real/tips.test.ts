import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifiedTips } from '../../src/adapters/config/verified-tips.ts';
import { RepositoryId, toTime } from '../../src/domain/names.ts';
import { parseTrustRoot } from '../../src/commands/shared/opening/trust-root.ts';
import type { VerifyOutput } from '../../src/commands/shared/views/verify-output.ts';
import { warmCommand } from '../attacks/command.ts';
import { lacking, modelsmithBeside, type Where } from './support/command.ts';
import { everyFile, playDemo, type Demo } from './support/demo.ts';
import type { Ended } from './support/sandbox.ts';
import { atTerminal } from './support/screen.ts';

let demo: Demo;
let warm: ReturnType<typeof warmCommand>;
let count = 0;
beforeAll(() => {
  demo = playDemo();
  warm = warmCommand(demo.where.env);
});
afterAll(() => {
  warm.stop();
  demo.box.dispose();
});

const git = (cwd: string, ...args: string[]): string => demo.box.git(cwd, args);
const fresh = (name: string): string => join(demo.box.root, `${name}-${count++}`);
const EARLY = 'Approve claims-triage@1.0.0 at operator';
const LATE = 'Approve claims-triage@1.0.0 at domain';

/** A server whose main branch ends with the commit of that message. */
function server(start: string): string {
  const folder = fresh('server');
  git(demo.box.root, 'clone', '-q', '--bare', demo.evidence, folder);
  move(folder, start);
  for (const ref of git(folder, 'for-each-ref', '--format=%(refname)', 'refs/heads/tampered').split('\n'))
    git(folder, 'update-ref', '-d', ref);
  return folder;
}

const move = (folder: string, start: string): string =>
  git(folder, 'update-ref', 'refs/heads/main', demo.commit(start));

function clone(from: string): string {
  const folder = fresh('clone');
  git(demo.box.root, 'clone', '-q', `file://${from}`, folder);
  return folder;
}

/** A person whose memory lies in a folder of its own, since there is no terminal here. */
function person(): Where {
  const state = fresh('state');
  return { ...demo.where, env: { ...demo.where.env, MODELSMITH_STATE: state } };
}

const stateOf = ({ env }: Where): string => env['MODELSMITH_STATE'] ?? '';
const run = async ({ env }: Where, cwd: string, verb: string, ...args: string[]): Promise<Ended> => {
  const { exit, output, errors } = await warm.ask([verb, '-C', cwd, ...args], env);
  return { code: exit, stdout: output, stderr: errors };
};
async function verified(
  who: Where,
  cwd: string,
  ...args: string[]
): Promise<VerifyOutput & { exit: number | null }> {
  const { code, stdout, stderr } = await run(who, cwd, 'verify', ...args, '--json');
  if (code !== 0 && code !== 3) throw new Error(`ended with ${String(code)}: ${stderr}`);
  return { ...(JSON.parse(stdout) as VerifyOutput), exit: code };
}
const codes = ({ findings }: VerifyOutput): readonly string[] => findings.map(({ code }) => code);

describe('a branch that somebody saw before', () => {
  it('goes forwards, in any clone', async () => {
    const [srv, who] = [server(EARLY), person()];
    const one = clone(srv);
    const [early, late] = [demo.commit(EARLY), demo.commit(LATE)];
    expect((await verified(who, one)).remembered).toEqual({
      ...{ branch: 'main', expected: [], descends: true, rewindAccepted: false, next: early },
    });
    expect((await verified(who, one)).remembered).toMatchObject({
      expected: [early],
      descends: true,
      next: null,
    });
    move(srv, LATE);
    git(one, 'pull', '-q');
    expect(await verified(who, one)).toMatchObject({
      exit: 0,
      remembered: { expected: [early], next: late },
    });
    expect((await verified(who, clone(srv))).remembered).toMatchObject({ expected: [late], next: null });
    const lines = (await run(who, one, 'verify')).stdout.split('\n');
    expect(lines).toContain(`memory  main comes from ${late.slice(0, 12)}, seen before`);
  });

  it('does not go backwards: not where it was seen, not in a new clone, not under another remote', async () => {
    const [srv, who] = [server(LATE), person()];
    const one = clone(srv);
    expect((await verified(who, one)).exit).toBe(0);
    move(srv, EARLY);
    git(one, 'fetch', '-q');
    expect((await verified(who, one)).exit).toBe(0); // what was seen is still here
    const rewound = await verified(who, one, '--branch', 'origin/main');
    expect([rewound.exit, codes(rewound)]).toEqual([3, ['NOT_DESCENDED']]);
    expect(rewound.remembered).toMatchObject({ expected: [demo.commit(LATE)], descends: false, next: null });
    git(one, 'reset', '-q', '--hard', 'origin/main');
    expect(codes(await verified(who, one))).toEqual(['NOT_DESCENDED']);

    const two = clone(srv);
    git(two, 'remote', 'rename', 'origin', 'elsewhere');
    git(two, 'branch', '--unset-upstream');
    for (const args of [[], ['--branch', 'elsewhere/main'], ['--branch', 'refs/heads/main']]) {
      const { exit, findings, remembered } = await verified(who, two, ...args);
      expect(exit, args.join(' ')).toBe(3);
      expect(findings).toMatchObject([
        {
          code: 'NOT_DESCENDED',
          facts: { expected: demo.commit(LATE), tip: demo.commit(EARLY), branch: 'main' },
          remedy: expect.stringContaining('modelsmith verify --accept-rewind') as string,
        },
      ]);
      expect(remembered?.next).toBeNull();
    }
    git(two, 'remote', 'set-head', 'elsewhere', 'main');
    expect((await verified(who, two, '--branch', 'elsewhere/HEAD')).exit).toBe(3);
  });

  it('is missed where its last commits are gone for good', async () => {
    const [srv, who] = [server(LATE), person()];
    expect((await verified(who, clone(srv))).exit).toBe(0);
    move(srv, EARLY);
    git(srv, 'reflog', 'expire', '--expire=now', '--all');
    git(srv, 'gc', '-q', '--prune=now');
    const two = clone(srv);
    expect(demo.box.tryGit(two, ['cat-file', '-e', demo.commit(LATE)]).code).not.toBe(0);
    expect(codes(await verified(who, two))).toEqual(['NOT_DESCENDED']);
  });

  it('holds every command that opens the repository to it', async () => {
    const [srv, who] = [server(LATE), person()];
    expect((await verified(who, clone(srv))).exit).toBe(0);
    move(srv, EARLY);
    const two = clone(srv);
    for (const verb of ['status', 'log']) expect((await run(who, two, verb)).code, verb).toBe(3);
    const { code, stderr } = await run(who, two, 'lock', 'claims-triage', '--key-file', demo.key('trainer'));
    expect([code, stderr]).toEqual([65, expect.stringContaining('has findings')]);
    expect(git(two, 'rev-parse', 'main')).toBe(demo.commit(EARLY));
    expect((await run(who, two, 'doctor', '--json')).stdout).toContain('"1 finding"');
  });

  it('is remembered by other commands too, and by none that changes nothing', async () => {
    const [srv, who] = [server(EARLY), person()];
    const one = clone(srv);
    await run(who, one, 'doctor');
    await run(who, one, 'lock', 'claims-triage', '--dry-run', '--key-file', demo.key('trainer'));
    expect(existsSync(stateOf(who))).toBe(false);
    expect((await run(who, one, 'status')).code).toBe(0);
    expect((await verified(who, one)).remembered?.expected).toEqual([demo.commit(EARLY)]);
  });

  it('can be made again as far as no remote has it', async () => {
    const [srv, who] = [server(EARLY), person()];
    const one = clone(srv);
    git(one, 'fetch', '-q', demo.evidence, 'main');
    git(one, 'reset', '-q', '--hard', demo.commit(LATE));
    expect((await verified(who, one)).remembered?.next).toBe(demo.commit(EARLY));
    git(one, 'reset', '-q', '--hard', 'origin/main');
    expect((await verified(who, one)).exit).toBe(0);
    git(one, 'switch', '-q', '-c', 'mine', demo.commit(LATE));
    expect((await verified(who, one)).remembered).toMatchObject({ branch: 'mine', expected: [], next: null });
    expect((await run(who, one, 'verify')).stdout).toContain(
      'mine was not seen before; no remote has any of it yet',
    );
  });

  it('is its tip in a repository that knows no remote', async () => {
    const [srv, who] = [server(LATE), person()];
    expect((await verified(who, srv)).remembered?.next).toBe(demo.commit(LATE));
    move(srv, EARLY);
    expect(codes(await verified(who, srv))).toEqual(['NOT_DESCENDED']);
  });

  it('is not what a commit, a detached HEAD, a tag or a pull request is', async () => {
    const [srv, who] = [server(LATE), person()];
    const one = clone(srv);
    expect((await verified(who, one)).exit).toBe(0);
    const early = demo.commit(EARLY);
    for (const ref of [
      'refs/pull/7/head',
      'refs/remotes/pull/7/merge',
      'refs/remotes/origin/pr/7',
      'refs/tags/v1',
    ])
      git(one, 'update-ref', ref, early);
    for (const revision of [early, 'refs/pull/7/head', 'pull/7/merge', 'origin/pr/7', 'v1']) {
      const { exit, remembered, notices } = await verified(who, one, '--branch', revision);
      expect([exit, remembered], revision).toEqual([0, null]);
      expect(notices.join()).toContain('no tip is remembered');
    }
    git(one, 'checkout', '-q', '--detach', early);
    expect(await verified(who, one)).toMatchObject({ exit: 0, remembered: null });
    expect((await verified(who, one, '--branch', 'main')).remembered?.expected).toEqual([demo.commit(LATE)]);
  });

  it('is not remembered where there are findings', async () => {
    const [srv, who] = [server(EARLY), person()];
    const one = clone(srv);
    writeFileSync(join(one, 'policy/policy.yaml'), 'nothing: at all\n');
    git(one, 'commit', '-q', '-am', 'Change the policy by hand');
    git(one, 'push', '-q');
    expect(await verified(who, one)).toMatchObject({ exit: 3, remembered: { expected: [], next: null } });
    expect(existsSync(stateOf(who))).toBe(false);
  });

  it('must descend from both tips of two verifications at once, and then from one', async () => {
    const [srv, who] = [server(LATE), person()];
    const one = clone(srv);
    const both = [1, 2, 3, 4].map(() => modelsmithBeside({ ...who, cwd: one }, ['verify', '--json']));
    for (const { code } of await Promise.all(both)) expect(code).toBe(0);
    const memory = await verifiedTips('/', {}, () => 'a build')({ folder: stateOf(who), outside: [] });
    const branch = { repository: repositoryOf(one), branch: 'main' };
    const root = parseTrustRoot(demo.root, 'root');
    await memory.remember(branch, { commit: demo.commit(EARLY), root, verified: toTime(0) }, []);
    const { exit, remembered } = await verified(who, one);
    expect(exit).toBe(0);
    expect([...(remembered?.expected ?? [])].sort()).toEqual([demo.commit(EARLY), demo.commit(LATE)].sort());
    expect((await verified(who, one)).remembered?.expected).toEqual([demo.commit(LATE)]);
  });
});

const repositoryOf = (cwd: string): RepositoryId =>
  RepositoryId.parse(/^id: (\S+)$/m.exec(readFileSync(join(cwd, 'modelsmith.yaml'), 'utf8'))?.[1]);

describe('the memory', () => {
  it('is off without a terminal where no folder is named', async () => {
    const one = clone(server(LATE));
    const before = everyFile(demo.box.home);
    for (const env of [demo.where.env, { ...demo.where.env, MODELSMITH_STATE: '' }])
      expect(await verified({ ...demo.where, env }, one)).toMatchObject({ exit: 0, remembered: null });
    expect(everyFile(demo.box.home)).toEqual(before);
  });

  it('lies where --state says, whatever the environment says, and never in the repository', async () => {
    const [one, who] = [clone(server(LATE)), person()];
    const named = fresh('named');
    expect((await verified(who, one, '--state', named)).remembered?.next).toBe(demo.commit(LATE));
    expect(existsSync(stateOf(who))).toBe(false);
    for (const inside of ['', '.git', 'state', '.git/state']) {
      const { code, stderr } = await run(who, one, 'verify', '--state', join(one, inside));
      expect([code, stderr]).toEqual([64, expect.stringContaining('lies in the repository')]);
    }
    const tree = fresh('tree');
    git(one, 'worktree', 'add', '-q', '-b', 'beside', tree);
    expect((await run(who, tree, 'verify', '--state', join(one, '.git/state'))).code).toBe(64);
    expect((await run(who, one, 'verify', '--state', '')).code).toBe(64);
  });

  it('keeps anything from being told where it is damaged', async () => {
    const [one, who] = [clone(server(LATE)), person()];
    expect((await verified(who, one)).exit).toBe(0);
    const [file = ''] = [...everyFile(join(stateOf(who), 'verified-tips')).keys()];
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 100));
    for (const verb of ['verify', 'status']) {
      const { code, stdout, stderr } = await run(who, one, verb);
      expect([code, stdout]).toEqual([65, '']);
      expect(stderr).toContain(file);
    }
  });

  it('is whole whenever a process that writes it is killed', async () => {
    const state = fresh('state');
    const adapter = join(fresh('adapter'), 'verified-tips.mjs');
    const source = fileURLToPath(new URL('../../src/adapters/config/verified-tips.ts', import.meta.url));
    buildSync({ entryPoints: [source], outfile: adapter, bundle: true, platform: 'node', format: 'esm' });
    const identity = {
      repository: RepositoryId.parse('0'.repeat(26)),
      branch: 'main',
    };
    const root = parseTrustRoot(demo.root, 'root');
    const script = `
      const { verifiedTips } = await import(${JSON.stringify(`file://${adapter}`)});
      const memory = await verifiedTips('/', {}, () => 'a build')({ folder: ${JSON.stringify(state)}, outside: [] });
      const id = (n) => String(n).padStart(40, '0');
      for (let n = 1; ; n += 1) {
        const tip = { commit: id(n), root: ${JSON.stringify(root)}, verified: '2024-01-01T00:00:00Z' };
        await memory.remember(${JSON.stringify(identity)}, tip, [id(n - 1)]);
        process.stdout.write(id(n) + '\\n');
      }`;
    const memory = await verifiedTips('/', {}, () => 'a build')({ folder: state, outside: [] });
    let last = '0';
    for (const rounds of [1, 2, 3, 5, 8]) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = new Promise((resolve) => child.on('close', resolve));
      let said = '';
      for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
        said += chunk.toString();
        if (said.split('\n').length > rounds) child.kill('SIGKILL');
      }
      await ended;
      const commits = (await memory.tipsOf(identity)).map(({ commit }) => commit);
      // What was said to be remembered is, or something later is in its place.
      const least = said.trimEnd().split('\n').at(-1) ?? '';
      expect(commits.length).toBeGreaterThan(0);
      expect((commits.at(-1) ?? '') >= least).toBe(true);
      last = commits.at(-1) ?? '';
    }
    expect(Number(last)).toBeGreaterThan(0);
    const [folder = ''] = readdirSync(join(state, 'verified-tips'));
    expect(readdirSync(join(state, 'verified-tips', folder)).length).toBeLessThan(64);
  });

  it('takes a person at a terminal to accept a rewind', async () => {
    const [srv, who] = [server(LATE), person()];
    expect((await verified(who, clone(srv))).exit).toBe(0);
    move(srv, EARLY);
    const { code, stdout, stderr } = await run(who, clone(srv), 'verify', '--accept-rewind');
    expect([code, stdout]).toEqual([77, '']);
    expect(stderr).toContain('takes a person at a terminal');
  });
});

describe.skipIf(lacking('tmux'))('at a terminal', () => {
  it('a tip is remembered, a rewind refused, and accepted only by a person who is asked', async () => {
    const srv = server(LATE);
    const see = (cwd: string, ...args: string[]) =>
      atTerminal(demo.box, { ...demo.where, cwd }, ['verify', ...args], '');
    const first = await see(clone(srv));
    expect([first.exit, first.text]).toEqual([
      0,
      expect.stringContaining('memory  main was not seen before'),
    ]);
    expect(existsSync(join(demo.box.home, '.local/state/modelsmith/verified-tips'))).toBe(true);

    const nothing = await see(clone(srv), '--accept-rewind');
    expect([nothing.exit, nothing.prompts]).toEqual([0, []]);
    expect(nothing.text).toContain('no rewind was accepted: the tip comes from everything');

    const behind = clone(srv);
    git(behind, 'reset', '-q', '--hard', demo.commit(EARLY));
    const pull = await see(behind, '--accept-rewind');
    expect([pull.exit, pull.prompts]).toEqual([3, []]);
    expect(pull.text).toContain('git pull first');

    move(srv, EARLY);
    const two = clone(srv);
    const refused = await see(two);
    expect([refused.exit, refused.prompts]).toEqual([3, []]);
    expect(refused.text).toContain('NOT_DESCENDED');

    git(two, 'fetch', '-q', demo.evidence, 'main');
    const accepted = await see(two, '--accept-rewind');
    expect(accepted.exit, accepted.text).toBe(0);
    expect(accepted.prompts).toEqual([
      expect.stringMatching(/^\? type \S{8} to accept that main was rewound:$/),
    ]);
    expect(accepted.text).toContain(`before  ${demo.commit(LATE)}`);
    expect(accepted.text).toMatch(/lost {4}[0-9a-f]{12} {2}Approve claims-triage@1\.0\.0 at domain/);
    expect(accepted.text).toContain('and you accepted it');
    const after = await see(clone(srv));
    expect([after.exit, after.text]).toEqual([0, expect.stringContaining('memory  main comes from')]);
  });
});

describe('a commit that was named', () => {
  it('counts beside what is remembered', async () => {
    const [srv, who] = [server(LATE), person()];
    expect((await verified(who, clone(srv))).exit).toBe(0);
    move(srv, EARLY);
    const lock = ['--expect-descends', demo.commit('Lock ')];
    expect(codes(await verified(who, clone(srv), ...lock))).toEqual(['NOT_DESCENDED']);
    const other = await verified(who, clone(srv), '--expect-descends', '1'.repeat(40));
    expect(other.findings.map(({ facts }) => facts['branch'])).toEqual([null, 'main']);
  });
});
