import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uploads } from '../../src/adapters/config/uploads.ts';
import { ociRemote } from '../../src/adapters/oci/remote.ts';
import { CannotTell } from '../../src/base/errors.ts';
import { modelManifest } from '../../src/domain/model-manifest.ts';
import type { ModelRegistry } from '../../src/ports/registry.ts';
import { hasRegistry, startRegistry, USER, type RunningRegistry } from './support/docker-registry.ts';
import { pushProgram } from './support/push-program.ts';
import { smallAdapter } from './support/small-adapter.ts';

const hasSkopeo = spawnSync('skopeo', ['--version']).status === 0;
const root = mkdtempSync(join(tmpdir(), 'registry-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const fresh = () => join(root, String((folders += 1)));

async function failure(work: Promise<unknown>): Promise<CannotTell> {
  const error = await work.then(
    () => new Error('it went well'),
    (reason: unknown) => reason,
  );
  if (error instanceof CannotTell) return error;
  throw error;
}

describe.skipIf(!hasRegistry)('a registry that anybody may write to', () => {
  const folder = fresh();
  let running: RunningRegistry;
  beforeAll(async () => {
    running = await startRegistry(folder);
  });
  afterAll(() => running.stop());
  const environment = { HOME: root, XDG_STATE_HOME: join(root, 'state') };
  const open = (repository: string): ModelRegistry =>
    ociRemote(
      { kind: 'remote', host: running.host, repository, plainHttp: false },
      { environment, uploads: uploads(environment), pieceBytes: 1024 },
    );

  test('takes an export as a layout does, and gives back what can be verified', async () => {
    const registry = open('models/claims');
    const order = smallAdapter(fresh(), 'x', 10_000);
    const manifest = modelManifest(order.artifact, order.iteration);
    const pushed = await registry.push(order);
    expect(pushed).toEqual({
      manifest: manifest.digest,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      size: manifest.manifestBytes.length,
      reference: 'claims-triage-1.4.0',
    });
    expect(await registry.push(order)).toEqual(pushed);
    expect(await registry.verify(pushed.manifest)).toEqual({ kind: 'sound' });
    expect(await registry.has(pushed.manifest)).toBe(true);
    expect(await open('models/other').has(pushed.manifest)).toBe(false);
    expect(await open('models/other').verify(pushed.manifest)).toMatchObject({
      kind: 'unsound',
      problems: [{ message: 'is missing' }],
    });
    // Nothing is left of uploads that came to their end.
    expect(readdirSync(join(root, 'state/modelsmith/uploads'))).toEqual([]);
  });

  test.skipIf(!hasSkopeo)('skopeo reads it byte for byte, and copies it to a layout and back', async () => {
    const registry = open('models/skopeo');
    const order = smallAdapter(fresh());
    const { reference, manifest } = await registry.push(order);
    const env = { PATH: process.env['PATH'], HOME: root, XDG_RUNTIME_DIR: root };
    const skopeo = (...args: string[]) =>
      execFileSync('skopeo', ['--insecure-policy', ...args], { env, stdio: 'pipe' });
    const there = `docker://${running.host}/models/skopeo:${reference}`;
    expect(skopeo('inspect', '--raw', '--tls-verify=false', there)).toEqual(
      Buffer.from(modelManifest(order.artifact, order.iteration).manifestBytes),
    );
    const layout = fresh();
    skopeo('copy', '--src-tls-verify=false', there, `oci:${layout}:${reference}`);
    skopeo(
      'copy',
      '--dest-tls-verify=false',
      `oci:${layout}:${reference}`,
      there.replace('skopeo', 'copied'),
    );
    expect(await open('models/copied').tagged(reference)).toBe(manifest);
    expect(await open('models/copied').verify(manifest)).toEqual({ kind: 'sound' });
  });

  test('a tag names a manifest, and can be moved; taking it away is said to be not on offer', async () => {
    const registry = open('models/tags');
    const one = await registry.push(smallAdapter(fresh(), '1'));
    const other = await registry.push(smallAdapter(fresh(), '2', 0, '1.5.0'));
    expect(await registry.tagged('production')).toBeNull();
    await registry.tag(one.manifest, 'production');
    expect(await registry.tagged('production')).toBe(one.manifest);
    await registry.tag(other.manifest, 'production');
    expect(await registry.tagged('production')).toBe(other.manifest);
    expect(await registry.tagged('claims-triage-1.4.0')).toBe(one.manifest);
    // Distribution 2 deletes manifests only, with every tag they have.
    expect((await failure(registry.untag('production'))).code).toBe('NOT_PERMITTED');
    expect((await failure(open('models/none').tag(one.manifest, 'production'))).code).toBe('NO_INPUT');
    expect((await failure(registry.tag(one.manifest, 'a/b'))).code).toBe('USAGE');
  });

  test('an exported iteration does not change, and a file that is not the artifact’s does not get there', async () => {
    const registry = open('models/guarded');
    const order = smallAdapter(fresh(), '1', 5000);
    const path = join(order.directory, 'more.safetensors');
    const bytes = readFileSync(path);
    writeFileSync(path, Buffer.concat([bytes.subarray(1), Buffer.from('x')]));
    expect((await failure(registry.push(order))).code).toBe('BAD_DATA');
    writeFileSync(path, bytes.subarray(0, 4000));
    expect((await failure(registry.push(order))).code).toBe('BAD_DATA');
    writeFileSync(path, Buffer.concat([bytes, Buffer.from('x')]));
    expect((await failure(registry.push(order))).code).toBe('BAD_DATA');
    rmSync(path);
    expect((await failure(registry.push(order))).code).toBe('NO_INPUT');
    expect(await registry.tagged('claims-triage-1.4.0')).toBeNull();
    writeFileSync(path, bytes);
    await registry.push(order);
    writeFileSync(path, Buffer.concat([bytes, Buffer.from('x')]));
    expect((await failure(registry.push(order))).code).toBe('BAD_DATA');
    expect((await failure(registry.push(smallAdapter(fresh(), '2')))).code).toBe('CANNOT_CREATE');
  });

  test('what somebody changed in its storage is found', async () => {
    const registry = open('models/damaged');
    const order = smallAdapter(fresh(), 'damaged', 3000);
    const { manifest } = await registry.push(order);
    const [weights] = order.artifact.files.filter(({ path }) => path === 'more.safetensors');
    const digest = weights?.sha256 ?? '';
    const data = join(folder, 'data/docker/registry/v2/blobs/sha256', digest.slice(0, 2), digest, 'data');
    const bytes = readFileSync(data);
    bytes[7] = (bytes[7] ?? 0) ^ 1;
    writeFileSync(data, bytes);
    expect(await registry.verify(manifest)).toMatchObject({
      kind: 'unsound',
      problems: [{ message: expect.stringContaining('hash to') as string }],
    });
    // It says that it has the blob, so it is not sent again – and is not believed.
    expect((await failure(registry.push(order))).message).toContain('not what was exported');
  });
});

describe.skipIf(!hasRegistry)('a registry that asks who is there, over TLS', () => {
  let running: RunningRegistry;
  let program: string;
  beforeAll(async () => {
    running = await startRegistry(fresh(), { password: true, tls: true });
    program = pushProgram(root);
  });
  afterAll(() => running.stop());

  /** In a process of its own, since node reads its certificates once. @returns what it ends with. */
  function push(config: object | null, { trust = true, path = process.env['PATH'] ?? '', cwd = root } = {}) {
    const home = fresh();
    mkdirSync(home);
    if (config !== null) writeFileSync(join(home, 'config.json'), JSON.stringify(config));
    const order = smallAdapter(join(home, 'adapter'));
    const done = spawnSync(process.execPath, [program], {
      input: JSON.stringify({ host: running.host, repository: 'models/claims', order }),
      encoding: 'utf8',
      cwd,
      env: {
        PATH: path,
        HOME: home,
        DOCKER_CONFIG: home,
        XDG_STATE_HOME: join(home, 'state'),
        ...(trust && { NODE_EXTRA_CA_CERTS: running.certificate }),
      },
    });
    return { ...done, said: done.stdout + done.stderr };
  }
  const auth = (secret: string) => Buffer.from(`${USER.name}:${secret}`).toString('base64');

  test('lets in whom the docker configuration names, whose certificate is trusted', () => {
    expect(push({ auths: { [running.host]: { auth: auth(USER.secret) } } }).said).toBe('sound\n');
    expect(push({ auths: { [`https://${running.host}/v2/`]: { auth: auth(USER.secret) } } }).said).toBe(
      'sound\n',
    );
  });

  test('without credentials, and with wrong ones, it is said what is missing and nothing of what was tried', () => {
    const none = push(null);
    expect(none.said).toContain('NOT_PERMITTED');
    expect(none.said).toContain(`docker login ${running.host}`);
    const wrong = push({ auths: { [running.host]: { auth: auth('not the secret') } } });
    expect(wrong.said).toContain('NOT_PERMITTED');
    expect(wrong.said).not.toContain('not the secret');
    expect(wrong.said).not.toContain(auth('not the secret'));
  });

  test('a certificate that nobody vouches for is not accepted, and http is not tried instead', () => {
    const said = push({ auths: { [running.host]: { auth: auth(USER.secret) } } }, { trust: false }).said;
    expect(said).toContain('UNREACHABLE');
    expect(said).toContain('NODE_EXTRA_CA_CERTS');
  });

  test('a credential helper is asked by its input, and one from a relative folder of the path never runs', () => {
    const folder = fresh();
    mkdirSync(folder);
    const helper = join(folder, 'docker-credential-test');
    writeFileSync(
      helper,
      `#!/bin/sh\nread -r server\necho "$# $1 $server" >> '${folder}/asked'\n` +
        `printf '{"ServerURL":"%s","Username":"${USER.name}","Secret":"${USER.secret}"}' "$server"\n`,
    );
    chmodSync(helper, 0o755);
    const path = `${folder}:${process.env['PATH'] ?? ''}`;
    expect(push({ credsStore: 'test' }, { path }).said).toBe('sound\n');
    expect(push({ credHelpers: { [running.host]: 'test' } }, { path }).said).toBe('sound\n');
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe(`1 get ${running.host}\n`.repeat(2));
    for (const name of ['../test', 'test; true', '-test', ''.padEnd(80, 'a')])
      expect(push({ credsStore: name }, { path }).said, name).toContain('BAD_DATA');
    expect(push({ credsStore: 'absent' }).said).toContain('TOOL_MISSING');
    const relative = push({ credsStore: 'test' }, { path: `.:${process.env['PATH'] ?? ''}`, cwd: folder });
    expect(relative.said).toContain('TOOL_MISSING');
  });
});
