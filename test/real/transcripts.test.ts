import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LINE } from '../../src/commands/demo/material.ts';
import { lacking, modelsmith, succeed, type Where } from './support/command.ts';
import { playDemo, type Demo } from './support/demo.ts';
import type { Ended } from './support/sandbox.ts';
import { atTerminal } from './support/screen.ts';

const IT = `${LINE}@1.0.0`;
const FIXTURES = fileURLToPath(new URL('../../fixtures/evals', import.meta.url));
const LOGS = ['claims_knowledge', 'claims_routing'].map(
  (task) => `samples_${task}_2026-03-02T09-30-00.123456.jsonl`,
);

/** From the harness's folder to the screen of somebody who judges single answers. */
describe('transcripts', () => {
  let demo: Demo;
  let where: Where;
  let logs: string;
  beforeAll(() => {
    demo = playDemo();
    logs = join(demo.box.root, 'logs');
    for (const name of LOGS) cpSync(join(FIXTURES, name), join(logs, name));
    where = cloneAt('clone', 'Lock ');
    const request = ['request', IT, '--adapter', mine('adapters/claims-triage-1.0.0')];
    expect(trainer(where, ...request, '--metadata', mine('submission/metadata.yaml')).code).toBe(0);
  });
  afterAll(() => demo.box.dispose());

  const mine = (path: string): string => join(demo.folder, path);
  const cloneAt = (name: string, start: string): Where => {
    const cwd = join(demo.box.root, name);
    demo.box.git(demo.box.root, ['clone', '-q', demo.evidence, cwd]);
    demo.box.git(cwd, ['reset', '-q', '--hard', demo.commit(start)]);
    return { ...demo.where, cwd };
  };
  const trainer = (at: Where, ...args: string[]): Ended =>
    modelsmith(at, [...args, '--key-file', demo.key('trainer')]);

  it('come in with a run, in the same commit, and the history verifies down to their bytes', () => {
    const files = LOGS.map((name) => join(logs, name));
    const done = trainer(where, 'eval', IT, mine('results/1.0.0.json'), ...files, '--run', 'run-1');
    expect(done.code, done.stderr).toBe(0);
    expect(done.stdout).toContain('items of run-1: 2 of claims_knowledge, 3 of claims_routing');
    expect(done.stdout).toContain('moved candidate → eval-accepted');
    expect(succeed(where, ['verify', '--content'])).toContain('verified: no findings');
    const raw = join(where.cwd, 'promotions', LINE, '1.0.0/eval-transcripts/run-1/raw');
    for (const name of LOGS) expect(readFileSync(join(raw, name))).toEqual(readFileSync(join(logs, name)));
  });

  it('are shown item by item, to people and to programs', () => {
    const text = succeed(where, ['show', IT, '--items', '--task', 'claims_routing', '--item', '2']);
    expect(text).toContain('run-1/claims_routing/2');
    expect(text).toContain('Third stolen bicycle this year');
    expect(text).not.toContain('windscreen');
    const { runs } = JSON.parse(succeed(where, ['show', IT, '--items', '--json', '--page'])) as {
      runs: { items: { key: string; expected: string; sha256: string }[] }[];
    };
    expect(runs[0]?.items.map(({ key }) => key)).toEqual([
      ...['run-1/claims_knowledge/0', 'run-1/claims_knowledge/1'],
      ...['run-1/claims_routing/0', 'run-1/claims_routing/1', 'run-1/claims_routing/2'],
    ]);
    const [line = ''] = readFileSync(join(logs, LOGS[1] ?? ''), 'utf8').split('\n');
    const digest = execFileSync('sha256sum', { input: line, encoding: 'utf8' }).slice(0, 64);
    expect(runs[0]?.items[2]?.sha256).toBe(digest);
    expect(succeed(where, ['show', IT, '--items', '--page'])).toContain('run-1/claims_knowledge/1');
  });

  it('of another name, or asked for in two ways, are none', () => {
    const other = modelsmith(where, ['show', IT, '--items', '--task', 'poems']);
    expect(other.code).toBe(66);
    expect(other.stderr).toContain('3 of claims_routing');
    for (const words of [
      ['--task', 'x'],
      ['--items', '--file', 'model-card.md'],
    ])
      expect(modelsmith(where, ['show', IT, ...words]).code).toBe(64);
  });

  it('come in with a submission too, a folder for each run', () => {
    const submission = (...more: string[]): Ended =>
      trainer(
        cloneAt(`clone-${more.length}`, 'Lock '),
        ...['submit', IT, '--adapter', mine('adapters/claims-triage-1.0.0'), '--dry-run'],
        ...['--metadata', mine('submission/metadata.yaml'), '--results', mine('results/1.0.0.json'), ...more],
      );
    const one = submission('--transcripts', logs);
    expect(one.code, one.stderr).toBe(0);
    expect(one.stdout).toContain('items of run-1: 2 of claims_knowledge, 3 of claims_routing');
    expect(one.stdout).toContain(`eval-transcripts/run-1/raw/${LOGS[0] ?? ''}`);
    expect(submission('--transcripts', logs, '--transcripts', logs).code).toBe(64);
  });

  it.skipIf(lacking('tmux'))(
    'are leafed through at a terminal, line by line and without colours',
    async () => {
      const seen = await atTerminal(demo.box, where, ['show', IT, '--items', '--page', '--no-color'], '');
      expect(seen.exit).toBe(0);
      expect(seen.prompts.length).toBeGreaterThan(2);
      expect(seen.prompts.at(-1)).toMatch(/^\? page (\d+) of \1 \(Enter: done\):/);
      expect(seen.text).toContain('run-1/claims_routing/2');
      expect(seen.text.match(/run-1\/claims_knowledge\/0/g)).toHaveLength(1);
    },
  );
});
