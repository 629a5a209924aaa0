import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loraAdapter } from '../../../src/adapters/artifacts/sample.ts';
import { listManifest } from '../../../src/adapters/oci/index-file.ts';
import { ociLayout } from '../../../src/adapters/oci/layout.ts';
import { digestOfFiles, sha256, type Sha256 } from '../../../src/base/digest.ts';
import { CannotTell } from '../../../src/base/errors.ts';
import { modelManifest, type PackagedArtifact } from '../../../src/domain/model-manifest.ts';
import type { Iteration } from '../../../src/domain/names.ts';

const root = mkdtempSync(join(tmpdir(), 'oci-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const fresh = () => join(root, String((folders += 1)));

const iteration = (version: string) => ({ line: 'claims-triage', version }) as Iteration;

function adapter(seed = 'x'): { artifact: PackagedArtifact; directory: string } {
  const directory = fresh();
  mkdirSync(directory);
  const files = loraAdapter({
    base: 'acme/base',
    revision: null,
    rank: 2,
    modules: ['q_proj'],
    hidden: 8,
    layers: 1,
    seed,
  }).map(({ path, bytes }) => {
    writeFileSync(join(directory, path), bytes);
    return { path, size: bytes.length, sha256: sha256(bytes) };
  });
  const base = { name: 'acme/base', pin: { kind: 'commit', value: 'a'.repeat(40) } } as const;
  return { directory, artifact: { files, digest: digestOfFiles(files), base } };
}

function contents(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(
    paths.map((path): [string, string] => [path.slice(folder.length), readFileSync(path, 'hex')]),
  );
}

/** The code of the CannotTell that ends the work. */
async function cannot(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('it went well'),
    (reason: unknown) => reason,
  );
  if (error instanceof CannotTell) return error.code;
  throw error;
}

describe('push', () => {
  test('writes a layout that depends on nothing but artifact and iteration', async () => {
    const { artifact, directory } = adapter();
    const [one, other] = [fresh(), fresh()];
    const pushed = await ociLayout(one).push({ iteration: iteration('1.0.0'), artifact, directory });
    await ociLayout(other).push({ iteration: iteration('1.0.0'), ...adapter() });
    expect(contents(one)).toEqual(contents(other));
    expect(Object.keys(contents(one))).toHaveLength(6);
    expect(pushed).toEqual({
      manifest: modelManifest(artifact, iteration('1.0.0')).digest,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      size: modelManifest(artifact, iteration('1.0.0')).manifestBytes.length,
      reference: 'claims-triage-1.0.0',
    });
  });

  test('again changes nothing, and the order of exports does not show', async () => {
    const [first, second] = [adapter('1'), adapter('2')];
    const [one, other] = [fresh(), fresh()];
    await ociLayout(one).push({ iteration: iteration('1.0.0'), ...first });
    await ociLayout(one).push({ iteration: iteration('1.1.0'), ...second });
    await ociLayout(other).push({ iteration: iteration('1.1.0'), ...second });
    await ociLayout(other).push({ iteration: iteration('1.0.0'), ...first });
    await ociLayout(other).push({ iteration: iteration('1.1.0'), ...second });
    expect(contents(one)).toEqual(contents(other));
  });

  test('two at once lose nothing', async () => {
    const folder = fresh();
    const versions = ['1.0.0', '1.0.1', '1.0.2', '1.0.3'];
    const pushed = await Promise.all(
      versions.map((version) =>
        ociLayout(folder).push({ iteration: iteration(version), ...adapter(version) }),
      ),
    );
    for (const { manifest } of pushed)
      expect(await ociLayout(folder).verify(manifest)).toEqual({ kind: 'sound' });
    const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
      manifests: { annotations: Record<string, string> }[];
    };
    expect(index.manifests.map((entry) => entry.annotations['org.opencontainers.image.ref.name'])).toEqual(
      versions.map((version) => `claims-triage-${version}`),
    );
    expect(
      Object.keys(contents(folder)).filter((name) => name.includes('incoming') || name.includes('lock')),
    ).toEqual([]);
  });

  test('keeps what other tools have listed', async () => {
    const folder = fresh();
    mkdirSync(folder);
    const foreign = {
      mediaType: 'application/x',
      digest: `sha256:${'0'.repeat(64)}`,
      size: 3,
      platform: { os: 'linux' },
    };
    writeFileSync(
      join(folder, 'index.json'),
      JSON.stringify({ schemaVersion: 2, annotations: { by: 'another' }, manifests: [foreign] }),
    );
    await ociLayout(folder).push({ iteration: iteration('1.0.0'), ...adapter() });
    const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
      manifests: unknown[];
      annotations: unknown;
    };
    expect(index.manifests).toHaveLength(2);
    expect(index.manifests).toContainEqual(foreign);
    expect(index.annotations).toEqual({ by: 'another' });
  });

  test('refuses a file that is not the artifact’s and leaves nothing behind', async () => {
    const { artifact, directory } = adapter();
    const folder = fresh();
    const path = join(directory, 'adapter_model.safetensors');
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = 1;
    writeFileSync(path, bytes);
    expect(await cannot(ociLayout(folder).push({ iteration: iteration('1.0.0'), artifact, directory }))).toBe(
      'BAD_DATA',
    );
    expect(existsSync(join(folder, 'index.json'))).toBe(false);
    expect(Object.keys(contents(folder)).filter((name) => name.includes('incoming'))).toEqual([]);
    rmSync(path);
    expect(await cannot(ociLayout(folder).push({ iteration: iteration('1.0.0'), artifact, directory }))).toBe(
      'NO_INPUT',
    );
  });

  test('refuses a changed file also where the right bytes are there already', async () => {
    const { artifact, directory } = adapter();
    const folder = fresh();
    await ociLayout(folder).push({ iteration: iteration('1.0.0'), artifact, directory });
    writeFileSync(join(directory, 'adapter_config.json'), '{}');
    expect(await cannot(ociLayout(folder).push({ iteration: iteration('1.0.0'), artifact, directory }))).toBe(
      'BAD_DATA',
    );
  });

  test('an exported iteration does not change', async () => {
    const folder = fresh();
    await ociLayout(folder).push({ iteration: iteration('1.0.0'), ...adapter('1') });
    const before = contents(folder)['/index.json'];
    expect(await cannot(ociLayout(folder).push({ iteration: iteration('1.0.0'), ...adapter('2') }))).toBe(
      'CANNOT_CREATE',
    );
    expect(contents(folder)['/index.json']).toBe(before);
  });

  test('a damaged blob is replaced by the bytes its name calls for', async () => {
    const { artifact, directory } = adapter();
    const folder = fresh();
    const { manifest } = await ociLayout(folder).push({ iteration: iteration('1.0.0'), artifact, directory });
    const sound = contents(folder);
    for (const file of artifact.files) writeFileSync(join(folder, 'blobs/sha256', file.sha256), 'damaged');
    await ociLayout(folder).push({ iteration: iteration('1.0.0'), artifact, directory });
    expect(contents(folder)).toEqual(sound);
    expect(await ociLayout(folder).verify(manifest)).toEqual({ kind: 'sound' });
  });

  test.each([['{"imageLayoutVersion":"2.0.0"}'], ['null'], ['no JSON']])(
    'a folder marked %s is no layout',
    async (marker) => {
      const folder = fresh();
      mkdirSync(folder);
      writeFileSync(join(folder, 'oci-layout'), marker);
      expect(await cannot(ociLayout(folder).push({ iteration: iteration('1.0.0'), ...adapter() }))).toBe(
        'BAD_DATA',
      );
    },
  );

  test.each([
    ['{"schemaVersion":2,"manifests":[],"manifests":[]}'],
    ['{"schemaVersion":1,"manifests":[]}'],
    ['{"schemaVersion":2,"manifests":[],"x":0.5}'],
  ])('an index %s is not rewritten', async (text) => {
    const folder = fresh();
    mkdirSync(folder);
    writeFileSync(join(folder, 'index.json'), text);
    expect(await cannot(ociLayout(folder).push({ iteration: iteration('1.0.0'), ...adapter() }))).toBe(
      'BAD_DATA',
    );
    expect(readFileSync(join(folder, 'index.json'), 'utf8')).toBe(text);
    expect(existsSync(join(folder, 'index.json.lock'))).toBe(false);
  });

  test('a held lock ends in a lost race and stays with its holder', async () => {
    const folder = fresh();
    mkdirSync(folder);
    writeFileSync(join(folder, 'index.json.lock'), '');
    const entry = { mediaType: 'application/x', digest: `sha256:${'0'.repeat(64)}`, size: 1 };
    expect(await cannot(listManifest(folder, entry, { attempts: 2, milliseconds: 1 }))).toBe('RACE_LOST');
    expect(existsSync(join(folder, 'index.json.lock'))).toBe(true);
  });
});

