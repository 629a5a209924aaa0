import { describe, expect, test } from 'vitest';
import { artifactInspector } from '../../../src/adapters/artifacts/inspector.ts';
import { safetensorsFile } from '../../../src/adapters/artifacts/sample.ts';
import { COMMIT, files as adapter, findings, folder, tensor } from './adapter-folder.ts';
import { gguf } from './gguf-file.ts';

const BASE = { statedBase: { name: 'acme/base', pin: COMMIT } };
const CONFIG = JSON.stringify({ architectures: ['LlamaForCausalLM'], model_type: 'llama' });
const ONE = safetensorsFile([tensor('embed.weight', [4, 2]), tensor('norm.weight', [2])], {});
const TWO = safetensorsFile([tensor('head.weight', [2, 4], 'F32')], {});
const single = { 'config.json': CONFIG, 'model.safetensors': ONE };
const MAP = {
  'embed.weight': 'model-00001-of-00002.safetensors',
  'norm.weight': 'model-00001-of-00002.safetensors',
  'head.weight': 'model-00002-of-00002.safetensors',
};
const index = (map: object = MAP, size: unknown = 72) =>
  JSON.stringify({ metadata: { total_size: size }, weight_map: map });
const sharded = {
  'config.json': CONFIG,
  'model.safetensors.index.json': index(),
  'model-00001-of-00002.safetensors': ONE,
  'model-00002-of-00002.safetensors': TWO,
};
const codes = async (content: Parameters<typeof folder>[0], options: object = BASE) =>
  (await findings(content, options)).map(({ code }) => code);
const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 9\n`;

describe('a whole model', () => {
  test('in one file is its weights, its configuration and its tokenizer, and nothing that lies beside them', async () => {
    const content = { ...single, 'tokenizer.json': '{}', 'README.md': '# Model', 'training.log': 'done' };
    const verdict = await artifactInspector.inspect(folder(content), BASE);
    if (verdict.kind !== 'sound') throw new Error(JSON.stringify(verdict));
    expect(verdict).toMatchObject({
      format: 'safetensors',
      facts: { architecture: 'LlamaForCausalLM', tensorCount: 2, parameterCount: 10, dtypes: ['F32'] },
      base: { name: 'acme/base', statedBy: 'submitter' },
    });
    expect(verdict.files.map(({ path }) => path)).toEqual([
      'config.json',
      'model.safetensors',
      'tokenizer.json',
    ]);
  });
  test('in several files is all of them with their index', async () => {
    const verdict = await artifactInspector.inspect(folder(sharded), BASE);
    if (verdict.kind !== 'sound') throw new Error(JSON.stringify(verdict));
    expect(verdict.facts).toMatchObject({ tensorCount: 3, parameterCount: 18 });
    expect(verdict.files).toHaveLength(4);
  });
  test.each<[string, string, Record<string, Uint8Array | string>]>([
    ['without its index', 'ARTIFACT_INCOMPLETE', { 'model.safetensors.index.json': '' }],
  ])('in several files %s is refused', async (_, code, less) => {
    const content = Object.fromEntries(Object.entries(sharded).filter(([name]) => !(name in less)));
    expect(await codes(content)).toEqual([code]);
  });
  test.each<[string, string]>([
    [
      'leaves a file out',
      index({ 'embed.weight': MAP['embed.weight'], 'norm.weight': MAP['norm.weight'] }, 72),
    ],
    [
      'leaves a tensor out',
      index({ 'embed.weight': MAP['embed.weight'], 'head.weight': MAP['head.weight'] }),
    ],
    ['names a tensor that is in no file', index({ ...MAP, 'more.weight': MAP['head.weight'] })],
    ['names a file that is not there', index({ ...MAP, 'more.weight': 'model-00003-of-00002.safetensors' })],
    ['puts a tensor into another file', index({ ...MAP, 'norm.weight': MAP['head.weight'] })],
    ['tells another size', index(MAP, 71)],
    ['tells no size', index(MAP, null)],
    ['names no files', index({ ...MAP, 'norm.weight': 1 })],
    ['has no map', JSON.stringify({ metadata: { total_size: 72 } })],
    ['is no JSON', '{'],
  ])('with an index that %s is refused', async (_, text) => {
    const found = await codes({ ...sharded, 'model.safetensors.index.json': text });
    expect([...new Set(found)]).toEqual(['SHARD_INDEX']);
  });
  test('with one tensor in two files is refused', async () =>
    expect(await codes({ ...sharded, 'model-00002-of-00002.safetensors': ONE })).toContain('SHARD_INDEX'));
  test.each<[string, string, Record<string, Uint8Array | string>]>([
    ['without its configuration', 'ARTIFACT_INCOMPLETE', { 'model.safetensors': ONE }],
    ['under another name', 'ARTIFACT_INCOMPLETE', { 'config.json': CONFIG, 'weights.safetensors': ONE }],
    ['whose configuration names no architecture', 'MODEL_CONFIG_INVALID', { ...single, 'config.json': '{}' }],
    [
      'whose configuration names code',
      'ARTIFACT_CODE',
      { ...single, 'config.json': '{"model_type": "x", "auto_map": {}}' },
    ],
    ['that brings code', 'ARTIFACT_CODE', { ...single, 'modeling_x.py': 'import os' }],
    ['beside a pickle', 'ARTIFACT_PICKLE', { ...single, 'pytorch_model.bin': 'x' }],
    [
      'beside a pickle under another name',
      'ARTIFACT_PICKLE',
      { ...single, 'notes.txt': Uint8Array.of(0x80, 4, 0x95, 1, 0, 0) },
    ],
    [
      'beside what PyTorch packs a pickle into',
      'ARTIFACT_PICKLE',
      { ...single, weights: 'PK\u0003\u0004xxxxxxxxxxxxxxxxxxxxxxxxxxarchive/data.pkl' },
    ],
    ['that is a pointer of Git LFS', 'ARTIFACT_LFS_POINTER', { ...single, 'model.safetensors': LFS }],
    ['whose tokenizer is a pointer of Git LFS', 'ARTIFACT_LFS_POINTER', { ...single, 'tokenizer.json': LFS }],
    ['that is damaged', 'SAFETENSORS_MALFORMED', { ...single, 'model.safetensors': ONE.subarray(0, -1) }],
    [
      'with an adapter that was not merged',
      'HIDDEN_TENSOR',
      { ...single, 'model.safetensors': safetensorsFile([tensor('q.lora_A.weight', [2, 2])], {}) },
    ],
    ['of no parameters', 'TENSOR_MISSING', { ...single, 'model.safetensors': safetensorsFile([], {}) }],
    ['beside an adapter', 'ARTIFACT_SEVERAL', { ...adapter(), ...single }],
    ['beside a GGUF file', 'ARTIFACT_SEVERAL', { ...single, 'model.gguf': gguf() }],
  ])('%s is refused: %s', async (_, code, content) => expect(await codes(content)).toEqual([code]));
  test.each([
    ['without a base', {}],
    ['of a base that can move', { statedBase: { name: 'acme/base', pin: 'main' } }],
  ])('%s is refused', async (_, options) => expect(await codes(single, options)).toEqual(['BASE_FLOATING']));
});
