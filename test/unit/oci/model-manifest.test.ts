import { describe, expect, test } from 'vitest';
import { digestOfFiles, sha256 } from '../../../src/base/digest.ts';
import { parseBasePin, printBasePin } from '../../../src/domain/base-pin.ts';
import { modelManifest, type PackagedArtifact } from '../../../src/domain/model-manifest.ts';
import type { Iteration } from '../../../src/domain/names.ts';

const config = { path: 'adapter_config.json', size: 2, sha256: sha256('{}') };
const weights = { path: 'adapter_model.safetensors', size: 3, sha256: sha256('abc') };
const artifact: PackagedArtifact = {
  files: [weights, config],
  digest: digestOfFiles([config, weights]),
  base: { name: 'acme/base', pin: { kind: 'commit', value: 'a'.repeat(40) } },
};
const iteration = { line: 'claims-triage', version: '1.4.0-rc.1' } as Iteration;
const json = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as unknown;

describe('the manifest of a whole model', () => {
  const shard = { path: 'model.safetensors', size: 3, sha256: sha256('abc') };
  const whole = { path: 'model.gguf', size: 3, sha256: sha256('abc') };
  test.each([
    ['safetensors', shard],
    ['gguf', whole],
  ])('of %s says so, and tells weights from the rest', (format, file) => {
    const made = modelManifest({ ...artifact, files: [file, config] }, iteration);
    expect(json(made.configBytes)).toMatchObject({ config: { format } });
    const { layers } = json(made.manifestBytes) as { layers: { mediaType: string }[] };
    expect(layers.map(({ mediaType }) => mediaType)).toEqual([
      'application/vnd.cncf.model.weight.config.v1.raw',
      'application/vnd.cncf.model.weight.v1.raw',
    ]);
  });
});

describe('the manifest', () => {
  const made = modelManifest(artifact, iteration);

  test('is an OCI manifest of a ModelPack with what has no place in its configuration as annotations', () => {
    expect(json(made.manifestBytes)).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: 'application/vnd.cncf.model.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.cncf.model.config.v1+json',
        digest: `sha256:${sha256(made.configBytes)}`,
        size: made.configBytes.length,
      },
      layers: [
        {
          mediaType: 'application/vnd.cncf.model.weight.config.v1.raw',
          digest: `sha256:${config.sha256}`,
          size: 2,
          annotations: { 'org.cncf.model.filepath': 'adapter_config.json' },
        },
        {
          mediaType: 'application/vnd.cncf.model.weight.v1.raw',
          digest: `sha256:${weights.sha256}`,
          size: 3,
          annotations: { 'org.cncf.model.filepath': 'adapter_model.safetensors' },
        },
      ],
      annotations: {
        'dev.modelsmith.iteration': 'claims-triage@1.4.0-rc.1',
        'dev.modelsmith.artifact.digest': `sha256:${artifact.digest}`,
        'dev.modelsmith.base.name': 'acme/base',
        'dev.modelsmith.base.pin': 'a'.repeat(40),
      },
    });
    expect(json(made.configBytes)).toEqual({
      descriptor: { name: 'claims-triage', version: '1.4.0-rc.1' },
      modelfs: { type: 'layers', diffIds: [`sha256:${config.sha256}`, `sha256:${weights.sha256}`] },
      config: { format: 'safetensors' },
    });
    expect(made.reference).toBe('claims-triage-1.4.0-rc.1');
    expect(made.digest).toBe(sha256(made.manifestBytes));
  });

  test('has one digest whatever the order of the files, and another for anything else', () => {
    expect(modelManifest({ ...artifact, files: [config, weights] }, iteration)).toEqual(made);
    const others = [
      modelManifest({ ...artifact, base: { ...artifact.base, name: 'acme/other' } }, iteration),
      modelManifest(
        { ...artifact, base: { ...artifact.base, pin: { kind: 'digest', value: 'a'.repeat(64) } } },
        iteration,
      ),
      modelManifest({ ...artifact, files: [config, { ...weights, size: 4 }] }, iteration),
      modelManifest(artifact, { ...iteration, line: 'other' } as Iteration),
      modelManifest(artifact, iteration, { 'dev.example': '1' }),
    ];
    expect(new Set([made, ...others].map(({ digest }) => digest)).size).toBe(6);
  });

  test('own annotations cannot be overridden', () => {
    expect(modelManifest(artifact, iteration, { 'dev.modelsmith.base.pin': 'main' })).toEqual(made);
  });
});

test('a pin is a full commit or a digest, and is printed as it is read', () => {
  for (const text of ['a'.repeat(40), `sha256:${'b'.repeat(64)}`]) {
    const pin = parseBasePin(text);
    expect(pin === null ? null : printBasePin(pin)).toBe(text);
  }
  for (const text of [
    '',
    'main',
    'a'.repeat(39),
    'a'.repeat(41),
    'A'.repeat(40),
    'b'.repeat(64),
    `sha256:${'b'.repeat(63)}`,
    `${'a'.repeat(40)}\n`,
  ]) {
    expect(parseBasePin(text)).toBeNull();
  }
});
