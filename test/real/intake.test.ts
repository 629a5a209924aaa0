import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loraAdapter } from '../../src/adapters/artifacts/sample.ts';
import { BASE, LINE } from '../../src/commands/demo/material.ts';
import { modelsmith, succeed, type Where } from './support/command.ts';
import { playDemo, type Demo } from './support/demo.ts';
import { hasRegistry, startRegistry, USER, type RunningRegistry } from './support/docker-registry.ts';
import { modelLayout } from './support/pushed-model.ts';
import { hasSkopeo, skopeoCopy } from './support/skopeo.ts';
import { harnessOutput } from './support/team.ts';

/** What a registry hands out to those who log in, and a pipeline that submits it. */
describe.skipIf(!hasRegistry || !hasSkopeo)('a candidate in a registry that wants to know who asks', () => {
  const root = mkdtempSync(join(tmpdir(), 'intake-'));
  const known = join(root, 'known');
  let running: RunningRegistry;
  let demo: Demo;
  let where: Where;
  let repository: string;

  beforeAll(async () => {
    demo = playDemo();
    running = await startRegistry(join(root, 'registry'), { password: true });
    repository = `${running.host}/candidates/claims`;
    const auth = Buffer.from(`${USER.name}:${USER.secret}`).toString('base64');
    mkdirSync(join(known, '.docker'), { recursive: true });
    writeFileSync(
      join(known, '.docker/config.json'),
      JSON.stringify({ auths: { [running.host]: { auth } } }),
    );
    const { box } = demo;
    box.git(box.root, ['clone', '-q', demo.evidence, join(box.root, 'intake')]);
    where = {
      cwd: join(box.root, 'intake'),
      env: {
        ...demo.where.env,
        HOME: known,
        XDG_STATE_HOME: join(known, 'state'),
        MODELSMITH_KEY_FILE: demo.key('trainer'),
      },
    };
    box.git(where.cwd, ['reset', '-q', '--hard', demo.commit('Lock')]);
  });
  afterAll(async () => {
    await running.stop();
    demo.box.dispose();
    rmSync(root, { recursive: true });
  });

  const adapterFiles = (seed: string): Record<string, Uint8Array> => {
    const shape = { rank: 4, modules: ['q_proj', 'v_proj'], hidden: 32, layers: 1 };
    const parts = loraAdapter({ seed, base: BASE.name, revision: BASE.revision, ...shape });
    return Object.fromEntries(parts.map(({ path, bytes }) => [path, bytes]));
  };
  const material = (name: string): string => join(demo.folder, 'submission', name);
  const submission = (version: string, from: string): readonly string[] => {
    const metadata = `${readFileSync(material('metadata.yaml'), 'utf8')}evaluatedAs: adapter\n`;
    const hours = Number(version.split('.')[1]);
    const results = harnessOutput('tuned', Math.floor(Date.now() / 1000) - hours * 3600);
    return [
      ...['submit', `${LINE}@${version}`, '--from', from, '--json'],
      ...['--metadata', demo.box.write(join(root, version, 'metadata.yaml'), metadata)],
      ...['--results', demo.box.write(join(root, version, 'results.json'), results)],
      ...['--evidence', material('model-card.md'), '--evidence', material('rollback-procedure.md')],
      ...['--registry', join(root, 'exports')],
    ];
  };

  test('is taken by its tag with the credentials of docker, and recorded under its digest', () => {
    const { layout, digest } = modelLayout(join(root, 'one'), 'run-1', adapterFiles('one'));
    skopeoCopy(known, `oci:${layout}:run-1`, `docker://${repository}:run-1`);
    const stranger = { ...where, env: { ...where.env, HOME: join(root, 'nobody') } };
    const order = submission('1.1.0', `oci://${repository}:run-1`);
    expect(modelsmith(stranger, order)).toMatchObject({ code: 77 });
    const told = JSON.parse(succeed(where, order)) as { state: string; origin: object };
    const origin = { registry: `oci://${repository}`, manifest: digest.slice('sha256:'.length) };
    expect(told).toMatchObject({ state: 'artifact-exported', origin });
    const shown = succeed(where, ['show', `${LINE}@1.1.0`]).replace(/\s+/g, '');
    expect(shown).toContain(`takenfromoci://${repository}@${digest}`);
    expect(modelsmith(where, ['verify', '--content'])).toMatchObject({ code: 0 });
  });

  test('goes in as an export pushed it, from a registry or from the folder of exports', () => {
    const exports = join(root, 'exports');
    skopeoCopy(known, `oci:${exports}:${LINE}-1.1.0`, `docker://${repository}:again`);
    for (const source of [`oci://${repository}:again`, `oci:${exports}:${LINE}-1.1.0`]) {
      const order = [...submission('1.2.0', source), '--dry-run'];
      const { code, stdout } = modelsmith(where, order);
      // It is there already, under another version.
      expect([code, stdout]).toEqual([3, expect.stringContaining(`${LINE}@1.1.0`)]);
    }
    const again = ['export', `${LINE}@1.1.0`, '--registry', join(root, 'more'), '--from'];
    expect(succeed(where, [...again, `oci://${repository}:again`])).toContain(`${LINE}-1.1.0`);
  });
});