describe('has and verify', () => {
  test('know what is there and what is not', async () => {
    const folder = fresh();
    const { manifest } = await ociLayout(folder).push({ iteration: iteration('1.0.0'), ...adapter() });
    const missing = 'f'.repeat(64) as Sha256;
    expect(await ociLayout(folder).has(manifest)).toBe(true);
    expect(await ociLayout(folder).has(missing)).toBe(false);
    expect(await ociLayout(fresh()).has(manifest)).toBe(false);
    expect(await ociLayout(folder).verify(missing)).toMatchObject({
      kind: 'unsound',
      problems: [{ message: `does not list the manifest sha256:${missing}` }, { message: 'is missing' }],
    });
    rmSync(join(folder, 'blobs/sha256', manifest));
    expect(await ociLayout(folder).has(manifest)).toBe(false);
  });

  test('any blob damaged or lost is reported', async () => {
    const { artifact, directory } = adapter();
    const folder = fresh();
    const { manifest } = await ociLayout(folder).push({ iteration: iteration('1.0.0'), artifact, directory });
    const blobs = readdirSync(join(folder, 'blobs/sha256'));
    expect(blobs).toHaveLength(4);
    for (const blob of blobs) {
      const path = join(folder, 'blobs/sha256', blob);
      const bytes = readFileSync(path);
      writeFileSync(path, Buffer.concat([bytes, Buffer.from(' ')]));
      expect(await ociLayout(folder).verify(manifest)).toMatchObject({
        kind: 'unsound',
        problems: [{ place: { file: path }, message: expect.stringMatching(/^holds other bytes/) as string }],
      });
      rmSync(path);
      expect(await ociLayout(folder).verify(manifest)).toMatchObject({
        kind: 'unsound',
        problems: [{ place: { file: path }, message: 'is missing' }],
      });
      writeFileSync(path, bytes);
    }
    expect(await ociLayout(folder).verify(manifest)).toEqual({ kind: 'sound' });
  });

  test('a listed size that is wrong', async () => {
    const folder = fresh();
    const { manifest, size } = await ociLayout(folder).push({ iteration: iteration('1.0.0'), ...adapter() });
    const index = readFileSync(join(folder, 'index.json'), 'utf8');
    writeFileSync(join(folder, 'index.json'), index.replace(`"size":${size}`, '"size":1'));
    expect(await ociLayout(folder).verify(manifest)).toMatchObject({ kind: 'unsound' });
    expect(await ociLayout(folder).has(manifest)).toBe(false);
  });
});

