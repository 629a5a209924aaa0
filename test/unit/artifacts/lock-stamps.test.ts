import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { artifactInspector } from '../../../src/adapters/artifacts/inspector.ts';
import { safetensorsFile } from '../../../src/adapters/artifacts/sample.ts';
import { sha256 } from '../../../src/base/digest.ts';
import { COMMIT, files, findings, folder, pair, tensor, weights } from './adapter-folder.ts';
import { gguf, KEYS, textValue, u32 } from './gguf-file.ts';

const LOCK = 'ab'.repeat(32);
const OTHER = 'cd'.repeat(32);
const BASE = { statedBase: { name: 'acme/base', pin: COMMIT } };
const WEIGHTS = 'adapter_model.safetensors';
const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;
const stamp = (lock: string) => ({ format: 'pt', 'modelsmith.lock': lock });
const adapter = (metadata: Readonly<Record<string, string>>) => ({
  ...weights(pair(), { target_modules: ['q_proj'] }),
  [WEIGHTS]: safetensorsFile(pair(), metadata),
});
const sharded = (one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>) => ({
  'config.json': JSON.stringify({ architectures: ['LlamaForCausalLM'] }),
  'model.safetensors.index.json': JSON.stringify({
    metadata: { total_size: 64 },
    weight_map: { 'embed.weight': SHARDS[0], 'head.weight': SHARDS[1] },
  }),
  [SHARDS[0]]: safetensorsFile([tensor('embed.weight', [4, 2])], one),
  [SHARDS[1]]: safetensorsFile([tensor('head.weight', [2, 4])], other),
});
const ggufWith = (value: ReturnType<typeof textValue>) => ({
  'model.gguf': gguf({ keys: { ...KEYS, 'modelsmith.lock': value } }),
});

async function stampsOf(path: string) {
  const verdict = await artifactInspector.inspect(path, BASE);
  if (verdict.kind === 'refused') throw new Error(JSON.stringify(verdict.findings));
  return verdict.stamps;
}

describe('the lock that weights carry', () => {
  test.each<[string, Parameters<typeof folder>[0], readonly object[]]>([
    ['an adapter', adapter(stamp(LOCK)), [{ path: WEIGHTS, lock: LOCK }]],
    ['an adapter without one', files(), []],
    ['a model in two files', sharded(stamp(LOCK), stamp(LOCK)), SHARDS.map((path) => ({ path, lock: LOCK }))],
    ['a model, of which one file has none', sharded({}, stamp(LOCK)), [{ path: SHARDS[1], lock: LOCK }]],
    [
      'a model, whose files say two',
      sharded(stamp(LOCK), stamp(OTHER)),
      [
        { path: SHARDS[0], lock: LOCK },
        { path: SHARDS[1], lock: OTHER },
      ],
    ],
    ['a GGUF file', ggufWith(textValue(LOCK)), [{ path: 'model.gguf', lock: LOCK }]],
  ])('is read from %s', async (_what, content, stamps) => {
    expect(await stampsOf(folder(content))).toEqual(stamps);
  });

  test.each<[string, Parameters<typeof folder>[0]]>([
    ['empty', adapter(stamp(''))],
    ['in capitals', adapter(stamp(LOCK.toUpperCase()))],
    ['cut off', adapter(stamp(LOCK.slice(1)))],
    ['more than an id', adapter(stamp(`${LOCK}\n`))],
    ['a number in a GGUF file', ggufWith([4, u32(7)])],
    ['a list in a GGUF file', ggufWith([9, Buffer.concat([u32(6), Buffer.alloc(8)])])],
  ])('is refused where it is %s', async (_what, content) => {
    expect(await findings(content, BASE)).toMatchObject([{ code: 'LOCK_STAMP', at: 'modelsmith.lock' }]);
  });

  test('is refused where its key is there twice, which two readers would read differently', async () => {
    const [sound, twice] = [stamp(LOCK), `"modelsmith.lock":"${OTHER}"`];
    const bytes = Buffer.from(adapter(sound)[WEIGHTS]);
    const text = bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString();
    const doubled = Buffer.from(text.trimEnd().replace('"format"', `${twice},"format"`));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(doubled.length));
    const content = Buffer.concat([length, doubled, bytes.subarray(8 + text.length)]);
    expect(await findings({ ...adapter(sound), [WEIGHTS]: content })).toMatchObject([
      { code: 'SAFETENSORS_MALFORMED' },
    ]);
  });
});

