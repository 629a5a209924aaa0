import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Drill } from '../../src/domain/drill.ts';
import { lacking, modelsmith, modelsmithAlone, succeed, type Where } from './support/command.ts';
import { atTerminal, openPane, type Pane } from './support/screen.ts';
import { at, person, policyFolder, type Member } from './support/team.ts';

const LONG = 240_000;
const WANTED = 'drills: { everyDays: 90, overrides: [freeze] }\n';
const none = lacking('gpg', 'tmux', 'pgrep');

let ana: Member;
let ben: Member;
let evidence: string;
let root: string;
/** Where ben's processes put what is temporary. */
let scratch: string;

const git = (folder: string, ...args: string[]): string => ben.box.git(folder, args);
/** Ben in the repository, with the root known. */
const bens = (cwd = evidence): Where => ({ env: { ...at(ben, root).env, TMPDIR: scratch }, cwd });
const tip = (): string => git(evidence, 'rev-parse', 'HEAD');
const json = (where: Where, ...words: string[]): unknown =>
  JSON.parse(succeed(where, [...words, '--json'])) as unknown;

beforeAll(() => {
  if (none) return;
  ana = person('ana', ['model-owner', 'evaluation-owner', 'domain-expert', 'security-owner']);
  ben = person('ben', ['operator', 'governance-approver', 'policy-approver', 'override']);
  const policy = (text: string): string =>
    `${text.replace('match: claims-*', 'match: claims-triage')}\n${WANTED}`;
  evidence = join(ben.box.root, 'evidence');
  scratch = join(ben.box.root, 'tmp');
  mkdirSync(scratch);
  const folder = policyFolder(ben.box, [ana, ben], policy);
  ({ root } = json(at(ben), 'init', evidence, '--policy', folder) as { root: string });
}, LONG);
afterAll(() => {
  if (none) return;
  for (const { box } of [ana, ben]) box.dispose();
});

/** Everything of the repository that could have been touched. */
const state = (): unknown => [
  tip(),
  git(evidence, 'for-each-ref'),
  git(evidence, 'status', '--porcelain', '--ignored'),
  git(evidence, 'count-objects', '-v'),
  readFileSync(join(evidence, '.git/config'), 'utf8'),
  existsSync(join(evidence, '.git/hooks')),
];

/** The folder of a drill that is going on. */
const playing = (): string | null => {
  const [name] = readdirSync(scratch).filter((each) => each.startsWith('modelsmith-scratch-'));
  return name === undefined ? null : join(scratch, name);
};

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 200));

/** Waits until the remote of the drill has a proposal. @returns its address and the root of the copy. */
async function proposalIn(remote: () => string | null): Promise<{ address: string; copyRoot: string }> {
  for (let asked = ''; ;) {
    await pause();
    const address = remote();
    if (address === null) continue;
    const branch = join(address, 'refs/heads/main');
    const at = existsSync(branch) ? readFileSync(branch, 'utf8') : '';
    // Each question takes a process.
    if (at === asked) continue;
    asked = at;
    const listed = ben.box.tryGit(address, ['ls-tree', '-r', '--name-only', 'main', 'changes']);
    if (listed.code === 0 && listed.stdout.includes('change.json')) {
      const found = git(address, 'log', '--format=%H %s', 'main')
        .split('\n')
        .filter((line) => line.includes(' Found drill-'));
      return { address, copyRoot: `${(found[0] ?? '').slice(0, 40)}:${ben.fingerprint}` };
    }
  }
}

const reports = (): readonly Drill[] =>
  (json(bens(), 'drill', 'list') as { drills: readonly Drill[] }).drills;

