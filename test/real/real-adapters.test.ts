import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { artifactInspector } from '../../src/adapters/artifacts/inspector.ts';
import { TEST_DATA, withoutTestData } from './support/test-data.ts';

const data = join(TEST_DATA, 'adapters');

describe.skipIf(withoutTestData())('adapters nobody here made', () => {
  const opt = join(data, 'opt-125m-dpo');
  const commit = '27dcfa74d334bc871f3234de431e71c6eeba5dd6';

  test('a sound one whose base floats, as PEFT writes it by default', async () => {
    const verdict = await artifactInspector.inspect(opt);
    expect(verdict).toMatchObject({ kind: 'refused', findings: [{ code: 'BASE_FLOATING' }] });
    if (verdict.kind !== 'refused') throw new Error('was accepted');
    expect(verdict.findings).toHaveLength(1);
    expect(verdict.findings[0].message).toContain('--base facebook/opt-125m@<commit>');
  });

  test('the same with its base stated, under the digest that sha256sum gives', async () => {
    const verdict = await artifactInspector.inspect(opt, {
      statedBase: { name: 'facebook/opt-125m', pin: commit },
    });
    const sums = execFileSync('sha256sum', ['adapter_config.json', 'adapter_model.safetensors'], {
      cwd: opt,
    });
    const [digest] = execFileSync('sha256sum', { input: sums, encoding: 'utf8' }).split(' ');
    expect(verdict).toMatchObject({
      kind: 'sound',
      name: 'opt-125m-dpo',
      digest,
      facts: {
        rank: 16,
        maxRank: 16,
        alpha: '32',
        targetModules: ['q_proj', 'v_proj'],
        tensorCount: 48,
        dtypes: ['BF16'],
      },
      base: { name: 'facebook/opt-125m', pin: { kind: 'commit', value: commit }, statedBy: 'submitter' },
    });
  });

  test('one that carries a whole classifier its configuration denies', async () => {
    const verdict = await artifactInspector.inspect(join(data, 'gpt2-emotion'), {
      statedBase: { name: 'gpt2', pin: commit },
    });
    expect(verdict).toMatchObject({
      kind: 'refused',
      findings: [{ code: 'HIDDEN_TENSOR', place: { key: 'base_model.model.score.weight' } }],
    });
    if (verdict.kind !== 'refused') throw new Error('was accepted');
    expect(verdict.findings).toHaveLength(1);
    expect(verdict.findings[0].message).toContain('base_model.model.score.weight');
  });
});
