import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { acting } from './support/acting.ts';
import { modelsmith, MODELSMITH } from './support/command.ts';
import { playDemo, type Demo } from './support/demo.ts';
import { hasRegistry, startRegistry } from './support/docker-registry.ts';
import type { Ended } from './support/sandbox.ts';
import { hasSkopeo, skopeoCopy } from './support/skopeo.ts';

const PAGE = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
const BLOCKS = [...PAGE.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(
  ([, text = '']) => parse(text) as unknown,
);

interface Container {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
}
interface Documents {
  readonly jobs?: { readonly deploy: { readonly steps: readonly { readonly run: string }[] } };
  readonly spec?: {
    readonly initContainers?: readonly Container[];
    readonly template?: { readonly spec: { readonly containers: readonly Container[] } };
  };
}

/** What each block of the page has run, as whoever reads it would run it. */
const [github, pod, hook] = BLOCKS.map((block): readonly string[] => {
  const { jobs, spec } = block as Documents;
  const step = jobs?.deploy.steps[0];
  if (step !== undefined) return ['sh', '-ec', step.run];
  const [container] = spec?.initContainers ?? spec?.template?.spec.containers ?? [];
  return [...(container?.command ?? []), ...(container?.args ?? [])];
});

let demo: Demo;
/** The evidence while `claims-triage@1.0.0` was in production; after it was deprecated; and once somebody changed a score by hand. */
let before: string;
let after: string;
let manifest: string;
let artifact: string;
beforeAll(() => {
  demo = playDemo();
  const { box, evidence } = demo;
  after = evidence;
  before = join(box.root, 'before');
  box.git(box.root, ['clone', '-q', evidence, before]);
  box.git(before, [
    'reset',
    '-q',
    '--hard',
    demo.commit('Approve claims-triage@1.0.0 at governance-approval'),
  ]);
  const shown = modelsmith({ ...demo.where, cwd: before }, ['show', 'claims-triage@1.0.0', '--json']).stdout;
  const found = JSON.parse(shown) as {
    record: { export: { manifest: { sha256: string } }; request: { artifact: { digest: string } } };
  };
  manifest = found.record.export.manifest.sha256;
  artifact = found.record.request.artifact.digest;
});
afterAll(() => demo.box.dispose());

const check = (cwd: string, ...args: string[]): Ended =>
  modelsmith({ ...demo.where, cwd }, ['check', ...args]);
const codesOf = ({ stdout }: Ended): readonly string[] =>
  (JSON.parse(stdout) as { reasons: { code: string }[] }).reasons.map(({ code }) => code);

describe('check', () => {
  test('says yes to what an alias points to, by whatever it is named', () => {
    const subjects = [
      'claims-triage@1.0.0',
      manifest,
      `sha256:${manifest}`,
      `sha256:${artifact}`,
      join(demo.folder, 'adapters/claims-triage-1.0.0'),
      `oci:${join(demo.folder, 'registry')}:claims-triage-1.0.0`,
      `oci:${join(demo.folder, 'registry')}@sha256:${manifest}`,
    ];
    for (const subject of subjects)
      for (const alias of ['production', 'serving']) {
        const ended = check(before, subject, '--for', alias, '--json');
        expect(ended.code, `${subject} ${ended.stdout}${ended.stderr}`).toBe(0);
        expect(JSON.parse(ended.stdout)).toMatchObject({
          ...{ schema: 'modelsmith/out/check/v1', answer: 'yes', iteration: 'claims-triage@1.0.0' },
          ...{ for: alias, manifest, artifact, state: 'production-validated' },
        });
      }
  });

  test('says no to what is unknown, or deprecated by now, with every reason', () => {
    const unknown = check(before, 'f'.repeat(64), '--for', 'production', '--json');
    expect([unknown.code, codesOf(unknown)]).toEqual([3, ['DIGEST_UNKNOWN']]);
    const none = check(before, 'claims-triage@9.9.9', '--for', 'production', '--json');
    expect([none.code, codesOf(none)]).toEqual([3, ['ITERATION_UNKNOWN']]);
    const gone = check(after, `sha256:${manifest}`, '--for', 'serving', '--json');
    expect([gone.code, codesOf(gone)]).toEqual([3, ['STATE_OTHER', 'ALIAS_ELSEWHERE']]);
    const said = check(after, `sha256:${manifest}`, '--for', 'serving').stderr;
    expect(said).toContain('– that is claims-triage@1.0.0 – may not be deployed for serving');
    expect(said).toContain('modelsmith status claims-triage@1.0.0');
  });

  test('says no to weights that were altered, and to a folder that holds something else', () => {
    const folder = join(demo.box.root, 'altered');
    spawnSync('cp', ['-r', join(demo.folder, 'adapters/claims-triage-1.0.0'), folder]);
    const path = join(folder, 'adapter_model.safetensors');
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const altered = check(before, folder, '--for', 'production', '--json');
    expect([altered.code, codesOf(altered)]).toEqual([3, ['DIGEST_UNKNOWN']]);
    rmSync(path);
    const empty = check(before, folder, '--for', 'production', '--json');
    expect([empty.code, codesOf(empty)]).toEqual([3, ['ARTIFACT_REFUSED']]);
  });

  test('never says yes on a history that is not valid, or not known to be', () => {
    for (const branch of ['tampered/score', 'tampered/approval', 'tampered/skip']) {
      const ended = check(after, manifest, '--for', 'production', '--branch', branch, '--json');
      expect(ended.code, branch).toBe(3);
      expect(ended.stdout).toContain('the history is not valid');
    }
    const shallow = join(demo.box.root, 'shallow');
    demo.box.git(demo.box.root, ['clone', '-q', '--depth', '1', `file://${before}`, shallow]);
    expect(check(shallow, manifest, '--for', 'production').code).toBe(76);
    const rootless = modelsmith({ env: demo.box.env, cwd: before }, [
      'check',
      manifest,
      '--for',
      'production',
    ]);
    expect(rootless.code).toBe(78);
    const other = `${demo.commit('Lock')}:${'A'.repeat(40)}`;
    expect(check(before, manifest, '--for', 'production', '--root', other).code).not.toBe(0);
  });

  test('obeys a freeze in a ref beside the branch', async () => {
    const folder = join(demo.box.root, 'frozen');
    demo.box.git(demo.box.root, ['clone', '-q', before, folder]);
    const where = { ...demo.where, cwd: folder };
    const freeze = ['override', 'freeze', 'claims-triage', 'production', '--reason', 'a leak', '--ref'];
    const done = await acting(where, [...freeze, '--key-file', demo.key('mia')]);
    expect(done.code, done.stderr).toBe(0);
    const held = check(folder, manifest, '--for', 'production', '--json');
    expect([held.code, codesOf(held)]).toEqual([3, ['ALIAS_HELD']]);
    expect(check(folder, manifest, '--for', 'serving').code).toBe(0);
  });

  test('cannot tell where nobody signed for longer than one would have it', async () => {
    const asked = ['check', manifest, '--for', 'production', '--max-age', '7d'];
    const where = { ...demo.where, cwd: before };
    const now = Math.floor(Date.now() / 1000);
    expect((await acting(where, asked)).code).toBe(0);
    const late = await acting(where, asked, { now: () => now + 9 * 86_400 });
    expect([late.code, late.stderr]).toEqual([68, expect.stringContaining('older than --max-age')]);
    expect((await acting(where, [...asked.slice(0, -1), 'soon'])).code).toBe(64);
  });

  test.skipIf(!hasRegistry || !hasSkopeo)(
    'asks a registry what it gives out, and believes its bytes alone',
    async () => {
      const running = await startRegistry(join(demo.box.root, 'served'));
      try {
        const there = `${running.host}/models/claims`;
        skopeoCopy(
          demo.box.root,
          `oci:${join(demo.folder, 'registry')}:claims-triage-1.0.0`,
          `docker://${there}:live`,
        );
        expect(check(before, `oci://${there}:live`, '--for', 'production').code).toBe(0);
        expect(check(before, `${there}@sha256:${manifest}`, '--for', 'production').code).toBe(0);
        expect(check(after, `oci://${there}:live`, '--for', 'production').code).toBe(3);
        expect(check(before, `oci://${there}:other`, '--for', 'production').code).toBe(66);
      } finally {
        await running.stop();
      }
      expect(check(before, `oci://${running.host}/models/claims:live`, '--for', 'production').code).toBe(68);
    },
  );
});

describe('verify --registry', () => {
  const verify = (registry: string): Ended =>
    modelsmith({ ...demo.where, cwd: before }, ['verify', '--registry', registry, '--json']);

  test('hashes what was exported again, where it lies', () => {
    const layout = join(demo.box.root, 'layout');
    spawnSync('cp', ['-r', join(demo.folder, 'registry'), layout]);
    const sound = verify(layout);
    expect([sound.code, JSON.parse(sound.stdout)]).toMatchObject([
      0,
      { exportsRead: 1, contentChecked: null, findings: [] },
    ]);
    writeFileSync(join(layout, 'blobs/sha256', manifest), '{}');
    const damaged = verify(layout);
    expect([damaged.code, JSON.parse(damaged.stdout)]).toMatchObject([
      3,
      { findings: [{ code: 'CONTENT_DIFFERS' }] },
    ]);
  });
});

describe('what the page has people write', () => {
  /** The command and the cluster, on the path of the script. */
  function run(script: readonly string[] | undefined, evidence: string, model: string) {
    const { box } = demo;
    const bin = join(box.root, 'bin');
    const deployed = join(box.root, 'deployed');
    mkdirSync(bin, { recursive: true });
    rmSync(deployed, { force: true });
    const program = (name: string, text: string) => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    program('modelsmith', `exec '${MODELSMITH[0]}' '${MODELSMITH[1]}' "$@"`);
    program('kubectl', `echo "$@" > '${deployed}'`);
    const [shell = '', ...words] = script ?? [];
    const { status } = spawnSync(shell, words, {
      env: {
        ...box.env,
        PATH: `${bin}:${join(MODELSMITH[0], '..')}:${String(process.env['PATH'])}`,
        ...{ MODELSMITH_ROOT: demo.root, EVIDENCE: `file://${evidence}`, MODEL: model },
      },
    });
    return { status, deployed: existsSync(deployed) ? readFileSync(deployed, 'utf8') : null };
  }

  test('has three scripts, which are those tried here', () => {
    expect(BLOCKS).toHaveLength(3);
    for (const script of [github, pod, hook])
      expect(script?.join(' ')).toContain('modelsmith check "$MODEL"');
  });

  test('the job of GitHub deploys what is allowed, by the digest of its manifest, and nothing else', () => {
    expect(run(github, before, `sha256:${artifact}`)).toEqual({
      status: 0,
      deployed: expect.stringContaining(`@sha256:${manifest}\n`) as string,
    });
    expect(run(github, after, `sha256:${artifact}`)).toEqual({ status: 3, deployed: null });
    expect(run(github, before, `sha256:${'0'.repeat(64)}`)).toEqual({ status: 3, deployed: null });
    expect(run(github, join(demo.box.root, 'nowhere'), `sha256:${artifact}`)).toMatchObject({
      deployed: null,
    });
    expect(run(github, before, '$(touch hacked); --help')).toMatchObject({ deployed: null });
  });

  test('the init container and the hook end with the answer', () => {
    for (const script of [pod, hook]) {
      expect(run(script, before, `sha256:${manifest}`).status).toBe(0);
      expect(run(script, after, `sha256:${manifest}`).status).toBe(3);
    }
  });
});
