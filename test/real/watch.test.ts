import { spawn } from 'node:child_process';
import { once as happened } from 'node:events';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modelSignatures } from '../../src/adapters/artifacts/model-signing.ts';
import { loraAdapter } from '../../src/adapters/artifacts/sample.ts';
import { sha256 } from '../../src/base/digest.ts';
import { SafePath } from '../../src/domain/names.ts';
import { BASE, LINE } from '../../src/commands/demo/material.ts';
import { memoryRegistry, type MemoryRegistry } from '../unit/oci/hostile-registry.ts';
import { MODELSMITH, type Where } from './support/command.ts';
import { playDemo, type Demo } from './support/demo.ts';
import { harnessOutput } from './support/team.ts';

/** The machine that watches, as a process of its own, and a registry on this machine that counts what it is asked. */
describe('a machine that watches a registry', () => {
  const root = mkdtempSync(join(tmpdir(), 'watch-'));
  const [mine, other] = [0, 1].map(() => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }));
  const trusted = join(root, 'trainer.pub');
  const tags = new Map<string, string>();
  let demo: Demo;
  let there: MemoryRegistry;
  let where: Where;

  beforeAll(async () => {
    demo = playDemo();
    there = await memoryRegistry();
    there.misbehave = ({ url = '' }, response) => {
      if (!url.split('?')[0]?.endsWith('/tags/list')) return false;
      response.end(JSON.stringify({ name: 'candidates/claims', tags: [...tags.keys()] }));
      return true;
    };
    const { box } = demo;
    const shared = join(box.root, 'shared.git');
    box.git(box.root, ['clone', '-q', '--bare', demo.evidence, shared]);
    box.git(shared, ['update-ref', 'refs/heads/main', demo.commit('Lock')]);
    box.git(box.root, ['clone', '-q', shared, join(box.root, 'intake')]);
    const own = { HOME: root, XDG_STATE_HOME: join(root, 'state'), MODELSMITH_KEY_FILE: demo.key('trainer') };
    where = { cwd: join(box.root, 'intake'), env: { ...demo.where.env, ...own } };
  });
  afterAll(async () => {
    await there.stop();
    demo.box.dispose();
    rmSync(root, { recursive: true });
  });

  const material = (name: string): Buffer => readFileSync(join(demo.folder, 'submission', name));

  /** Pushes a candidate that somebody signed. @returns the path under which its largest file is asked for. */
  const push = (
    tag: string,
    version: string,
    key: typeof mine,
    change: Record<string, string> = {},
  ): string => {
    const shape = { rank: 4, modules: ['q_proj', 'v_proj'], hidden: 32, layers: 1, seed: tag };
    const model = loraAdapter({ ...shape, base: BASE.name, revision: BASE.revision });
    const files = model.map(({ path, bytes }) => ({
      ...{ path: SafePath.parse(path), size: bytes.length, sha256: sha256(bytes) },
    }));
    const pem = key?.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() ?? '';
    const content: Record<string, Uint8Array | string> = {
      ...Object.fromEntries(model.map(({ path, bytes }) => [path, bytes])),
      'model.sig': modelSignatures.sign('claims', files, Buffer.from(pem), null),
      'submission/metadata.yaml': `${material('metadata.yaml').toString()}evaluatedAs: adapter\n`,
      'submission/runs/first/results.json': harnessOutput(
        'tuned',
        Math.floor(Date.now() / 1000) - Number(version.split('.')[1]) * 600,
      ),
      'submission/evidence/model-card.md': material('model-card.md'),
      'submission/evidence/rollback-procedure.md': material('rollback-procedure.md'),
      ...change,
    };
    const put = (bytes: Buffer) => {
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      there.blobs.set(digest, bytes);
      return { digest, size: bytes.length };
    };
    const layers = Object.entries(content).map(([title, bytes]) => ({
      ...{ mediaType: 'application/octet-stream', ...put(Buffer.from(bytes)) },
      annotations: { 'org.opencontainers.image.title': title },
    }));
    const manifest = Buffer.from(
      JSON.stringify({
        ...{ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json' },
        config: { mediaType: 'application/vnd.oci.empty.v1+json', ...put(Buffer.from('{}')) },
        ...{ layers, annotations: { 'dev.modelsmith.iteration': `${LINE}@${version}` } },
      }),
    );
    const { digest } = put(manifest);
    there.manifests.set(digest, manifest);
    there.manifests.set(tag, manifest);
    tags.set(tag, digest);
    return `GET /v2/candidates/claims/blobs/${layers.find(({ annotations }) => annotations['org.opencontainers.image.title'] === 'adapter_model.safetensors')?.digest ?? ''}`;
  };
  const asked = (path: string): number => there.asked.filter((line) => line === path).length;

  test('tells once what it lacks itself, takes every candidate when that is mended, and none twice', async () => {
    const good = push('candidate-good', '5.1.0', mine);
    const foreign = push('candidate-foreign', '5.2.0', other);
    const crooked = push('candidate-x', '5.3.0', mine, { 'submission/metadata.yaml': 'x: 1' });
    const [node, bin] = MODELSMITH;
    const words = ['watch', LINE, `oci://${there.host}/candidates/claims`, '--tag', 'candidate-*'];
    const child = spawn(
      node,
      [bin, ...words, '--model-key', trusted, '--registry', join(root, 'exports'), '--every', '5'],
      { ...where, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const lines: string[] = [];
    for (const from of [child.stdout, child.stderr])
      from.on('data', (text: Buffer) => lines.push(...text.toString().split('\n').filter(Boolean)));
    const looks = (): readonly string[] => lines.filter((line) => /^\S+ (?:ok|NOT OK) {2}/.test(line));
    const look = async (number: number): Promise<string> => {
      for (const end = Date.now() + 45_000; Date.now() < end && looks().length < number;) await pause(50);
      return looks()[number - 1] ?? `no look ${number}: ${lines.join('\n')}`;
    };
    try {
      // The key of the trainer is missing: nobody's fault but the watcher's.
      expect(await look(1)).toMatch(/NOT OK {2}NO_INPUT: .*trainer\.pub cannot be read/);
      expect(await look(2)).toMatch(/NOT OK/);
      expect(lines.filter((line) => line.includes('next: name the public key'))).toHaveLength(1);
      expect([asked(good), asked(foreign), asked(crooked)]).toEqual([0, 0, 0]);

      writeFileSync(trusted, mine?.publicKey.export({ type: 'spki', format: 'pem' }) ?? '');
      expect(await look(3)).toMatch(/ok {2}1 submitted, 2 refused/);
      expect(await look(4)).toMatch(/ok {2}0 submitted, 1 before, 2 refused/);
      expect([asked(good), asked(foreign), asked(crooked)]).toEqual([1, 1, 1]);
      expect(
        lines.filter((line) => line.includes('candidate-foreign') && line.includes('refused')),
      ).toHaveLength(1);

      // Another trainer: what that key says no to is looked at again, and what no key mends is not.
      writeFileSync(trusted, other?.publicKey.export({ type: 'spki', format: 'pem' }) ?? '');
      expect(await look(5), lines.join('\n')).toMatch(/ok {2}1 submitted, 1 before, 1 refused/);
      expect([asked(good), asked(foreign), asked(crooked)]).toEqual([1, 2, 1]);
    } finally {
      child.kill('SIGKILL');
      await happened(child, 'exit');
    }
  });
});
