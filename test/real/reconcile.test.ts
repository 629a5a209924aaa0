import { execFileSync, spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acting } from './support/acting.ts';
import { MODELSMITH, modelsmithBeside, type Where } from './support/command.ts';
import { API_KEY, BECAUSE, IT, LINE, receiptsOf, Serving, statuses } from './support/serving.ts';
import type { FakeVllm } from './support/vllm.ts';

let team: Serving;
let vllm: FakeVllm;
let served: string;
beforeAll(async () => {
  team = await Serving.build();
  ({ vllm, served } = team);
}, 180_000);
afterAll(() => team.dispose());

describe('reconcile', () => {
  it('shows what it would do, and does nothing', async () => {
    const where = await team.ready();
    const told = await team.reconcile(where, '--dry-run');
    expect(statuses(told)).toEqual([
      'tags: would be moved',
      'mirror: would be moved',
      'cluster: would be moved',
    ]);
    expect(vllm.loaded).toEqual([]);
    expect(existsSync(served)).toBe(false);
  });

  it('puts what was approved everywhere, shows that it works, and signs what is live', async () => {
    const where = await team.ready();
    const told = await team.reconcile(where);
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
    const again = await team.reconcile(where);
    expect(again).toMatchObject({ code: 0, converged: true, receipts: [] });
    expect(statuses(again)).toEqual(['tags: as wanted', 'mirror: as wanted', 'cluster: as wanted']);
    expect((await modelsmithBeside(where, ['status', IT])).stdout).toMatch(/cluster \(vllm\): live since/);
  });

  it('repairs what somebody changed by hand, and says so', async () => {
    const where = await team.ready();
    await team.reconcile(where);
    vllm.loaded.push({ id: `${LINE}@9.9.9`, root: '/tmp/mine' });
    writeFileSync(join(served, LINE, '1.0.0/adapter_config.json'), '{}');
    const told = await team.reconcile(where);
    expect(told.targets.flatMap(({ moves }) => moves)).toEqual([
      { do: 'put', key: '1.0.0', version: '1.0.0', why: 'differs', drift: true },
      { do: 'remove', key: '9.9.9', version: null, why: 'not wanted', drift: true },
    ]);
    expect(told).toMatchObject({ code: 0, receipts: [] });
    expect(vllm.loaded.map(({ id }) => id)).toEqual([IT]);
  });

  it('reaches nothing that this machine’s own file does not list so, or that others can read', async () => {
    await team.clear();
    const where = team.machine();
    const none = await team.reconcile(where);
    expect(none).toMatchObject({ code: 3, converged: false });
    expect(none.targets.map(({ unreached }) => unreached)).toEqual(Array(3).fill('not listed here'));
    expect((await modelsmithBeside(where, ['reconcile', '--dry-run'])).stdout).toContain(
      `${IT} is not known to be live there`,
    );
    expect(await modelsmithBeside(where, ['reconcile', '--targets', 'misspelt.yaml'])).toMatchObject({
      code: 66,
    });
    team.listTargets(where, {}, 0o600, '0123456789abcdefghjkmnpqrs');
    const foreign = await team.reconcile(where);
    expect(foreign).toMatchObject({ code: 3, converged: false });
    expect(foreign.targets.map(({ unreached }) => unreached)).toEqual(
      Array(3).fill('listed for another repository'),
    );
    team.listTargets(where, { cluster: { kind: 'vllm', address: 'http://127.0.0.1:1', apiKey: API_KEY } });
    const told = await team.reconcile(where);
    expect(told.targets.map(({ unreached }) => unreached)).toEqual([null, null, 'listed otherwise here']);
    expect(statuses(told)).toEqual(['tags: brought there', 'mirror: brought there', 'cluster: not reached']);
    expect(told).toMatchObject({ code: 3, converged: false });
    expect(vllm.asked).toEqual([]);
    team.listTargets(where, {}, 0o644);
    expect(await modelsmithBeside(where, ['reconcile'])).toMatchObject({ code: 77 });
    expect(vllm.asked).toEqual([]);
  });

  it('is at its end where others reach what it does not, and have signed what is live there', async () => {
    const where = await team.ready();
    await team.reconcile(where);
    rmSync(join(where.env['XDG_CONFIG_HOME'] ?? '', 'modelsmith'), { recursive: true });
    const told = await team.reconcile(where);
    expect(told).toMatchObject({ code: 0, converged: true });
    expect(statuses(told)).toEqual(['tags: not reached', 'mirror: not reached', 'cluster: not reached']);
  });

  it('is not answered for by a person, who is sent to it', async () => {
    const where = team.machine();
    const said = ['receipt', 'add', IT, '--target', 'mirror', '--message', 'I have seen it there.'];
    const { code, stderr } = await acting(where, said);
    expect([code, stderr]).toEqual([64, expect.stringContaining('modelsmith reconcile')]);
  });

  it('tells what failed, and signs what went well', async () => {
    await team.clear();
    const where = team.machine();
    team.listTargets(where, {
      cluster: { kind: 'vllm', address: vllm.address, apiKey: 'another-key-than-it-has' },
    });
    const told = await team.reconcile(where);
    expect(told.code).toBe(3);
    expect(statuses(told)).toEqual(['tags: brought there', 'mirror: brought there', 'cluster: failed']);
    expect(receiptsOf(told)).toEqual(['tags live', 'mirror live']);
    expect((await modelsmithBeside(where, ['status', IT])).stdout).toMatch(
      /RECEIPT_MISSING|cluster \(vllm\): nothing is known/,
    );
  });

  it('unloads what a brake switches off, also on a history with findings, and loads nothing then', async () => {
    const where = await team.ready();
    await team.reconcile(where);
    writeFileSync(join(where.cwd, 'policy/policy.yaml'), 'x\n');
    team.git(where, 'commit', '-q', '-a', '-m', 'Spoil');
    expect(await team.reconcile(where)).toMatchObject({ code: 3, valid: false, receipts: [] });
    expect(vllm.loaded.map(({ id }) => id)).toEqual([IT]);
    await team.does(where, 'mia', 'override', 'disable', 'triage', ...BECAUSE);
    const told = await team.reconcile(where);
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
    const where = await team.ready();
    await team.reconcile(where);
    vllm.loaded.push({ id: `${LINE}@9.9.9`, root: '/tmp/mine' });
    if (brake.length > 0) await team.does(where, 'mia', 'override', ...brake, ...BECAUSE);
    expect((await modelsmithBeside(where, ['reconcile', ...words])).code).toBe(code);
    expect(vllm.loaded).toHaveLength(2);
    await team.does(where, 'mia', 'override', 'disable', 'triage', ...BECAUSE);
    expect((await modelsmithBeside(where, ['reconcile', ...words])).code).toBe(code);
    expect(vllm.loaded.map(({ id }) => id)).toEqual([`${LINE}@9.9.9`]);
    expect(existsSync(join(served, LINE, '1.0.0'))).toBe(false);
  });

  it('holds still under a freeze', async () => {
    const where = await team.ready();
    await team.does(where, 'mia', 'override', 'freeze', LINE, 'serving', ...BECAUSE);
    const told = await team.reconcile(where);
    expect(statuses(told)).toEqual(['tags: as wanted', 'mirror: as wanted', 'cluster: as wanted']);
    expect(told.code).toBe(0);
    expect(vllm.loaded).toEqual([]);
  });

  it('tells under a freeze what somebody did by hand, leaves it, and signs nothing as live', async () => {
    const where = await team.ready();
    await team.reconcile(where);
    await team.does(where, 'mia', 'override', 'freeze', LINE, 'serving', ...BECAUSE);
    expect(await team.reconcile(where)).toMatchObject({ code: 0, receipts: [] });
    vllm.loaded.splice(0, 1, { id: `${LINE}@9.9.9`, root: '/tmp/mine' });
    writeFileSync(join(served, LINE, '1.0.0/adapter_config.json'), '{}');
    const told = await team.reconcile(where);
    expect(statuses(told)).toEqual([
      'tags: as wanted',
      'mirror: changed by hand',
      'cluster: changed by hand',
    ]);
    expect(told.targets.flatMap(({ drift }) => drift)).toEqual([
      { key: '1.0.0', version: '1.0.0', how: 'changed' },
      { key: '9.9.9', version: null, how: 'not signed for' },
      { key: null, version: '1.0.0', how: 'gone' },
    ]);
    expect(told).toMatchObject({ code: 3, converged: false });
    expect(told.targets.flatMap(({ moves }) => moves)).toEqual([]);
    expect(receiptsOf(told)).toEqual(['mirror removed', 'cluster removed']);
    expect((await modelsmithBeside(where, ['reconcile', '--dry-run'])).stdout).toContain(
      'nobody signed that this is live here',
    );
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
        const where = await team.ready();
        const killed = await killedAt(where, k);
        const told = await team.reconcile(where);
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
    const where = await team.ready();
    const [one, other] = await Promise.all([killedAt(where, 1000), killedAt(where, 1000)]);
    expect([one, other]).toEqual([false, false]);
    await team.reconcile(where);
    expect(vllm.loads).toEqual([IT]);
    expect((await modelsmithBeside(where, ['verify'])).code).toBe(0);
  });
});
