import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { artifactInspector } from '../../../src/adapters/artifacts/inspector.ts';
import { loraAdapter } from '../../../src/adapters/artifacts/sample.ts';
import { CannotTell } from '../../../src/base/errors.ts';
import type { ArtifactFault } from '../../../src/ports/artifacts.ts';
import {
  COMMIT,
  config,
  files,
  findings,
  folder,
  pair,
  root,
  SAMPLE,
  tensor,
  weights,
} from './adapter-folder.ts';

test('a sound adapter: digests that sha256sum gives, facts, and the pinned base', async () => {
  const content = files();
  const verdict = await artifactInspector.inspect(
    folder({ ...content, 'README.md': 'no part of the artifact', 'train.py': 'print()' }),
  );
  const sha = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
  const lines = Object.entries(content).map(([path, bytes]) => ({
    path,
    size: bytes.length,
    sha256: sha(bytes),
  }));
  expect(verdict).toEqual({
    kind: 'sound',
    format: 'peft-lora',
    stamps: [],
    name: 'claims-lora',
    files: lines,
    digest: sha(lines.map((line) => `${line.sha256}  ${line.path}\n`).join('')),
    facts: {
      peftType: 'LORA',
      rank: 2,
      maxRank: 2,
      alpha: '4',
      targetModules: ['q_proj', 'v_proj'],
      tensorCount: 8,
      parameterCount: 128,
      dtypes: ['F32'],
    },
    base: { name: 'acme/base', pin: { kind: 'commit', value: COMMIT }, statedBy: 'adapter-config' },
  });
});

test('the sample is the same for the same seed only', () => {
  expect(loraAdapter(SAMPLE)).toEqual(loraAdapter(SAMPLE));
  expect(loraAdapter({ ...SAMPLE, seed: 'y' })[1]?.bytes).not.toEqual(loraAdapter(SAMPLE)[1]?.bytes);
});

