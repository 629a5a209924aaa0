import { describe, expect, test } from 'vitest';
import { parseGguf } from '../../../src/adapters/artifacts/gguf.ts';
import { artifactInspector } from '../../../src/adapters/artifacts/inspector.ts';
import { COMMIT, findings, folder } from './adapter-folder.ts';
import { gguf, KEYS, text, textValue, u32, u64, type GgufParts, type GgufTensor } from './gguf-file.ts';

const BASE = { statedBase: { name: 'acme/base', pin: COMMIT } };
const LIST = 9;
const embedding = { name: 'token_embd.weight', shape: [32, 2], type: 8, offset: 0 };
const norm = { name: 'output_norm.weight', shape: [3], type: 0, offset: 96 };
const with_ = (...tensors: readonly GgufTensor[]): GgufParts => ({ tensors });
const keyed = (key: string, type: number, bytes: Buffer): GgufParts => ({
  keys: { ...KEYS, [key]: [type, bytes] },
});

describe('a GGUF file', () => {
  test('is a model by its header and its digest, and no adapter', async () => {
    const verdict = await artifactInspector.inspect(folder({ 'm.gguf': gguf(), 'README.md': '' }), BASE);
    expect(verdict).toMatchObject({
      kind: 'sound',
      format: 'gguf',
      facts: { architecture: 'llama', tensorCount: 2, parameterCount: 67, dtypes: ['F32', 'Q8_0'] },
      files: [{ path: 'm.gguf' }],
    });
  });
  test('of version 2, of another alignment, padded at its end, is read', () => {
    for (const parts of [
      { version: 2 },
      { data: 128 },
      {
        ...keyed('general.alignment', 4, u32(64)),
        alignment: 64,
        tensors: [embedding, { ...norm, offset: 128 }],
        data: 140,
      },
      keyed('x', LIST, Buffer.concat([u32(LIST), u64(1), u32(4), u64(1), u32(7)])),
    ] as const)
      expect(parseGguf(gguf(parts), gguf(parts).length, 'm')).toMatchObject({ ok: true });
  });
  test.each<[string, RegExp, Uint8Array]>([
    ['that is none', /does not start with GGUF/, gguf({ magic: 'GGML' })],
    ['of another order of bytes', /version/, gguf({ version: 0x03000000 })],
    ['of a later version', /version 4/, gguf({ version: 4 })],
    ['without tensors', /no tensor/, gguf(with_())],
    ['that says it has billions of tensors', /more than/, gguf({ counts: [1n << 40n, 1] })],
    ['that says it has billions of keys', /more than/, gguf({ counts: [1, 1n << 60n] })],
    ['that ends within its header', /ends within/, gguf().subarray(0, 60)],
    ['with a text that would go on for ever', /text of/, gguf(keyed('x', 8, u64(1n << 62n)))],
    [
      'with a list that would go on for ever',
      /ends within/,
      gguf(keyed('x', LIST, Buffer.concat([u32(8), u64(1n << 62n)]))),
    ],
    [
      'with a list of numbers that would go on for ever',
      /ends within/,
      gguf(keyed('x', LIST, Buffer.concat([u32(12), u64(1n << 61n)]))),
    ],
    [
      'with lists in lists in lists',
      /lists in lists/,
      gguf(keyed('x', LIST, Buffer.concat([u32(LIST), u64(1), u32(LIST), u64(1), u32(LIST), u64(0)]))),
    ],
    ['with a value of no type', /type 13/, gguf(keyed('x', 13, Buffer.alloc(8)))],
    ['with a text that is none', /UTF-8/, gguf(keyed('x', 8, text(Buffer.of(0xff))))],
    ['with one tensor twice', /twice/, gguf(with_(embedding, { ...embedding, offset: 96 }))],
    ['with a tensor of a type that is not known', /type 99/, gguf(with_({ ...embedding, type: 99 }))],
    ['with a tensor of half a block', /does not fit/, gguf(with_({ ...embedding, shape: [31, 2] }))],
    ['with a tensor of nothing', /does not fit/, gguf(with_({ ...norm, shape: [0] }))],
    ['with a tensor of five dimensions', /dimensions/, gguf(with_({ ...norm, shape: [1, 1, 1, 1, 3] }))],
    [
      'with a hole between tensors',
      /another place/,
      gguf({ ...with_(embedding, { ...norm, offset: 128 }), data: 140 }),
    ],
    ['with tensors that overlap', /another place/, gguf(with_(embedding, { ...norm, offset: 64 }))],
    ['with bytes that belong to no tensor', /describes/, gguf({ data: 300 })],
    ['that is cut off', /describes/, gguf({ data: 100 })],
    ['with an alignment that is none', /alignment/, gguf(keyed('general.alignment', 4, u32(7)))],
    ['with an alignment in words', /alignment/, gguf(keyed('general.alignment', 8, text('32')))],
    ['of more parameters than can be', /parameters/, gguf(with_({ ...norm, shape: [2 ** 52, 8], type: 24 }))],
  ])('%s is refused', (_, sentence, bytes) => {
    const parsed = parseGguf(bytes, bytes.length, 'm.gguf');
    expect(parsed.ok ? 'ok' : parsed.problems[0].message).toMatch(sentence);
  });
  test('with one key twice is refused', () => {
    const keys = Buffer.from(gguf({ keys: { aa: textValue('1'), ab: textValue('2') } }));
    keys[keys.indexOf('ab') + 1] = 'a'.charCodeAt(0);
    expect(parseGguf(keys, keys.length, 'm')).toMatchObject({
      ok: false,
      problems: [{ message: 'has the key "aa" twice' }],
    });
  });
  test.each<[string, string[], Record<string, Uint8Array | string>]>([
    ['of an adapter', ['GGUF_MALFORMED'], { 'm.gguf': gguf(keyed('general.type', 8, text('adapter'))) }],
    ['in parts', ['GGUF_MALFORMED'], { 'm.gguf': gguf(keyed('split.count', 2, Buffer.from([3, 0]))) }],
    ['without an architecture', ['GGUF_MALFORMED'], { 'm.gguf': gguf({ keys: {} }) }],
    ['beside another', ['ARTIFACT_SEVERAL'], { 'a.gguf': gguf(), 'b.gguf': gguf() }],
    ['that is a pickle', ['ARTIFACT_PICKLE'], { 'm.gguf': Uint8Array.of(0x80, 4, 0x95, 0, 0, 0, 0, 0, 0) }],
    [
      'that is a pointer of Git LFS',
      ['ARTIFACT_LFS_POINTER'],
      { 'm.gguf': 'version https://git-lfs.github.com/spec/v1\n' },
    ],
  ])('%s is refused: %s', async (_, codes, content) =>
    expect((await findings(content, BASE)).map(({ code }) => code)).toEqual(codes),
  );
  test('without a base is refused', async () =>
    expect((await findings({ 'm.gguf': gguf() })).map(({ code }) => code)).toEqual(['BASE_FLOATING']));
});
