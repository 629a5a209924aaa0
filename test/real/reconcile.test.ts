import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { ociLayout } from '../../src/adapters/oci/layout.ts';
import { acting } from './support/acting.ts';
import { MODELSMITH, modelsmithBeside, succeed, type Where } from './support/command.ts';
import { playDemo, type Demo } from './support/demo.ts';
import { startVllm, type FakeVllm } from './support/vllm.ts';

const IT = 'claims-triage@1.0.0';
const LINE = 'claims-triage';
const API_KEY = 'vllm-key-of-this-test';
const BECAUSE = ['--reason', 'To see what would happen.'];

let demo: Demo;
let vllm: FakeVllm;
let start: string;
let served: string;
let count = 0;
const mine = (...parts: string[]): string => join(demo.box.root, ...parts);
const git = (where: Where, ...args: string[]): string => demo.box.git(where.cwd, args);

/** A clone that a machine works in, with files of its own. */
function machine(name = `machine${count++}`): Where {
  const cwd = mine(name, 'evidence');
  mkdirSync(dirname(cwd), { recursive: true });
  demo.box.git(demo.box.root, ['clone', '-q', start, cwd]);
  const env = {
    ...demo.where.env,
    XDG_STATE_HOME: mine(name, 'state'),
    XDG_CONFIG_HOME: mine(name, 'config'),
  };
  return {
    env: {
      ...env,
      MODELSMITH_REGISTRY: join(demo.folder, 'registry'),
      MODELSMITH_KEY_FILE: demo.key('trainer'),
    },
    cwd,
  };
}

function listTargets(where: Where, change: object = {}, mode = 0o600, repository?: string): void {
  const file = join(where.env['XDG_CONFIG_HOME'] ?? '', 'modelsmith/targets.yaml');
  mkdirSync(dirname(file), { recursive: true });
  const { id } = parse(readFileSync(join(where.cwd, 'modelsmith.yaml'), 'utf8')) as { id: string };
  const targets = {
    cluster: { kind: 'vllm', address: vllm.address, apiKey: API_KEY },
    mirror: { kind: 'directory', folder: served },
    tags: { kind: 'registry', repository: join(demo.folder, 'registry') },
    ...change,
  };
  writeFileSync(file, stringify({ schema: 'modelsmith/targets/v1', repository: repository ?? id, targets }));
  chmodSync(file, mode);
}

interface Told {
  readonly converged: boolean;
  readonly valid: boolean;
  readonly targets: readonly {
    readonly target: string;
    readonly status: string;
    readonly unreached: string | null;
    readonly moves: readonly { do: string; key: string; why: string; drift: boolean }[];
    readonly failure: { message: string } | null;
  }[];
  readonly receipts: readonly { iteration: string; target: string; outcome: string }[];
}

/** Beside the server, which is in this process. */
async function reconcile(where: Where, ...words: string[]): Promise<Told & { code: number | null }> {
  const { code, stdout, stderr } = await modelsmithBeside(where, [
    'reconcile',
    '--json',
    '--push',
    'off',
    ...words,
  ]);
  if (stdout === '') throw new Error(stderr);
  return { ...(JSON.parse(stdout) as Told), code };
}

const statuses = ({ targets }: Told): readonly string[] =>
  targets.map(({ target, status }) => `${target}: ${status}`);
const receiptsOf = ({ receipts }: Told): readonly string[] =>
  receipts.map(({ target, outcome }) => `${target} ${outcome}`);

/** Somebody at a terminal does it in the place that machines clone from. */
async function does(where: Where, who: string, ...words: string[]): Promise<void> {
  const env = { ...where.env, MODELSMITH_KEY_FILE: demo.key(who) };
  const { code, stderr } = await acting(
    { ...where, env },
    words[0] === 'override' ? words : [...words, '--push', 'off'],
  );
  expect(code, `${words.join(' ')}: ${stderr}`).toBe(0);
}

beforeAll(async () => {
  demo = playDemo();
  vllm = await startVllm(API_KEY);
  served = mine('served');
  start = mine('start');
  demo.box.git(demo.box.root, ['clone', '-q', demo.evidence, start]);
  const where = { ...demo.where, cwd: start };
  const [before = ''] = demo.box
    .git(start, ['log', '--format=%H %s', 'main'])
    .split('\n')
    .filter((line) => line.includes(`Approve ${IT} at operator-signoff`));
  git(where, 'reset', '-q', '--hard', before.slice(0, 40));
  succeed(where, [
    'signer',
    'grant',
    'trainer',
    '--role',
    'reconciler',
    '--key-file',
    demo.key('eli'),
    ...BECAUSE,
  ]);
  for (const who of ['gus', 'mia']) await does(where, who, 'policy', 'approve');
  const folder = mine('policy');
  cpSync(join(start, 'policy'), folder, { recursive: true });
  const policy = parse(readFileSync(join(folder, 'policy.yaml'), 'utf8')) as { lines: object[] };
  writeFileSync(
    join(folder, 'policy.yaml'),
    stringify({
      ...policy,
      lines: policy.lines.map((line) => ({ ...line, targets: ['cluster', 'mirror', 'tags'] })),
      targets: {
        cluster: { kind: 'vllm', address: vllm.address, adapters: served },
        mirror: { kind: 'directory', folder: served },
        tags: { kind: 'registry', repository: join(demo.folder, 'registry') },
      },
    }),
  );
  succeed(where, ['policy', 'propose', folder, '--bump', '--key-file', demo.key('ana'), ...BECAUSE]);
  for (const who of ['ana', 'omar']) await does(where, who, 'policy', 'approve');
}, 180_000);
afterAll(async () => {
  await vllm.stop();
  demo.box.dispose();
});