describe.skipIf(none)('a drill', () => {
  it('is overdue where the policy asks for it and nobody has made one', () => {
    const said = 'drill of freeze overdue: nobody has drilled it';
    for (const words of [['status'], ['verify'], ['drill', 'list']]) {
      expect(succeed(bens(), words).replace(/\s+/g, ' '), words.join(' ')).toContain(said);
      const { drills, asked = drills } = json(bens(), ...words) as { drills: unknown; asked?: unknown };
      expect(asked).toEqual([{ override: 'freeze', last: null, due: null, overdue: true }]);
    }
    expect(succeed(bens(), ['verify', '--format', 'junit'])).toContain(said);
    const [folder] = [join(ben.box.root, 'policy')];
    ben.box.write(
      join(folder, 'policy.yaml'),
      readFileSync(join(folder, 'policy.yaml'), 'utf8').replace('[freeze]', '[disable]'),
    );
    expect(succeed(bens(), ['policy', 'check', folder]).replace(/\s+/g, ' ')).toContain(
      'drill of disable overdue: nobody has drilled it',
    );
  });

  it('takes a person at a terminal', () => {
    const before = state();
    const { code, stderr } = modelsmith(bens(), ['drill', 'freeze']);
    expect([code, stderr]).toEqual([77, expect.stringContaining('drill takes a person at a terminal')]);
    expect([state(), playing()]).toEqual([before, null]);
  });

  it('takes somebody who may pull the brake', () => {
    const { code, stderr } = modelsmith({ ...at(ana, root), cwd: evidence }, ['drill', '--dry-run']);
    expect([code, stderr]).toEqual([3, expect.stringContaining('ROLE_NOT_HELD')]);
  });

  it('is told without one by --dry-run, and what cannot be drilled here is', () => {
    const before = state();
    const told = succeed(bens(), ['drill', '--dry-run']);
    expect(told).toContain('modelsmith override freeze claims-triage production');
    const { code, stderr } = modelsmith(bens(), ['drill', 'disable', 'freeze', '--dry-run']);
    expect([code, stderr]).toEqual([66, expect.stringContaining('no iteration with a capability')]);
    expect(modelsmith(bens(), ['drill', 'thaw', '--dry-run']).code).toBe(64);
    expect([state(), playing()]).toEqual([before, null]);
  });

  it(
    'is made on a copy with one’s own key, lifted by a colleague with hers, and recorded',
    async () => {
      const before = tip();
      const drilled = atTerminal(ben.box, bens(), ['drill'], 'We drill.', LONG);
      const { address, copyRoot } = await proposalIn(() => {
        const folder = playing();
        return folder === null ? null : join(folder, 'remote.git');
      });
      expect(existsSync(join(address, 'hooks/pre-receive'))).toBe(true);
      ana.box.git(ana.box.home, ['clone', '-q', address, 'drill']);
      const approve = ['policy', 'approve', '-C', 'drill', '--root', copyRoot];
      const hers = await atTerminal(ana.box, at(ana), approve, 'We drill.', LONG);
      expect(hers.exit, hers.text).toBe(0);
      const seen = await drilled;
      expect(seen.exit, seen.text).toBe(0);
      const prompts = seen.prompts.join('\n');
      expect(prompts).toMatch(
        /^\? start the drill as ben\?.*\n\? impose freeze production of claims-triage as ben\?/,
      );
      expect(prompts).toMatch(/\n\? record that the drill passed\? \(y\/N\)$/);

      // One commit, one file, signed by who drilled.
      const [report, ...others] = reports();
      expect(others).toEqual([]);
      expect(git(evidence, 'rev-list', `${before}..HEAD`)).toBe(tip());
      expect(git(evidence, 'diff', '--name-only', before, 'HEAD')).toBe(`drills/${report?.id ?? ''}.json`);
      expect(report).toMatchObject({
        ...{ principal: 'ben', role: 'override', key: ben.fingerprint, overrides: ['freeze'] },
        ...{ tip: before, remote: 'own', outcome: 'passed', liftedBy: ['ana', 'ben'] },
      });
      expect(report?.copy).toMatch(/^drill-[0-9a-z]{26}$/);
      expect(report?.steps.map(({ step }) => step)).toEqual([
        ...['copy', 'guard', 'impose', 'accept', 'obey', 'lift'],
      ]);
      expect(report?.steps.every(({ ms }) => ms > 0)).toBe(true);
      expect([playing(), git(evidence, 'for-each-ref', '--format=%(refname)')]).toEqual([
        null,
        'refs/heads/main',
      ]);

      // Nothing is in force here, and nothing overdue any more.
      const told = json(bens(), 'verify') as { answer: string; overrides: unknown[]; drills: object[] };
      expect([told.answer, told.overrides]).toEqual(['yes', []]);
      expect(told.drills).toMatchObject([{ override: 'freeze', last: { principal: 'ben' }, overdue: false }]);
      expect(succeed(bens(), ['status'])).not.toContain('overdue');
      expect(succeed(bens(), ['log'])).toMatch(/drill\s+freeze: passed/);
      expect(git(evidence, 'log', '-1', '--format=%s')).toBe('Drill of freeze: passed');
    },
    LONG,
  );

  it(
    'that fails is recorded with the step where, and drills nothing',
    async () => {
      const remote = join(ben.box.root, 'stubborn.git');
      git(ben.box.root, 'init', '-q', '--bare', '--initial-branch=main', remote);
      // It takes what begins a branch, and nothing on top.
      const stubborn = '#!/bin/sh\ncase $2 in *[!0]*) echo "never again" >&2; exit 1 ;; esac\n';
      ben.box.write(join(remote, 'hooks/update'), stubborn, 0o755);
      const [before, [earlier]] = [tip(), reports()];
      const seen = await atTerminal(ben.box, bens(), ['drill', 'freeze', '--remote', remote], 'no', LONG);
      expect(seen.exit, seen.text).toBe(3);
      const report = reports().find(({ id }) => id !== earlier?.id);
      expect(report).toMatchObject({ outcome: 'failed', remote: 'given', tip: before, liftedBy: [] });
      expect(report?.failure).toMatch(/the remote did not take it[^]*never again/);
      expect(report?.steps.map(({ step }) => step)).toEqual(['copy', 'guard', 'impose', 'accept']);
      const { asked } = json(bens(), 'drill', 'list') as { asked: readonly { last: { drill: string } }[] };
      expect(asked.map(({ last }) => last.drill)).toEqual([earlier?.id]);
      expect(succeed(bens(), ['drill', 'list']).replace(/\s+/g, ' ')).toMatch(
        /failed freeze, in \d+ s: the remote did not take it/,
      );
      expect(playing()).toBeNull();
    },
    LONG,
  );

  it(
    'writes nothing to a remote that is in use',
    async () => {
      const remote = join(ben.box.root, 'used.git');
      git(ben.box.root, 'clone', '-q', '--bare', evidence, remote);
      const before = [state(), git(remote, 'for-each-ref')];
      const seen = await atTerminal(ben.box, bens(), ['drill', 'freeze', '--remote', remote], 'no', LONG);
      expect([seen.exit, seen.text]).toEqual([77, expect.stringContaining('has to be empty')]);
      expect([state(), git(remote, 'for-each-ref')]).toEqual(before);
      expect(playing()).toBeNull();
    },
    LONG,
  );
});

