import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LINE, metadataOf, MODEL_CARD_TEXT, ROLLBACK_TEXT } from '../../src/commands/demo/material.ts';
import { modelsmith, succeed, type Where } from './support/command.ts';
import { playDemo, type Demo } from './support/demo.ts';
import type { Ended } from './support/sandbox.ts';
import { TEST_DATA, withoutTestData } from './support/test-data.ts';

const OPT = join(TEST_DATA, 'adapters/opt-125m-dpo');
const GPT2 = join(TEST_DATA, 'adapters/gpt2-emotion');
const RUN = join(TEST_DATA, 'eval/lm-eval/v0.4-two-tasks.json');
const OPT_BASE = 'facebook/opt-125m@27dcfa74d334bc871f3234de431e71c6eeba5dd6';
const GPT2_BASE = 'gpt2@607a30d783dfa663caf39e06633721c8d4cfcd7e';
const IT = `${LINE}@2.0.0`;

/** Adapters and harness outputs that nobody made for this tool, in a repository with a lock. */
describe.skipIf(withoutTestData())('real files', () => {
  let demo: Demo;
  let where: Where;
  let metadata: string;
  beforeAll(() => {
    demo = playDemo();
    const cwd = join(demo.box.root, 'clone');
    demo.box.git(demo.box.root, ['clone', '-q', demo.evidence, cwd]);
    demo.box.git(cwd, ['reset', '-q', '--hard', demo.commit('Lock ')]);
    where = { ...demo.where, cwd };
    const now = Math.floor(Date.now() / 1000);
    metadata = demo.box.write(
      join(demo.box.root, 'metadata.yaml'),
      metadataOf({ from: now - 7200, to: now - 3600 }),
    );
  });
  afterAll(() => demo.box.dispose());

  const as = (who: string, ...args: string[]): Ended =>
    modelsmith(where, [...args, '--key-file', demo.key(who)]);
  const request = (adapter: string, ...more: string[]): Ended =>
    as('trainer', 'request', IT, '--adapter', adapter, '--metadata', metadata, ...more);

  it('an adapter whose base floats is refused, and the remedy says what to add', () => {
    const { code, stderr } = request(OPT);
    expect(code).toBe(3);
    expect(stderr.replace(/\s+/g, ' ')).toContain('--base facebook/opt-125m@<commit>');
    expect(stderr).toContain('BASE_FLOATING');
    expect(request(OPT, '--base', 'facebook/opt-125m@main').stderr).toContain('BASE_FLOATING');
  });

  it('an adapter with a hidden full tensor is refused by the name of the tensor, pinned or not', () => {
    const { code, stderr } = request(GPT2, '--base', GPT2_BASE);
    expect(code).toBe(3);
    expect(stderr).toContain('score.weight');
    expect(stderr).not.toContain('BASE_FLOATING');
  });

  it('with its base pinned the real adapter becomes a candidate, of rank 16', () => {
    const asked = request(OPT, '--base', OPT_BASE);
    expect(asked.code, asked.stderr).toBe(0);
    expect(asked.stdout).toContain(`${IT} is candidate`);
    expect(asked.stdout).toContain('rank 16');
    expect(asked.stdout).toContain(OPT_BASE);
    const shown = succeed(where, ['show', IT]);
    expect(shown).toContain('rank 16');
    expect(shown).toContain('adapter_model.safetensors');
  });

  it('a model card full of placeholders is no model card; a written one is', () => {
    const card = (file: string): Ended =>
      as('trainer', 'evidence', 'add', IT, file, '--as-path', 'model-card.md');
    const empty = card(join(GPT2, 'README.md'));
    expect(empty.code).toBe(3);
    expect(empty.stderr).toMatch(/EVIDENCE_\w+ +model-card\.md/);
    expect(empty.stderr).toContain('laceholder');
    const written = card(demo.box.write(join(demo.box.root, 'card.md'), MODEL_CARD_TEXT));
    expect(written.code, written.stderr).toBe(0);
    const rollback = demo.box.write(join(demo.box.root, 'rollback-procedure.md'), ROLLBACK_TEXT);
    expect(as('trainer', 'evidence', 'add', IT, rollback).code).toBe(0);
  });

  it('the run of another model is refused for the candidate, and counts as a baseline with its own values', () => {
    const other = as('trainer', 'eval', IT, RUN, '--run', 'run-1');
    expect(other.code).toBe(3);
    expect(other.stderr).toContain('EVAL_OTHER_MODEL');
    const baseline = (model: string) => as('eli', 'baseline', 'add', LINE, RUN, '--model', model, '--json');
    const misnamed = baseline('mem_Qwen3-93M');
    expect([misnamed.code, misnamed.stdout]).toEqual([3, expect.stringContaining('BASELINE_OTHER_MODEL')]);
    const { code, stdout, stderr } = baseline('mem_Qwen3-93M_minerva_math_rep_0_sbst_1.0000_epch_1_ot_1');
    expect(code, stderr).toBe(0);
    expect((JSON.parse(stdout) as { measurements: unknown }).measurements).toMatchObject([
      { task: 'math_perturbed_full', metric: 'exact_match', value: '0' },
      { task: 'math_rephrased_full', metric: 'exact_match', value: '0.0004' },
    ]);
    expect(succeed(where, ['verify', '--content'])).toContain('verified: no findings');
  });
});