describe('the folder', () => {
  const lfs = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 1\n`;
  test.each<
    [what: string, content: () => Record<string, Uint8Array | string>, code: ArtifactFault, at: string]
  >([
    [
      'a pickle beside',
      () => ({ ...files(), 'training_args.bin': '' }),
      'ARTIFACT_PICKLE',
      'training_args.bin',
    ],
    ['a checkpoint beside', () => ({ ...files(), 'optimizer.PT': '' }), 'ARTIFACT_PICKLE', 'optimizer.PT'],
    [
      'a zip as weights',
      () => ({ ...files(), 'adapter_model.safetensors': 'PK\u0003\u0004 and so on' }),
      'ARTIFACT_PICKLE',
      'adapter_model.safetensors',
    ],
    [
      'a pickle as weights',
      () => ({
        ...files(),
        'adapter_model.safetensors': Uint8Array.of(0x80, 2, 0x7d, 0x71, 0, 0x2e, 0, 0, 0, 0),
      }),
      'ARTIFACT_PICKLE',
      'adapter_model.safetensors',
    ],
    [
      'a pointer as weights',
      () => ({ ...files(), 'adapter_model.safetensors': lfs }),
      'ARTIFACT_LFS_POINTER',
      'adapter_model.safetensors',
    ],
    [
      'a pointer as configuration',
      () => ({ ...files(), 'adapter_config.json': lfs }),
      'ARTIFACT_LFS_POINTER',
      'adapter_config.json',
    ],
    [
      'no safetensors',
      () => ({ ...files(), 'adapter_model.safetensors': '' }),
      'SAFETENSORS_MALFORMED',
      'adapter_model.safetensors',
    ],
    [
      'no JSON',
      () => ({ ...files(), 'adapter_config.json': '{"r":NaN}' }),
      'PEFT_CONFIG_INVALID',
      'adapter_config.json',
    ],
    [
      'too much JSON',
      () => ({ ...files(), 'adapter_config.json': ' '.repeat(2 ** 20 + 1) }),
      'PEFT_CONFIG_INVALID',
      'adapter_config.json',
    ],
  ])('%s', async (_, content, code, at) => {
    expect((await findings(content())).map((found) => [found.code, found.at])).toEqual([[code, at]]);
  });

  test('a pickle instead of safetensors is named, and so is what is missing', async () => {
    const { 'adapter_model.safetensors': bytes, ...rest } = files();
    const found = await findings({ ...rest, 'adapter_model.bin': bytes ?? '' });
    expect(found.map(({ code }) => code)).toEqual(['ARTIFACT_PICKLE', 'ARTIFACT_INCOMPLETE']);
  });

  test('links are not followed', async () => {
    const { 'adapter_model.safetensors': bytes, ...rest } = files();
    const path = folder(rest);
    writeFileSync(join(root, 'elsewhere'), bytes ?? '');
    symlinkSync(join(root, 'elsewhere'), join(path, 'adapter_model.safetensors'));
    expect(await artifactInspector.inspect(path)).toMatchObject({
      kind: 'refused',
      findings: [{ code: 'ARTIFACT_NOT_A_FILE' }],
    });
  });

  test('a folder where a file should be', async () => {
    const { 'adapter_config.json': bytes, ...rest } = files();
    expect(bytes).toBeDefined();
    const path = folder(rest);
    mkdirSync(join(path, 'adapter_config.json'));
    expect(await artifactInspector.inspect(path)).toMatchObject({
      kind: 'refused',
      findings: [{ code: 'ARTIFACT_NOT_A_FILE' }],
    });
  });

  test('no folder at all: cannot tell', async () => {
    await expect(artifactInspector.inspect(join(root, 'missing'))).rejects.toThrow(CannotTell);
  });

  test('findings of all kinds at once', async () => {
    const found = await findings({
      ...weights([...pair(), tensor('base_model.model.score.weight', [2])], {
        revision: null,
        use_dora: true,
      }),
      'x.pkl': '',
    });
    expect(found.map(({ code }) => code)).toEqual([
      'ARTIFACT_PICKLE',
      'PEFT_UNSUPPORTED',
      'BASE_FLOATING',
      'HIDDEN_TENSOR',
    ]);
  });

  test('very many findings are counted', async () => {
    const found = await findings(
      weights([...pair(), ...Array.from({ length: 150 }, (_, index) => tensor(`hidden.${index}`, [1]))]),
    );
    expect(found).toHaveLength(101);
    expect(found.at(-1)?.message).toMatch(/And 49 more findings\.$/);
  });
});

describe('the configuration', () => {
  test.each<[changes: Record<string, unknown>, code: ArtifactFault]>([
    [{ peft_type: 'IA3' }, 'PEFT_UNSUPPORTED'],
    [{ peft_type: undefined }, 'PEFT_UNSUPPORTED'],
    [{ bias: 'all' }, 'PEFT_UNSUPPORTED'],
    [{ use_dora: true }, 'PEFT_UNSUPPORTED'],
    [{ use_qalora: true }, 'PEFT_UNSUPPORTED'],
    [{ modules_to_save: ['score'] }, 'PEFT_UNSUPPORTED'],
    [{ lora_bias: true }, 'PEFT_UNSUPPORTED'],
    [{ target_parameters: ['experts.gate_up_proj'] }, 'PEFT_UNSUPPORTED'],
    [{ trainable_token_indices: [1] }, 'PEFT_UNSUPPORTED'],
    [{ layer_replication: [[0, 2]] }, 'PEFT_UNSUPPORTED'],
    [{ alora_invocation_tokens: [1] }, 'PEFT_UNSUPPORTED'],
    [{ arrow_config: { arrow_top_k: 1 } }, 'PEFT_UNSUPPORTED'],
    [{ megatron_config: { x: 1 } }, 'PEFT_UNSUPPORTED'],
    [{ init_lora_weights: 'pissa_niter_16' }, 'PEFT_UNSUPPORTED'],
    [{ r: 0 }, 'PEFT_CONFIG_INVALID'],
    [{ r: 2.5 }, 'PEFT_CONFIG_INVALID'],
    [{ lora_alpha: 'high' }, 'PEFT_CONFIG_INVALID'],
    [{ target_modules: null }, 'PEFT_CONFIG_INVALID'],
    [{ target_modules: [] }, 'PEFT_CONFIG_INVALID'],
    [{ target_modules: ['q_proj', 'v_\nproj'] }, 'PEFT_CONFIG_INVALID'],
    [{ rank_pattern: { q_proj: 0 } }, 'PEFT_CONFIG_INVALID'],
    [{ alpha_pattern: { q_proj: 'x' } }, 'PEFT_CONFIG_INVALID'],
    [{ base_model_name_or_path: 'a\u202eb' }, 'PEFT_CONFIG_INVALID'],
  ])('%j', async (changes, code) => {
    const found = await findings(config(changes));
    expect(found.map((finding) => [finding.code, finding.at])).toEqual([[code, Object.keys(changes)[0]]]);
  });

  test.each([
    [{ use_rslora: true }],
    [{ modules_to_save: [] }],
    [{ megatron_core: 'megatron.core', loftq_config: {}, qalora_group_size: 16 }],
    [{ init_lora_weights: 'gaussian' }],
    [{ rank_pattern: null, alpha_pattern: { q_proj: 8.5 } }],
    [{ target_modules: 'all-linear' }],
    [{ target_modules: '.*(q|v)_proj' }],
  ])('%j is no reason to refuse', async (changes) => expect(await findings(config(changes))).toEqual([]));

  test('a document that is no object', async () => {
    for (const text of ['null', '[]', '1']) {
      expect((await findings({ ...files(), 'adapter_config.json': text })).map(({ code }) => code)).toEqual([
        'PEFT_CONFIG_INVALID',
        'BASE_FLOATING',
      ]);
    }
  });

  test('a pattern is recorded beside the modules that are really adapted', async () => {
    const verdict = await artifactInspector.inspect(folder(config({ target_modules: '(a+)+$' })));
    expect(verdict).toMatchObject({
      kind: 'sound',
      facts: { targetModules: ['q_proj', 'v_proj'], targetPattern: '(a+)+$' },
    });
  });
});
