import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { modelSources } from '../../../src/adapters/sources/sources.ts';
import { CannotTell } from '../../../src/base/errors.ts';

const root = mkdtempSync(join(tmpdir(), 'hf-cache-'));
afterAll(() => rmSync(root, { recursive: true }));
const COMMIT = '1'.repeat(40);

/** A cache as huggingface_hub lays it out. */
function cache(name = 'models--org--claims', links: Record<string, string> = {}): string {
  const folder = join(mkdtempSync(join(root, 'hub-')), name);
  for (const part of ['blobs', 'refs', `snapshots/${COMMIT}`])
    mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'refs/main'), COMMIT);
  writeFileSync(join(folder, 'refs/broken'), 'nothing');
  writeFileSync(join(folder, 'blobs/aa'), '{}');
  writeFileSync(join(folder, 'blobs/bb'), 'weights');
  const all = { 'config.json': '../../blobs/aa', 'model.safetensors': '../../blobs/bb', ...links };
  for (const [file, to] of Object.entries(all)) symlinkSync(to, join(folder, 'snapshots', COMMIT, file));
  return folder;
}
const sources = modelSources(() => Promise.reject(new Error('no registry is asked for')));
const take = async (source: string) =>
  (
    await sources.take({
      source: `hf-cache:${source}`,
      into: mkdtempSync(join(root, 'into-')),
      token: null,
      plainHttp: false,
      tell: () => undefined,
    })
  ).folder;
async function code(source: string): Promise<string> {
  try {
    return await take(source);
  } catch (error) {
    if (error instanceof CannotTell) return error.code;
    throw error;
  }
}

describe('a model in the cache of Hugging Face', () => {
  test.each(['', '@main', `@${COMMIT}`, `/snapshots/${COMMIT}`, `/snapshots/${COMMIT}/`])(
    'named with %j is copied as files into a folder of its name',
    async (rest) => {
      const folder = await take(`${cache()}${rest}`);
      expect(folder.endsWith('/claims')).toBe(true);
      expect(readdirSync(folder)).toEqual(['config.json', 'model.safetensors']);
      expect(lstatSync(join(folder, 'config.json')).isFile()).toBe(true);
    },
  );
  test('without an owner has a name as well', async () =>
    expect(await take(cache('models--gpt2'))).toMatch(/\/gpt2$/));
  test('leaves folders out, which are of other formats', async () => {
    const folder = cache();
    mkdirSync(join(folder, 'snapshots', COMMIT, 'onnx'));
    expect(readdirSync(await take(folder))).toEqual(['config.json', 'model.safetensors']);
  });
  test.each<[string, string, () => string]>([
    ['a link that leads out of it', 'BAD_DATA', () => cache(undefined, { x: '/etc/hostname' })],
    ['a link that leads to its references', 'BAD_DATA', () => cache(undefined, { x: '../../refs/main' })],
    ['a link that leads nowhere', 'NO_INPUT', () => cache(undefined, { x: '../../blobs/cc' })],
    ['a revision that it does not know', 'NO_INPUT', () => `${cache()}@other`],
    ['a reference that names no commit', 'BAD_DATA', () => `${cache()}@broken`],
    ['a revision that leads elsewhere', 'USAGE', () => `${cache()}@a/../../b`],
    ['another name', 'USAGE', () => cache('datasets--org--x')],
  ])('with %s is refused: %s', async (_, expected, source) => expect(await code(source())).toBe(expected));
  test('is one of the places that are known', async () => {
    await expect(
      sources.take({ source: 's3:x', into: root, token: null, plainHttp: false, tell: () => undefined }),
    ).rejects.toThrow(CannotTell);
  });
});