async function clear(): Promise<void> {
  await ociLayout(join(demo.folder, 'registry')).untag(`${LINE}-serving`);
  vllm.loaded.length = 0;
  vllm.asked.length = 0;
  vllm.loads.length = 0;
  rmSync(served, { recursive: true, force: true });
}

describe('reconcile', () => {
  it('shows what it would do, and does nothing', async () => {
    await clear();
    const where = machine();
    listTargets(where);
    const told = await reconcile(where, '--dry-run');
    expect(statuses(told)).toEqual([
      'tags: would be moved',
      'mirror: would be moved',
      'cluster: would be moved',
    ]);
    expect(vllm.loaded).toEqual([]);
    expect(existsSync(served)).toBe(false);
  });

  it('puts what was approved everywhere, shows that it works, and signs what is live', async () => {
    await clear();
    const where = machine();
    listTargets(where);
    const told = await reconcile(where);
    expect(statuses(told)).toEqual([
      'tags: brought there',
      'mirror: brought there',
      'cluster: brought there',
    ]);
    expect(receiptsOf(told)).toEqual(['tags live', 'mirror live', 'cluster live']);
    expect(vllm.loaded).toEqual([{ id: IT, root: `${served}/${LINE}/1.0.0` }]);
    expect(vllm.asked.at(-1)).toBe('POST /v1/completions');
    expect(existsSync(join(served, LINE, '1.0.0/adapter_model.safetensors'))).toBe(true);
    expect((await modelsmithBeside(where, ['verify'])).code).toBe(0);
    const again = await reconcile(where);
    expect(again).toMatchObject({ code: 0, converged: true, receipts: [] });
    expect(statuses(again)).toEqual(['tags: as wanted', 'mirror: as wanted', 'cluster: as wanted']);
    expect((await modelsmithBeside(where, ['status', IT])).stdout).toMatch(/cluster \(vllm\): live since/);
  });

  it('repairs what somebody changed by hand, and says so', async () => {
    await clear();
    const where = machine();
    listTargets(where);
    await reconcile(where);
    vllm.loaded.push({ id: `${LINE}@9.9.9`, root: '/tmp/mine' });
    writeFileSync(join(served, LINE, '1.0.0/adapter_config.json'), '{}');
    const told = await reconcile(where);
    expect(told.targets.flatMap(({ moves }) => moves)).toEqual([
      { do: 'put', key: '1.0.0', version: '1.0.0', why: 'differs', drift: true },
      { do: 'remove', key: '9.9.9', version: null, why: 'not wanted', drift: true },
    ]);
    expect(told).toMatchObject({ code: 0, receipts: [] });
    expect(vllm.loaded.map(({ id }) => id)).toEqual([IT]);
  });

  it('reaches nothing that this machine’s own file does not list so, or that others can read', async () => {
    await clear();
    const where = machine();
    expect((await reconcile(where)).targets.map(({ unreached }) => unreached)).toEqual(
      Array(3).fill('not listed here'),
    );
    expect(await modelsmithBeside(where, ['reconcile', '--targets', 'misspelt.yaml'])).toMatchObject({
      code: 66,
    });
    listTargets(where, {}, 0o600, '0123456789abcdefghjkmnpqrs');
    expect((await reconcile(where)).targets.map(({ unreached }) => unreached)).toEqual(
      Array(3).fill('listed for another repository'),
    );
    listTargets(where, { cluster: { kind: 'vllm', address: 'http://127.0.0.1:1', apiKey: API_KEY } });
    const told = await reconcile(where);
    expect(told.targets.map(({ unreached }) => unreached)).toEqual([null, null, 'listed otherwise here']);
    expect(vllm.asked).toEqual([]);
    listTargets(where, {}, 0o644);
    expect(await modelsmithBeside(where, ['reconcile'])).toMatchObject({ code: 77 });
    expect(vllm.asked).toEqual([]);
  });

  it('tells what failed, and signs what went well', async () => {
    await clear();
    const where = machine();
    listTargets(where, {
      cluster: { kind: 'vllm', address: vllm.address, apiKey: 'another-key-than-it-has' },
    });
    const told = await reconcile(where);
    expect(told.code).toBe(3);
    expect(statuses(told)).toEqual(['tags: brought there', 'mirror: brought there', 'cluster: failed']);
    expect(receiptsOf(told)).toEqual(['tags live', 'mirror live']);
    expect((await modelsmithBeside(where, ['status', IT])).stdout).toMatch(
      /RECEIPT_MISSING|cluster \(vllm\): nothing is known/,
    );
  });

  it('unloads what a brake switches off, also on a history with findings, and loads nothing then', async () => {
    await clear();
    const where = machine();
    listTargets(where);
    await reconcile(where);
    writeFileSync(join(where.cwd, 'policy/policy.yaml'), 'x\n');
    git(where, 'commit', '-q', '-a', '-m', 'Spoil');
    expect(await reconcile(where)).toMatchObject({ valid: false, receipts: [] });
    expect(vllm.loaded.map(({ id }) => id)).toEqual([IT]);
    await does(where, 'mia', 'override', 'disable', 'triage', ...BECAUSE);
    const told = await reconcile(where);
    expect(told).toMatchObject({ valid: false, receipts: [] });
    expect(vllm.loaded).toEqual([]);
    expect(existsSync(join(served, LINE, '1.0.0'))).toBe(false);
  });

  it.each<readonly [string, number, readonly string[], readonly string[]]>([
    ['is suspended', 3, ['suspend-signer', 'trainer'], []],
    ['has lost its key', 3, ['revoke-signer', 'trainer', '--as', 'retired'], []],
    ['has no key here', 66, [], ['--key-file', '/nowhere']],
  ])('unloads what is switched off where its signer %s, and puts nothing anywhere', async (...of) => {
    const [, code, brake, words] = of;
    await clear();
    const where = machine();
    listTargets(where);
    await reconcile(where);
    vllm.loaded.push({ id: `${LINE}@9.9.9`, root: '/tmp/mine' });
    if (brake.length > 0) await does(where, 'mia', 'override', ...brake, ...BECAUSE);
    expect((await modelsmithBeside(where, ['reconcile', ...words])).code).toBe(code);
    expect(vllm.loaded).toHaveLength(2);
    await does(where, 'mia', 'override', 'disable', 'triage', ...BECAUSE);
    expect((await modelsmithBeside(where, ['reconcile', ...words])).code).toBe(code);
    expect(vllm.loaded.map(({ id }) => id)).toEqual([`${LINE}@9.9.9`]);
    expect(existsSync(join(served, LINE, '1.0.0'))).toBe(false);
  });

  it('holds still under a freeze', async () => {
    await clear();
    const where = machine();
    listTargets(where);
    await does(where, 'mia', 'override', 'freeze', LINE, 'serving', ...BECAUSE);
    const told = await reconcile(where);
    expect(statuses(told)).toEqual(['tags: as wanted', 'mirror: as wanted', 'cluster: as wanted']);
    expect(vllm.loaded).toEqual([]);
  });
});

