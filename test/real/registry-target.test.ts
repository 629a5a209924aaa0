import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loraAdapter } from '../../src/adapters/artifacts/sample.ts';
import { uploads } from '../../src/adapters/config/uploads.ts';
import { ociRemote } from '../../src/adapters/oci/remote.ts';
import { registryDriver } from '../../src/adapters/serving/registry-tag.ts';
import { digestOfFiles, sha256 } from '../../src/base/digest.ts';
import { LineName, Version } from '../../src/domain/names.ts';
import type { RemoteRegistry } from '../../src/domain/registry-place.ts';
import { Target } from '../../src/domain/target.ts';
import type { Deliverable, DriverParts } from '../../src/ports/targets.ts';
import { hasRegistry, startRegistry } from './support/docker-registry.ts';
import { sandbox } from './support/sandbox.ts';

const line = LineName.parse('claims-triage');

describe.skipIf(!hasRegistry)('tags in Debian’s docker-registry', () => {
  const box = sandbox();
  afterAll(() => box.dispose());

  test('follow, are put back when somebody moved them, and wait for a registry that is down', async () => {
    const running = await startRegistry(join(box.root, 'registry'));
    const place: RemoteRegistry = {
      kind: 'remote',
      host: running.host,
      repository: 'models/claims',
      plainHttp: true,
    };
    const patience = { idleMs: 2000, pauseMs: 10, longestPauseMs: 20, attempts: 2 };
    const registry = ociRemote(place, {
      environment: box.env,
      uploads: uploads(box.env),
      patience,
    });
    const exported = async (version: string): Promise<Deliverable> => {
      const directory = join(box.root, version);
      mkdirSync(directory);
      const files = loraAdapter({
        ...{ base: 'acme/base', revision: null, rank: 2, modules: ['q_proj'], hidden: 8, layers: 1 },
        seed: version,
      }).map(({ path, bytes }) => {
        writeFileSync(join(directory, path), bytes);
        return { path, size: bytes.length, sha256: sha256(bytes) };
      });
      const digest = digestOfFiles(files);
      const iteration = { line, version: Version.parse(version) };
      const base = { name: 'acme/base', pin: { kind: 'commit', value: 'a'.repeat(40) } };
      const order = { iteration, directory, artifact: { files, digest, base } };
      const { manifest } = await registry.push(order as Parameters<typeof registry.push>[0]);
      return { iteration, manifest, artifact: digest, files: files as unknown as Deliverable['files'] };
    };
    const [one, two] = [await exported('1.0.0'), await exported('1.1.0')];
    const target = Target.parse({ kind: 'registry', repository: `${running.host}/models/claims` });
    if (target.kind !== 'registry') throw new Error('another kind');
    const driver = registryDriver(target, {
      own: { kind: 'registry', repository: target.repository, plainHttp: true },
      registry: () => Promise.resolve(registry),
    } as unknown as DriverParts);
    const look = async () =>
      (await driver.look(line, [one, two])).map(({ key, version }) => `${key} ${version}`);

    expect(await look()).toEqual([]);
    await driver.put('claims-triage-serving', one);
    await driver.put('claims-triage-serving', one);
    expect(await look()).toEqual(['claims-triage-serving 1.0.0']);
    await registry.tag(two.manifest, 'claims-triage-serving');
    expect(await look()).toEqual(['claims-triage-serving 1.1.0']);
    await driver.put('claims-triage-serving', one);
    expect(await look()).toEqual(['claims-triage-serving 1.0.0']);
    // What an alias left that is followed no more is seen, and taken away where the registry does such things.
    await registry.tag(two.manifest, 'claims-triage-production');
    expect(await look()).toEqual(['claims-triage-serving 1.0.0', 'claims-triage-production 1.1.0']);
    await expect(driver.remove('claims-triage-production', line)).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
      remedy: expect.stringContaining('with the tools of the registry') as string,
    });
    await running.stop();
    await expect(driver.look(line, [one, two])).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });
});
