import { describe, expect, test } from 'vitest';
import { artifactInspector } from '../../../src/adapters/artifacts/inspector.ts';
import type { SampleTensor } from '../../../src/adapters/artifacts/sample.ts';
import type { ArtifactFault, InspectOptions } from '../../../src/ports/artifacts.ts';
import { COMMIT, config, files, findings, folder, MODULE, pair, tensor, weights } from './adapter-folder.ts';

const OTHER = 'b'.repeat(40);

describe('the tensors', () => {
  test.each<[what: string, tensors: SampleTensor[], code: ArtifactFault, at: string]>([
    [
      'a full tensor',
      [...pair(), tensor('base_model.model.score.weight', [2, 8])],
      'HIDDEN_TENSOR',
      'base_model.model.score.weight',
    ],
    [
      'a module that is no target',
      [...pair(), ...pair('base_model.model.lm_head')],
      'HIDDEN_TENSOR',
      'base_model.model.lm_head.lora_A.weight',
    ],
    [
      'a magnitude vector',
      [...pair(), tensor(`${MODULE}.lora_magnitude_vector`, [8])],
      'HIDDEN_TENSOR',
      `${MODULE}.lora_magnitude_vector`,
    ],
    [
      'an adapter name in the tensor name',
      [...pair(), tensor(`${MODULE}.lora_A.default.weight`, [2, 8])],
      'HIDDEN_TENSOR',
      `${MODULE}.lora_A.default.weight`,
    ],
    [
      'A of another rank',
      [tensor(`${MODULE}.lora_A.weight`, [3, 8]), ...pair().slice(1)],
      'TENSOR_SHAPE',
      `${MODULE}.lora_A.weight`,
    ],
    [
      'B the wrong way round',
      [...pair().slice(0, 1), tensor(`${MODULE}.lora_B.weight`, [2, 8])],
      'TENSOR_SHAPE',
      `${MODULE}.lora_B.weight`,
    ],
    [
      'A of three dimensions',
      [tensor(`${MODULE}.lora_A.weight`, [2, 8, 1]), ...pair().slice(1)],
      'TENSOR_SHAPE',
      `${MODULE}.lora_A.weight`,
    ],
    [
      'A of whole numbers',
      [tensor(`${MODULE}.lora_A.weight`, [2, 8], 'I64'), ...pair().slice(1)],
      'TENSOR_SHAPE',
      `${MODULE}.lora_A.weight`,
    ],
    ['A without B', pair().slice(0, 1), 'TENSOR_MISSING', 'model.layers.0.self_attn.q_proj'],
    ['nothing', [], 'TENSOR_MISSING', 'adapter_model.safetensors'],
  ])('%s', async (_, tensors, code, at) => {
    expect((await findings(weights(tensors)))[0]).toMatchObject({ code, at });
  });

  test('a rank of its own for some modules', async () => {
    const tensors = pair(MODULE, 3);
    expect(await findings(weights(tensors, { rank_pattern: { q_proj: 3 } }))).toEqual([]);
    expect(
      await findings(weights(tensors, { rank_pattern: { 'model.layers.0.self_attn.q_proj': 3 } })),
    ).toEqual([]);
    expect(
      await findings(weights(tensors, { rank_pattern: { 'layers.[0-9]+.self_attn.q_proj': 3 } })),
    ).toEqual([]);
    expect(
      (await findings(weights(tensors, { rank_pattern: { v_proj: 3 } }))).map(({ code }) => code),
    ).toEqual(['TENSOR_SHAPE', 'TENSOR_SHAPE']);
    expect(
      (await findings(weights(pair(), { rank_pattern: { q_proj: 3 } }))).map(({ code }) => code),
    ).toEqual(['TENSOR_SHAPE', 'TENSOR_SHAPE']);
  });
});

describe('the base', () => {
  const stated = (name: string, pin: string): InspectOptions => ({ statedBase: { name, pin } });

  test.each([[null], ['main'], ['v1.0'], ['abc1234'], [COMMIT.toUpperCase()]])(
    'revision %j floats',
    async (revision) => {
      const found = await findings(config({ revision }));
      expect(found).toMatchObject([{ code: 'BASE_FLOATING', at: 'revision' }]);
      expect(found[0]?.message).toContain('--base acme/base@<commit>');
      const verdict = await artifactInspector.inspect(
        folder(config({ revision })),
        stated('acme/base', `sha256:${'c'.repeat(64)}`),
      );
      expect(verdict).toMatchObject({
        base: { name: 'acme/base', pin: { kind: 'digest', value: 'c'.repeat(64) }, statedBy: 'submitter' },
      });
    },
  );

  test('a stated base that floats, or is another one, or the same at another commit', async () => {
    expect(await findings(files(), stated('acme/base', 'main'))).toMatchObject([{ code: 'BASE_FLOATING' }]);
    expect(await findings(files(), stated('acme/other', COMMIT))).toMatchObject([{ code: 'BASE_MISMATCH' }]);
    expect(await findings(files(), stated('acme/base', OTHER))).toMatchObject([{ code: 'BASE_MISMATCH' }]);
    expect(await findings(files(), stated('acme/base', COMMIT))).toEqual([]);
  });

  test('a configuration that names no base', async () => {
    const content = config({ base_model_name_or_path: null });
    expect(await findings(content)).toMatchObject([{ code: 'BASE_FLOATING', at: 'base_model_name_or_path' }]);
    expect(await findings(content, stated('acme/base', COMMIT))).toEqual([]);
  });
});
