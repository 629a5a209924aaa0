import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { MODELSMITH } from './support/command.ts';
import { playDemo, type Demo } from './support/demo.ts';
import type { Ended } from './support/sandbox.ts';

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const SCRIPT = file('docs/ci/verify.sh');

let demo: Demo;
let full: string;
beforeAll(() => {
  demo = playDemo();
  full = clone('full');
});
afterAll(() => demo.box.dispose());

function clone(name: string, ...more: string[]): string {
  const folder = join(demo.box.root, name);
  demo.box.git(demo.box.root, ['clone', '-q', ...more, `file://${demo.evidence}`, folder]);
  return folder;
}

function script(cwd: string, variables: NodeJS.ProcessEnv = {}): Ended {
  const env = {
    ...demo.box.env,
    MODELSMITH_COMMAND: MODELSMITH[1],
    MODELSMITH_ROOT: demo.root,
    PATH: `${join(MODELSMITH[0], '..')}:${String(process.env['PATH'])}`,
    ...variables,
  };
  const ended = spawnSync('sh', [SCRIPT], { cwd, env });
  return { code: ended.status, stdout: ended.stdout.toString(), stderr: ended.stderr.toString() };
}

/** A clone in which somebody changed a governed file by hand. */
function tampered(name: string): string {
  const folder = clone(name);
  writeFileSync(join(folder, 'policy/policy.yaml'), 'nothing: at all\n');
  demo.box.git(folder, ['commit', '-q', '-am', 'Change the policy by hand']);
  return folder;
}

describe('the script that CI runs', () => {
  it('says yes to a full clone', () => {
    const { code, stdout } = script(full);
    expect([code, stdout]).toEqual([0, expect.stringContaining('verified: no findings')]);
  });

  it('cannot tell of a shallow clone, and says what to do', () => {
    const folder = clone('shallow', '--depth', '1');
    const plain = script(folder);
    expect([plain.code, plain.stdout]).toEqual([76, '']);
    expect(plain.stderr).toMatch(/^cannot tell: .*shallow.*\nnext: .*fetch-depth: 0.*GIT_DEPTH: 0/);
    const annotated = script(folder, { GITHUB_ACTIONS: 'true' });
    expect([annotated.code, annotated.stdout]).toEqual([
      76,
      expect.stringMatching(/^::error title=modelsmith::cannot tell: .*fetch-depth: 0[^\n]*\n$/),
    ]);
  });

  it('annotates in GitHub, writes the report besides, and ends with the exit code of verify', () => {
    const folder = tampered('tampered');
    const report = join(demo.box.root, 'report.sarif');
    const { code, stdout } = script(folder, { GITHUB_ACTIONS: 'true', MODELSMITH_REPORT: report });
    expect(code).toBe(3);
    expect(stdout).toMatch(/^::error file=policy\/policy\.yaml,title=UNSIGNED::/m);
    const log = JSON.parse(readFileSync(report, 'utf8')) as { runs: { results: { ruleId: string }[] }[] };
    expect(log.runs[0]?.results.map(({ ruleId }) => ruleId)).toEqual(['UNSIGNED']);
  });

  it('writes a test report for GitLab', () => {
    const report = join(demo.box.root, 'report.xml');
    expect(script(full, { MODELSMITH_REPORT: report }).code).toBe(0);
    expect(readFileSync(report, 'utf8')).toContain('tests="1" failures="0"');
  });

  it('fails where it is not known what to believe, and hands words of the history on as words', () => {
    expect(script(full, { MODELSMITH_ROOT: '' }).code).toBe(78);
    expect(script(full, { MODELSMITH_COMMAND: '/nowhere/modelsmith' }).code).toBe(69);
    const root = `${'0'.repeat(40)}:${'A'.repeat(40)}`;
    const { code, stdout } = script(full, { MODELSMITH_ROOT: root, GITHUB_ACTIONS: 'true' });
    expect(code).toBe(76);
    const [, token = ''] = /^::stop-commands::([0-9a-f]{32})\n/m.exec(stdout) ?? [];
    expect(stdout).toMatch(
      new RegExp(`::stop-commands::${token}\ncannot tell: [^]*\n::${token}::\n::error `),
    );
  });

  it('passes on what must come before', () => {
    const before = { MODELSMITH_EXPECT_DESCENDS: '1'.repeat(40) };
    expect(script(full, before)).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('NOT_DESCENDED') as string,
    });
  });

  it.each([
    ['GitHub', { GITHUB_ACTIONS: 'true' }],
    ['GitLab', {}],
  ])('expects nothing where %s names the null id, and says so', (_where, more) => {
    const { code, stderr } = script(full, { ...more, MODELSMITH_EXPECT_DESCENDS: '0'.repeat(40) });
    expect([code, stderr]).toEqual([0, expect.stringContaining('no commit is expected to')]);
  });

  it('takes no other zeros for the null id', () => {
    for (const zeros of ['0', '0'.repeat(39), '0'.repeat(64)]) {
      const { code, stderr } = script(full, { MODELSMITH_EXPECT_DESCENDS: zeros });
      expect(code, zeros).toBeGreaterThanOrEqual(3);
      expect(stderr).not.toContain('no commit is expected to');
    }
  });

  it('knows the null id of a repository with SHA-256 ids', () => {
    const box = demo.box;
    const folder = box.repository('long-ids', 'sha256');
    const before = (zeros: number): Ended =>
      script(folder, { MODELSMITH_EXPECT_DESCENDS: '0'.repeat(zeros) });
    // There is no history to judge, so both end without an answer; only one of them expects nothing.
    expect(before(64).stderr).toContain('no commit is expected to');
    expect(before(40).stderr).not.toContain('no commit is expected to');
  });
});

interface Step {
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

describe('action.yml and the GitLab job', () => {
  const action = parse(readFileSync(file('action.yml'), 'utf8')) as {
    inputs: Record<string, { required?: boolean }>;
    runs: { using: string; steps: Step[] };
  };

  it('runs the same script, takes inputs as variables the script reads, and puts none into a command', () => {
    const [last, ...before] = [...action.runs.steps].reverse();
    expect(last?.run).toContain('docs/ci/verify.sh');
    for (const { run = '' } of action.runs.steps) expect(run).not.toContain('${{');
    expect(before.some(({ run }) => run?.includes('npm ci'))).toBe(true);
    const read = readFileSync(SCRIPT, 'utf8');
    for (const [name, value] of Object.entries(last?.env ?? {}))
      if (value.includes('inputs.')) expect(read).toContain(`\${${name}:-`);
    const inputs = Object.values(last?.env ?? {}).flatMap(
      (value) => /inputs\.([a-z-]+)/.exec(value)?.[1] ?? [],
    );
    expect(inputs.sort()).toEqual(Object.keys(action.inputs).sort());
    expect(action.inputs['root']?.required).toBe(true);
  });

  it('fetches the whole history', () => {
    const jobs = parse(readFileSync(file('docs/ci/gitlab-ci.yml'), 'utf8')) as Record<
      string,
      { variables: Record<string, string>; script: string[] }
    >;
    expect(jobs['verify-evidence']?.variables['GIT_DEPTH']).toBe('0');
    expect(jobs['verify-evidence']?.script.at(-1)).toContain('docs/ci/verify.sh');
    expect(readFileSync(file('docs/ci.md'), 'utf8')).toContain('fetch-depth: 0');
  });
});
