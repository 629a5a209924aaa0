import { spawn } from 'node:child_process';
import { once as happened } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loraAdapter } from '../../src/adapters/artifacts/sample.ts';
import { BASE, LINE } from '../../src/commands/demo/material.ts';
import { modelsmith, MODELSMITH, succeed, type Where } from './support/command.ts';
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
    const shared = join(box.root, 'shared.git');
    box.git(box.root, ['clone', '-q', '--bare', demo.evidence, shared]);
    box.git(shared, ['update-ref', 'refs/heads/main', demo.commit('Lock')]);
    box.git(box.root, ['clone', '-q', shared, join(box.root, 'intake')]);
    where = {
      cwd: join(box.root, 'intake'),
      env: {
        ...demo.where.env,
        HOME: known,
        XDG_STATE_HOME: join(known, 'state'),
        MODELSMITH_KEY_FILE: demo.key('trainer'),
      },
    };
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

  describe('and a machine that watches its tags', () => {
    /** A candidate as a training pipeline pushes it: everything below one digest. */
    const push = (
      tag: string,
      iteration: string | null,
      change: Record<string, string | null> = {},
    ): string => {
      const version = iteration?.split('@')[1] ?? '0.0.0';
      const hours = 20 + Number(version.split('.')[1]);
      const files: Record<string, Uint8Array | string | null> = {
        ...adapterFiles(tag + version),
        'submission/metadata.yaml': `${readFileSync(material('metadata.yaml'), 'utf8')}evaluatedAs: adapter\n`,
        'submission/runs/first/results.json': harnessOutput(
          'tuned',
          Math.floor(Date.now() / 1000) - hours * 60,
        ),
        'submission/evidence/model-card.md': readFileSync(material('model-card.md')),
        'submission/evidence/rollback-procedure.md': readFileSync(material('rollback-procedure.md')),
        ...change,
      };
      const kept = Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== null);
      const annotations: Record<string, string> =
        iteration === null ? {} : { 'dev.modelsmith.iteration': iteration };
      const layout = mkdtempSync(join(root, 'pushed-'));
      const { digest } = modelLayout(layout, 'x', Object.fromEntries(kept), annotations);
      skopeoCopy(known, `oci:${layout}:x`, `docker://${repository}-watched:${tag}`);
      return digest;
    };
    const words = (): readonly string[] => [
      ...['watch', LINE, `oci://${repository}-watched`, '--tag', 'candidate-*'],
      ...['--registry', join(root, 'exports'), '--json'],
    ];
    const once = (...more: readonly string[]) => {
      const { code, stdout, stderr } = modelsmith(where, [...words(), '--once', ...more]);
      if (stdout === '') throw new Error(stderr);
      const told = JSON.parse(stdout) as {
        candidates: {
          status: string;
          iteration: string | null;
          why?: string;
          tags: string[];
          manifest: string;
        }[];
        known: number;
      };
      return {
        code,
        known: told.known,
        candidates: told.candidates,
        ends: told.candidates.map(({ status, iteration }) => [status, iteration]),
      };
    };
    const head = (): string => demo.box.git(where.cwd, ['rev-parse', 'HEAD']);

    test('submits what appears there once, and nothing that has another tag', () => {
      expect(once()).toMatchObject({ code: 0, known: 0, ends: [] });
      push('other', `${LINE}@2.0.0`);
      push('candidate-a', `${LINE}@2.1.0`);
      const before = head();
      expect(once('--dry-run').ends).toEqual([['would be submitted', `${LINE}@2.1.0`]]);
      expect(head()).toBe(before);
      expect(once()).toMatchObject({ code: 0, ends: [['submitted', `${LINE}@2.1.0`]] });
      const after = head();
      expect(once()).toMatchObject({ code: 0, known: 1, ends: [] });
      expect(head()).toBe(after);
      expect(demo.box.git(join(demo.box.root, 'shared.git'), ['rev-parse', 'main'])).toBe(after);
      expect(succeed(where, ['status', `${LINE}@2.1.0`])).toContain('artifact-exported');
      expect(modelsmith(where, ['verify', '--content'])).toMatchObject({ code: 0 });
    });

    test('pushes nothing to the branch of others where it was told not to, at no look', () => {
      const shared = (): string => demo.box.git(join(demo.box.root, 'shared.git'), ['rev-parse', 'main']);
      const before = shared();
      push('candidate-off', `${LINE}@2.9.0`);
      expect(once('--push', 'off')).toMatchObject({ code: 0, ends: [['submitted', `${LINE}@2.9.0`]] });
      expect(head()).not.toBe(before);
      expect(once('--push', 'off')).toMatchObject({ code: 0, ends: [] });
      expect(shared()).toBe(before);
      expect(once()).toMatchObject({ code: 0, ends: [] });
      expect(shared()).toBe(head());
    });

    test('takes a tag that moves for another candidate, and a digest under two tags for one', () => {
      push('candidate-a', `${LINE}@2.2.0`);
      const digest = push('candidate-a', `${LINE}@2.3.0`);
      skopeoCopy(
        known,
        `docker://${repository}-watched:candidate-a`,
        `docker://${repository}-watched:candidate-b`,
      );
      const { candidates, ends } = once();
      expect(ends).toEqual([['submitted', `${LINE}@2.3.0`]]);
      expect(candidates[0]).toMatchObject({ manifest: digest, tags: ['candidate-a', 'candidate-b'] });
    });

    test('refuses each bad candidate by name, and goes on with the others', () => {
      push('candidate-1', null);
      push('candidate-2', 'other-line@3.0.0');
      push('candidate-3', `${LINE}@../../x`);
      push('candidate-4', `${LINE}@2.3.0`);
      push('candidate-5', `${LINE}@3.1.0`, { 'submission/metadata.yaml': 'x: 1' });
      push('candidate-6', `${LINE}@3.2.0`, { 'submission/runs/first/results.json': null });
      push('candidate-7', `${LINE}@3.3.0`, { 'adapter_config.json': null });
      push('candidate-8', `${LINE}@3.4.0`);
      push('candidate-0', `${LINE}@3.5.0`, { 'submission/metadata.yaml': null });
      const { code, candidates } = once();
      expect(code).toBe(3);
      expect(Object.fromEntries(candidates.map(({ tags, status, why }) => [tags[0], why ?? status]))).toEqual(
        {
          'candidate-0': expect.stringContaining('no submission/metadata.yaml') as string,
          'candidate-1': expect.stringContaining('no annotation dev.modelsmith.iteration') as string,
          'candidate-2': expect.stringContaining('no iteration of claims-triage') as string,
          'candidate-3': expect.stringContaining('no iteration of claims-triage') as string,
          'candidate-4': expect.stringContaining('was requested before') as string,
          'candidate-5': expect.stringContaining('the metadata is not sound') as string,
          'candidate-6': expect.stringContaining('no submission/runs/') as string,
          'candidate-7': `${LINE}@3.3.0 cannot be requested`,
          'candidate-8': 'submitted',
        },
      );
    });

    test('goes on where it was killed, tells health line by line, and signs with no key of a person', async () => {
      push('candidate-9', `${LINE}@4.0.0`);
      const before = Number(demo.box.git(where.cwd, ['rev-list', '--count', 'HEAD']));
      const [node, bin] = MODELSMITH;
      for (const milliseconds of [600, 1500, 2500, 30_000]) {
        const child = spawn(node, [bin, ...words(), '--every', '5'], {
          ...where,
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        const lines: string[] = [];
        child.stdout.on('data', (text: Buffer) => lines.push(...text.toString().split('\n').filter(Boolean)));
        for (const end = Date.now() + milliseconds; Date.now() < end && lines.length < 2;) await pause(50);
        child.kill('SIGKILL');
        await happened(child, 'exit');
        const told = lines.map(
          (line) => JSON.parse(line) as { schema: string; well: boolean; candidates: object[] },
        );
        for (const line of told)
          expect(line).toMatchObject({ schema: 'modelsmith/out/watch/v1', well: true });
        // What was refused is not told again.
        if (told.length > 1) expect(told[1]?.candidates).toEqual([]);
      }
      expect(Number(demo.box.git(where.cwd, ['rev-list', '--count', 'HEAD']))).toBe(before + 1);
      const person = { ...where, env: { ...where.env, MODELSMITH_KEY_FILE: demo.key('omar') } };
      expect(modelsmith(person, [...words(), '--once'])).toMatchObject({
        code: 64,
        stdout: expect.stringContaining('omar is a person') as string,
      });
    });
  });
});
