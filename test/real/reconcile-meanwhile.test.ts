import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ociLayout } from '../../src/adapters/oci/layout.ts';
import { MODELSMITH, modelsmithBeside, type Where } from './support/command.ts';
import { BECAUSE, IT, LINE, receiptsOf, Serving, statuses } from './support/serving.ts';

const SIDE = 'refs/modelsmith/overrides/meanwhile';
let team: Serving;
beforeAll(async () => {
  team = await Serving.build();
}, 180_000);
afterAll(() => team.dispose());

/** A commit that somebody made elsewhere, in a clone of its own. */
async function elsewhere(
  ...brake: readonly string[]
): Promise<{ readonly cwd: string; readonly commit: string }> {
  const where = team.machine();
  await team.does(where, 'mia', 'override', ...brake, ...BECAUSE);
  return { cwd: where.cwd, commit: team.git(where, 'rev-parse', 'HEAD') };
}

describe('what is decided while a run is under way', () => {
  afterEach(() => {
    team.vllm.onAsked = () => undefined;
  });

  /** Once the server was asked so, for the first time. */
  function when(asked: string, then: () => void): void {
    team.vllm.onAsked = () => {
      if (team.vllm.asked.at(-1) !== asked) return;
      team.vllm.onAsked = () => undefined;
      then();
    };
  }
  const tag = (): Promise<unknown> => ociLayout(team.registry).tagged(`${LINE}-serving`);

  it('stops a promotion: a freeze in a ref beside the branch', async () => {
    const where = await team.ready();
    const { cwd, commit } = await elsewhere('freeze', LINE, 'serving');
    when('GET /v1/models', () => team.git(where, 'fetch', '-q', cwd, `${commit}:${SIDE}`));
    const told = await team.reconcile(where);
    expect(team.vllm.loads).toEqual([]);
    // What was put before the freeze was known stays, is not what was signed, and is not signed now.
    expect(statuses(told)).toEqual([
      'tags: changed by hand',
      'mirror: changed by hand',
      'cluster: as wanted',
    ]);
    expect(told.targets.map(({ moves }) => moves.length)).toEqual([1, 1, 0]);
    expect(told.targets.map(({ held }) => held.length)).toEqual([1, 1, 1]);
    expect(receiptsOf(told)).toEqual([]);
  });

  it('stops it although everything is there already, and takes away what is switched off', async () => {
    const where = await team.ready();
    const { cwd, commit } = await elsewhere('disable', 'triage');
    when('POST /v1/completions', () => team.git(where, 'fetch', '-q', cwd, `${commit}:${SIDE}`));
    const told = await team.reconcile(where);
    expect([team.vllm.loads, team.vllm.loaded]).toEqual([[IT], []]);
    expect(await tag()).toBeNull();
    expect(receiptsOf(told)).toEqual([]);
  });

  it('counts at once where the branch moved: what was just let go is not put anywhere any more', async () => {
    const where = await team.ready();
    const people = team.machine();
    await team.does(people, 'omar', 'deprecate', IT, '--retire', ...BECAUSE);
    when('GET /v1/models', () => team.git(where, 'pull', '-q', '--ff-only', people.cwd, 'main'));
    const told = await team.reconcile(where);
    expect(told).toMatchObject({ code: 0, converged: true, receipts: [] });
    expect(team.vllm.loads).toEqual([]);
    expect(await tag()).toBeNull();
    expect(told.targets.map(({ moves }) => moves.map((move) => move.do))).toEqual([
      ['put', 'remove'],
      ['put', 'remove'],
      [],
    ]);
  });

  it('is not waited for to end', async () => {
    const where = await team.ready();
    let count = 0;
    const { cwd, commit } = await elsewhere('stop-candidates', LINE);
    team.vllm.onAsked = () => team.git(where, 'fetch', '-q', cwd, `+${commit}:${SIDE}${(count += 1)}`);
    const { code, stderr } = await modelsmithBeside(where, ['reconcile', '--push', 'off']);
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('a run again and again', () => {
  let running: ChildProcess | null = null;
  afterEach(async () => {
    if (running?.exitCode !== null) return;
    running.kill();
    await once(running, 'exit');
  });

  interface Watched {
    readonly lines: string[];
    /** The next line that says this. */
    until(words: string): Promise<string>;
  }

  function watch(where: Where, ...words: string[]): Watched {
    const args = [MODELSMITH[1], 'reconcile', '--watch', '5', ...words];
    const child = spawn(MODELSMITH[0], args, {
      env: where.env,
      cwd: where.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running = child;
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) =>
        lines.push(
          ...chunk
            .toString('utf8')
            .split('\n')
            .filter((line) => line !== ''),
        ),
      );
    return {
      lines,
      until: async (told) => {
        const from = lines.length;
        for (let left = 1500; left > 0; left -= 1) {
          const found = lines.slice(from).find((line) => line.includes(told));
          if (found !== undefined) return found;
          await pause(100);
        }
        throw new Error(`nobody says ${told}: ${lines.join('\n')}`);
      },
    };
  }

  it(
    'obeys brakes of both where what is here and what others have do not go together, and says so',
    { timeout: 400_000 },
    async () => {
      const where = await team.ready();
      const people = team.machine();
      await team.reconcile(where);
      // Both moved the aliases of the line; with one reason in one second it would be the same move.
      const back = ['rollback', LINE, '--alias', 'serving', '--to', '1.0.0', '--reason'];
      await team.does(where, 'omar', ...back, 'To see what would happen here.');
      await team.does(people, 'omar', ...back, 'To see what would happen there.');
      const before = team.git(people, 'rev-parse', 'origin/main');
      team.git(people, 'push', '-q', 'origin', 'main');
      try {
        const seen = watch(where);
        const first = await seen.until('do not go together');
        expect(first).toMatch(/NOT OK {2}3 targets: 3 as wanted, .*so nothing is promoted/);
        expect(team.vllm.loaded).toHaveLength(1);
        // Beside the branch, and while it pauses.
        const { cwd, commit } = await elsewhere('disable', 'triage');
        team.git({ cwd: team.shared }, 'fetch', '-q', cwd, `${commit}:${SIDE}`);
        await seen.until('3 brought there');
        expect(team.vllm.loaded).toEqual([]);
      } finally {
        team.git({ cwd: team.shared }, 'update-ref', 'refs/heads/main', before);
        team.git({ cwd: team.shared }, 'update-ref', '-d', SIDE);
      }
    },
  );

  it(
    'sees a brake that others have where what is here is not valid, however many refs lie beside it',
    { timeout: 300_000 },
    async () => {
      const where = await team.ready();
      await team.reconcile(where);
      const { cwd, commit } = await elsewhere('disable', 'triage');
      writeFileSync(join(where.cwd, 'policy/policy.yaml'), 'x\n');
      team.git(where, 'commit', '-q', '-a', '-m', 'Spoil');
      const junk = Array.from(
        { length: 1001 },
        (_, of) =>
          `commit refs/modelsmith/overrides/${of}\ncommitter m <m@example.org> ${of} +0000\ndata 1\nx\nfrom refs/heads/main\n`,
      );
      const { env } = where;
      execFileSync('git', ['-C', team.shared, 'fast-import', '--quiet'], { env, input: junk.join('\n') });
      try {
        const seen = watch(where);
        expect(await seen.until('so nothing is promoted')).toContain('1001 refs for overrides left');
        expect(team.vllm.loaded).toHaveLength(1);
        team.git({ cwd: team.shared }, 'fetch', '-q', cwd, `${commit}:${SIDE}`);
        await seen.until('3 brought there');
        expect(team.vllm.loaded).toEqual([]);
      } finally {
        for (const ref of team
          .git({ cwd: team.shared }, 'for-each-ref', '--format=%(refname)', 'refs/modelsmith/')
          .split('\n'))
          team.git({ cwd: team.shared }, 'update-ref', '-d', ref);
      }
    },
  );

  it(
    'puts nothing anywhere while others cannot be asked, obeys the brakes it knows, and goes on when they can',
    { timeout: 300_000 },
    async () => {
      const where = await team.ready();
      const silent = createServer().listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const address = team.git(where, 'remote', 'get-url', 'origin');
      const away = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/x.git`;
      try {
        team.git(where, 'remote', 'set-url', 'origin', away);
        const seen = watch(where, '--push', 'off');
        const first = await seen.until(' targets: ');
        expect(first).toMatch(/NOT OK {2}.*others are not reached, so nothing is promoted/);
        expect([team.vllm.loaded, team.vllm.loads]).toEqual([[], []]);
        team.git(where, 'remote', 'set-url', 'origin', address);
        await seen.until('3 brought there');
        team.git(where, 'remote', 'set-url', 'origin', away);
        const { cwd, commit } = await elsewhere('disable', 'triage');
        team.git(where, 'fetch', '-q', cwd, `${commit}:${SIDE}`);
        await seen.until('3 brought there');
        expect(team.vllm.loaded).toEqual([]);
      } finally {
        silent.close();
      }
    },
  );

  it(
    'pushes nothing where that is not wanted, goes on, and says once what is so every time',
    { timeout: 300_000 },
    async () => {
      const where = await team.ready();
      const before = team.git({ cwd: team.shared }, 'rev-parse', 'main');
      const open = team.path('open.key');
      copyFileSync(where.env['MODELSMITH_KEY_FILE'] ?? '', open);
      chmodSync(open, 0o644);
      const seen = watch(where, '--push', 'off', '--key-file', open);
      expect(await seen.until(' targets: ')).toContain(' ok ');
      expect(await seen.until(' targets: ')).toContain('3 as wanted');
      expect(seen.lines.filter((line) => line.includes('may read'))).toHaveLength(1);
      expect(team.git({ cwd: team.shared }, 'rev-parse', 'main')).toBe(before);
    },
  );
});