describe('a reconciler that is killed', () => {
  /** Kills the run at its k-th request to the server. @returns whether it was killed. */
  async function killedAt(where: Where, k: number): Promise<boolean> {
    const child = spawn(MODELSMITH[0], [MODELSMITH[1], 'reconcile', '--push', 'off'], {
      env: where.env,
      cwd: where.cwd,
      stdio: 'ignore',
    });
    const before = vllm.asked.length;
    vllm.onAsked = (asked) => {
      if (asked - before === k) child.kill('SIGKILL');
    };
    await once(child, 'exit');
    vllm.onAsked = () => undefined;
    return child.signalCode === 'SIGKILL';
  }

  it(
    'comes to the same end at whatever request that was, without a second load',
    { timeout: 180_000 },
    async () => {
      for (let k = 1; k < 20; k += 1) {
        await clear();
        const where = machine();
        listTargets(where);
        const killed = await killedAt(where, k);
        const told = await reconcile(where);
        expect(told, `killed at ${k}`).toMatchObject({ code: 0, converged: true });
        expect(vllm.loads, `killed at ${k}`).toEqual([IT]);
        const receipts = execFileSync('ls', [join(where.cwd, `promotions/${LINE}/1.0.0/receipts`)]);
        expect(receipts.toString().trim().split('\n'), `killed at ${k}`).toHaveLength(3);
        if (!killed) {
          expect(k).toBeGreaterThan(4);
          return;
        }
      }
      throw new Error('it was killed at every request');
    },
  );

  it('and two at once do no harm', async () => {
    await clear();
    const where = machine();
    listTargets(where);
    const [one, other] = await Promise.all([killedAt(where, 1000), killedAt(where, 1000)]);
    expect([one, other]).toEqual([false, false]);
    await reconcile(where);
    expect(vllm.loads).toEqual([IT]);
    expect((await modelsmithBeside(where, ['verify'])).code).toBe(0);
  });
});
