import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loraAdapter } from '../../src/adapters/artifacts/sample.ts';
import { ociLayout } from '../../src/adapters/oci/layout.ts';
import { BASE } from '../../src/commands/demo/material.ts';
import { modelsmithBeside, succeed, type Where } from './support/command.ts';
import { BECAUSE, IT, LINE, receiptsOf, Serving, statuses } from './support/serving.ts';
import { harnessOutput } from './support/team.ts';

const NEXT = `${LINE}@1.1.0`;
let team: Serving;
beforeAll(async () => {
  team = await Serving.build();
}, 180_000);
afterAll(() => team.dispose());
afterEach(() => {
  team.vllm.onAsked = () => undefined;
  team.vllm.failsAt = null;
});

/** The next iteration, which does not have the capability that is switched off, is let go where the first is live. */
async function succeeded(): Promise<Where> {
  const where = await team.ready();
  const { box, folder } = team.demo;
  await team.reconcile(where);
  const shape = { rank: 4, modules: ['q_proj', 'v_proj'], hidden: 32, layers: 1 };
  for (const { path, bytes } of loraAdapter({
    ...{ seed: 'next', base: BASE.name, revision: BASE.revision },
    ...shape,
  }))
    box.write(team.path('next', 'adapter', path), bytes);
  const metadata = readFileSync(join(folder, 'submission/metadata.yaml'), 'utf8');
  const results = harnessOutput('tuned', Math.floor(Date.now() / 1000) - 3600);
  succeed(where, [
    ...['submit', NEXT, '--adapter', team.path('next', 'adapter')],
    ...[
      '--metadata',
      box.write(
        team.path('next/metadata.yaml'),
        metadata.replace(/capabilities:\s+- triage/, 'capabilities: []'),
      ),
    ],
    ...['--results', box.write(team.path('next/results.json'), results)],
    ...['--evidence', join(folder, 'submission/model-card.md')],
    ...['--evidence', join(folder, 'submission/rollback-procedure.md')],
  ]);
  await team.does(where, 'omar', 'approve', NEXT);
  await team.does(where, 'mia', 'override', 'disable', 'triage', ...BECAUSE);
  return where;
}

describe('a brake that is known at the beginning', () => {
  const tag = async (): Promise<string | null> => {
    const tagged = await ociLayout(team.registry).tagged(`${LINE}-serving`);
    return tagged === null ? null : JSON.stringify(tagged);
  };

  it('is obeyed everywhere before anything is put anywhere, and what it did is told and signed once', async () => {
    const where = await succeeded();
    const [before, seen] = [await tag(), [] as unknown[]];
    team.vllm.onAsked = () => {
      if (team.vllm.asked.at(-1) !== 'POST /v1/unload_lora_adapter') return;
      seen.push(existsSync(join(team.served, LINE, '1.1.0')), existsSync(join(team.served, LINE, '1.0.0')));
    };
    const told = await team.reconcile(where);
    expect(seen).toEqual([false, false]);
    expect(await tag()).not.toBe(before);
    expect(told).toMatchObject({ code: 0, converged: true });
    const steps = told.targets.map(({ moves }) => moves.map((move) => `${move.do} ${move.key} ${move.why}`));
    expect(steps).toEqual([
      [`remove ${LINE}-serving disabled`, `put ${LINE}-serving missing`],
      ['remove 1.0.0 disabled', 'put 1.1.0 missing'],
      ['remove 1.0.0 disabled', 'put 1.1.0 missing'],
    ]);
    expect([...receiptsOf(told)].sort()).toEqual([
      ...['cluster live', 'cluster removed', 'mirror live', 'mirror removed', 'tags live', 'tags removed'],
    ]);
    expect(team.vllm.loaded.map(({ id }) => id)).toEqual([NEXT]);
    expect(await team.reconcile(where)).toMatchObject({ code: 0, converged: true, receipts: [] });
  });

  it('is planned like that, and nothing is done, in a dry run', async () => {
    const where = await succeeded();
    const before = await tag();
    const { length } = team.vllm.asked;
    const told = await team.reconcile(where, '--dry-run');
    expect(told.targets.map(({ moves }) => moves.map((move) => move.do))).toEqual(
      Array(3).fill(['remove', 'put']),
    );
    expect(await tag()).toBe(before);
    expect(team.vllm.asked.slice(length)).toEqual(['GET /v1/models']);
    const { stdout } = await modelsmithBeside(where, ['reconcile', '--dry-run']);
    expect(stdout).toContain('what is switched off would go from all of them first');
  });

  it('does not wait for a target that fails, which is told of once and not asked for more', async () => {
    const where = await succeeded();
    const index = join(team.registry, 'index.json');
    const sound = readFileSync(index);
    writeFileSync(index, 'no index');
    team.vllm.failsAt = 'POST /v1/unload_lora_adapter';
    const { length } = team.vllm.asked;
    const told = await team.reconcile(where);
    expect(statuses(told)).toEqual(['tags: failed', 'mirror: brought there', 'cluster: failed']);
    expect(told.targets[2]?.moves.map(({ key }) => key)).toEqual(['1.0.0']);
    expect(receiptsOf(told)).toEqual(['mirror removed', 'mirror live']);
    expect(team.vllm.asked.slice(length).filter((asked) => asked.includes('unload'))).toHaveLength(1);
    expect(team.vllm.loaded.map(({ id }) => id)).toEqual([IT]);
    writeFileSync(index, sound);
    team.vllm.failsAt = null;
    expect(await team.reconcile(where)).toMatchObject({ code: 0, converged: true });
    expect(team.vllm.loaded.map(({ id }) => id)).toEqual([NEXT]);
  });

  it('asks no target twice where nothing is switched off', async () => {
    const where = await team.ready();
    await team.reconcile(where);
    const { length } = team.vllm.asked;
    await team.reconcile(where);
    expect(team.vllm.asked.slice(length)).toEqual(['GET /v1/models']);
  });
});