describe('tags', () => {
  const two = async () => {
    const folder = fresh();
    const one = await ociLayout(folder).push({ iteration: iteration('1.0.0'), ...adapter('1') });
    const other = await ociLayout(folder).push({ iteration: iteration('1.1.0'), ...adapter('2') });
    return { registry: ociLayout(folder), folder, one: one.manifest, other: other.manifest };
  };

  test('name a manifest, move to another, and go without taking it along', async () => {
    const { registry, one, other } = await two();
    expect(await registry.tagged('production')).toBeNull();
    expect(await ociLayout(fresh()).tags()).toEqual([]);
    expect(await registry.tags()).toEqual(['claims-triage-1.0.0', 'claims-triage-1.1.0']);
    await registry.tag(one, 'production');
    expect(await registry.tagged('production')).toBe(one);
    await registry.tag(other, 'production');
    expect(await registry.tagged('production')).toBe(other);
    expect(await registry.tagged('claims-triage-1.0.0')).toBe(one);
    await registry.untag('production');
    expect(await registry.tagged('production')).toBeNull();
    expect(await registry.tagged('claims-triage-1.1.0')).toBe(other);
    expect(await registry.verify(other)).toEqual({ kind: 'sound' });
  });

  test('a manifest that loses its last name is there by its digest, and can be named again', async () => {
    const { registry, one, other } = await two();
    await registry.untag('claims-triage-1.0.0');
    await registry.untag('claims-triage-1.0.0');
    expect(await registry.tagged('claims-triage-1.0.0')).toBeNull();
    expect(await registry.verify(one)).toEqual({ kind: 'sound' });
    await registry.tag(one, 'old');
    expect(await registry.tagged('old')).toBe(one);
    await registry.tag(other, 'old');
    expect(await registry.verify(one)).toEqual({ kind: 'sound' });
  });

  test('are given to nothing that is not there, and told of nothing that is not clear', async () => {
    const { registry, folder, one } = await two();
    expect(await cannot(registry.tag('0'.repeat(64) as Sha256, 'production'))).toBe('NO_INPUT');
    await expect(registry.tag(one, '../up')).rejects.toThrow('no tag');
    const file = join(folder, 'index.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('claims-triage-1.1.0', 'claims-triage-1.0.0'));
    expect(await cannot(registry.tagged('claims-triage-1.0.0'))).toBe('BAD_DATA');
  });
});