describe.skipIf(none)('a drill that is broken off', () => {
  const pane = (): Pane => openPane(ben.box, bens(), ['drill', 'freeze'], { rows: 60 });
  const says = (on: Pane, word: string): void => void on.tmux('send-keys', word, 'Enter');
  let lastSeen = '';

  /** Follows it to a question, then breaks off in some way. @returns the exit code. */
  async function brokenOff(question: string, how: (on: Pane) => void): Promise<number | null> {
    const on = pane();
    lastSeen = '';
    try {
      await on.until('start the drill as ben?');
      if (question !== 'start') {
        says(on, 'y');
        for (let tries = 0; tries < 20 && playing() === null; tries += 1) await pause();
        await on.until(question, LONG);
      }
      how(on);
      for (let tries = 0; tries < 300 && on.exit() === null; tries += 1) await pause();
      lastSeen = on.screen();
      return on.exit();
    } finally {
      on.close();
    }
  }

  const ctrlC = (on: Pane): void => void on.tmux('send-keys', 'C-c');
  const killed =
    (signal: string) =>
    (on: Pane): void => {
      const shell = on.tmux('display-message', '-p', '#{pane_pid}').trim();
      const child = execFileSync('pgrep', ['-P', shell], { encoding: 'utf8' }).trim();
      process.kill(Number(child), signal);
    };

  it.each([
    ['with a no at the start', 'start', (on: Pane) => says(on, 'n'), 77],
    ['with a no at the override', 'impose freeze', (on: Pane) => says(on, 'n'), 77],
    ['by SIGTERM at the override', 'impose freeze', killed('SIGTERM'), 143],
  ] as const)(
    '%s leaves nothing in the repository, and no copy',
    async (_what, question, how, exit) => {
      const before = state();
      expect(await brokenOff(question, how)).toBe(exit);
      expect([state(), readdirSync(scratch)]).toEqual([before, []]);
      expect(lastSeen).toMatch(/no drill was run|broken off; the copy is gone|is not imposed|nothing was/);
    },
    LONG,
  );

  it(
    'by SIGKILL leaves a copy that the next one takes away, broken off with Ctrl-C',
    async () => {
      const before = state();
      expect(await brokenOff('impose freeze', killed('SIGKILL'))).toBe(137);
      const left = playing();
      expect([state(), left]).toEqual([before, expect.any(String)]);
      expect(await brokenOff('impose freeze', ctrlC)).toBe(77);
      expect([state(), readdirSync(scratch)]).toEqual([before, []]);
    },
    LONG,
  );
});

describe.skipIf(none)('a selftest', () => {
  it(
    'goes without a person, records nothing and counts for nothing',
    () => {
      const before = state();
      const { code, stdout, stderr } = modelsmithAlone(bens(), ['drill', '--selftest', '--json']);
      expect(code, stderr).toBe(0);
      const told = JSON.parse(stdout) as { steps: readonly { step: string }[] };
      expect(told).toMatchObject({ selftest: true, outcome: 'passed', failure: null, notPossible: [] });
      expect(told.steps).toHaveLength(6);
      expect([state(), readdirSync(scratch)]).toEqual([before, []]);
    },
    LONG,
  );

  it('is for no remote that people use', () => {
    const { code, stderr } = modelsmith(bens(), ['drill', '--selftest', '--remote', 'x']);
    expect([code, stderr]).toEqual([64, expect.stringContaining('not for --selftest')]);
  });
});