describe('reading it again from bytes as they come', () => {
  async function* inParts(bytes: Uint8Array, size = 7) {
    for (let at = 0; at < bytes.length; at += size)
      yield await Promise.resolve(bytes.subarray(at, at + size));
  }
  const again = (path: string, bytes: Uint8Array, sent = bytes) =>
    artifactInspector.readStamp({ path, size: bytes.length, sha256: sha256(bytes) }, inParts(sent));
  const one = (metadata: Readonly<Record<string, string>>) => safetensorsFile(pair(), metadata);

  test('finds what is there', async () => {
    expect(await again('a.safetensors', one(stamp(LOCK)))).toEqual({ path: 'a.safetensors', lock: LOCK });
    expect(await again('a.safetensors', one({}))).toBeNull();
    const { 'model.gguf': file } = ggufWith(textValue(LOCK));
    expect(await again('a.gguf', file)).toEqual({ path: 'a.gguf', lock: LOCK });
  });

  test.each<[string, string, Uint8Array, Uint8Array, RegExp]>([
    ['other bytes', 'a.safetensors', one(stamp(LOCK)), one(stamp(OTHER)), /^holds other bytes/],
    ['what is no id', 'a.safetensors', one(stamp('x')), one(stamp('x')), /^has modelsmith\.lock in its/],
    ['no safetensors file', 'a.safetensors', Buffer.from('short'), Buffer.from('short'), /^is too short/],
    ['no JSON', 'a.safetensors', Buffer.alloc(40), Buffer.alloc(40), /^states a header of 0 bytes/],
    [
      'a header that is none',
      'a.safetensors',
      Buffer.from('\x02\0\0\0\0\0\0\0[]'),
      Buffer.from('\x02\0\0\0\0\0\0\0[]'),
      /^has a header that does not start/,
    ],
    ['no GGUF file', 'a.gguf', Buffer.from('no'), Buffer.from('no'), /^ends within its header/],
  ])('says so where it is given %s', async (_what, path, bytes, sent, why) => {
    expect(await again(path, bytes, sent)).toMatch(why);
  });
});

/** The blocks of Python on the page for trainers, in its order. */
const [stampScript = '', libraryScript = ''] = [
  ...readFileSync(new URL('../../../docs/trainers.md', import.meta.url), 'utf8').matchAll(
    /^( *)```python\n([\s\S]*?)^\1```$/gm,
  ),
].map(([, indent = '', text = '']) => text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''));
const python = (...words: readonly string[]) => spawnSync('python3', words, { encoding: 'utf8' });
const hasPython = python('-c', 'import sys; assert sys.version_info[0] == 3').status === 0;
const hasLibrary = hasPython && python('-c', 'import safetensors, numpy').status === 0;

describe('the page for trainers', () => {
  test('has a script of about fifteen lines, and a shorter way', () => {
    expect(stampScript.trim().split('\n').length).toBeLessThanOrEqual(16);
    expect(libraryScript).toContain('save_file');
  });

  test.runIf(hasPython)(
    'its script writes the lock into an adapter and into each file of a model',
    async () => {
      const script = join(folder({ 'stamp.py': stampScript }), 'stamp.py');
      const lora = folder(files());
      expect(python(script, LOCK, join(lora, WEIGHTS))).toMatchObject({ status: 0, stderr: '' });
      expect(await stampsOf(lora)).toEqual([{ path: WEIGHTS, lock: LOCK }]);
      const model = folder(sharded({ format: 'pt' }, {}));
      const shards = SHARDS.map((name) => join(model, name));
      expect(python(script, OTHER, ...shards).status).toBe(0);
      // Once more changes what is said, and no tensor.
      const tensors = (path: string) => {
        const bytes = readFileSync(path);
        return sha256(bytes.subarray(8 + Number(bytes.readBigUInt64LE())));
      };
      const before = shards.map(tensors);
      expect(python(script, LOCK, ...shards).status).toBe(0);
      expect(shards.map(tensors)).toEqual(before);
      expect(await stampsOf(model)).toEqual(SHARDS.map((path) => ({ path, lock: LOCK })));
    },
  );

  test.runIf(hasLibrary)('is read alike by safetensors itself, which writes it the shorter way', async () => {
    const lora = folder(files());
    const [path, script] = [join(lora, WEIGHTS), join(lora, 'stamp.py')];
    writeFileSync(script, stampScript);
    expect(python(script, LOCK, path).status).toBe(0);
    const read = (then: string) =>
      python(
        '-c',
        `from safetensors import safe_open\nfrom safetensors.numpy import load_file\npath, lock = ${JSON.stringify(path)}, "${OTHER}"\n${then}`,
      );
    const seen = read(`print(safe_open(path, "np").metadata())\nprint(sorted(load_file(path))[0])`);
    expect(seen.stdout).toContain(`'modelsmith.lock': '${LOCK}'`);
    expect(seen.stdout).toContain('lora_A.weight');
    const own = libraryScript.replace('safetensors.torch', 'safetensors.numpy');
    expect(read(`tensors = load_file(path)\n${own}`)).toMatchObject({ status: 0 });
    expect(await stampsOf(lora)).toEqual([{ path: WEIGHTS, lock: OTHER }]);
  });
});
