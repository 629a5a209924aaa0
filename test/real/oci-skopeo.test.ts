import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loraAdapter } from '../../src/adapters/artifacts/sample.ts';
import { ociLayout } from '../../src/adapters/oci/layout.ts';
import { digestOfFiles, sha256 } from '../../src/base/digest.ts';
import { modelManifest } from '../../src/domain/model-manifest.ts';
import type { Iteration } from '../../src/domain/names.ts';

const there = spawnSync('skopeo', ['--version']).status === 0;
if (!there) console.warn('skipped: skopeo is not installed');

describe.skipIf(!there)('an exported layout under skopeo', () => {
  const root = mkdtempSync(join(tmpdir(), 'skopeo-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const env = { PATH: process.env['PATH'], HOME: root, XDG_RUNTIME_DIR: root };
  const skopeo = (...args: string[]) =>
    execFileSync('skopeo', ['--insecure-policy', ...args], { env, stdio: 'pipe' });

  async function exported(name: string) {
    const directory = join(root, `${name}-adapter`);
    mkdirSync(directory);
    const files = loraAdapter({
      base: 'acme/base',
      revision: null,
      rank: 2,
      modules: ['q_proj'],
      hidden: 8,
      layers: 1,
      seed: 'x',
    }).map(({ path, bytes }) => {
      writeFileSync(join(directory, path), bytes);
      return { path, size: bytes.length, sha256: sha256(bytes) };
    });
    const artifact = {
      files,
      digest: digestOfFiles(files),
      base: { name: 'acme/base', pin: { kind: 'commit', value: 'a'.repeat(40) } },
    } as const;
    const iteration = { line: 'claims-triage', version: '1.4.0' } as Iteration;
    const layout = join(root, name);
    const pushed = await ociLayout(layout).push({ iteration, artifact, directory });
    return { layout, pushed, manifest: modelManifest(artifact, iteration) };
  }

  test('inspect reads the manifest and the configuration as they were written', async () => {
    const { layout, pushed, manifest } = await exported('inspected');
    const image = `oci:${layout}:${pushed.reference}`;
    expect(skopeo('inspect', '--raw', image)).toEqual(Buffer.from(manifest.manifestBytes));
    expect(skopeo('inspect', '--config', '--raw', image)).toEqual(Buffer.from(manifest.configBytes));
    writeFileSync(join(root, 'manifest.json'), skopeo('inspect', '--raw', image));
    expect(skopeo('manifest-digest', join(root, 'manifest.json')).toString().trim()).toBe(
      `sha256:${pushed.manifest}`,
    );
  });

  test('copy carries it to another layout, where it verifies and can be exported again', async () => {
    const { layout, pushed } = await exported('copied-from');
    const target = join(root, 'copied-to');
    skopeo('copy', `oci:${layout}:${pushed.reference}`, `oci:${target}:${pushed.reference}`);
    expect(await ociLayout(target).verify(pushed.manifest)).toEqual({ kind: 'sound' });
    const before = readFileSync(join(target, 'index.json'));
    const again = await exported('copied-again');
    expect(again.pushed).toEqual(pushed);
    expect(readFileSync(join(target, 'index.json'))).toEqual(before);
  });
});
