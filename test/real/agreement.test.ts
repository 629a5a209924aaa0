import { createHash } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacking, succeed } from './support/command.ts';
import { playDemo, publicKeys, type Demo } from './support/demo.ts';
import type { Sandbox } from './support/sandbox.ts';

const BUNDLE = 'promotions/claims-triage/1.0.0';

let demo: Demo;
let box: Sandbox;
beforeAll(() => {
  demo = playDemo();
  box = demo.box;
});
afterAll(() => box.dispose());

const git = (...args: string[]): string => box.git(demo.evidence, args);
const shell = (script: string, cwd: string, input?: string): string =>
  execFileSync('sh', ['-c', script], { cwd, env: box.env, input, encoding: 'utf8' });
const json = (path: string): unknown => JSON.parse(readFileSync(join(demo.evidence, path), 'utf8'));
interface Decision {
  readonly id: string;
  readonly gate: string;
  readonly statement: { readonly evidence: readonly { readonly path: string; readonly sha256: string }[] };
}

/** Other tools, which know nothing of modelsmith, say the same. */
describe('what others say of the same repository', () => {
  describe.skipIf(lacking('gpg'))('git and gpg', () => {
    beforeAll(() => {
      for (const file of publicKeys(demo)) box.gpg(['--import', file]);
    });

    it('find every signature of the branch good, and made by the key the tool names', () => {
      const { acts } = JSON.parse(succeed(demo.where, ['log', '--json'])) as {
        acts: readonly { readonly commit: string; readonly signer: string }[];
      };
      const people = readFileSync(join(demo.folder, 'people/README.yaml'), 'utf8');
      const commits = git('rev-list', 'main').split('\n');
      expect(commits).toHaveLength(8);
      for (const commit of commits) {
        const { code, stderr } = box.tryGit(demo.evidence, ['verify-commit', '--raw', commit]);
        expect(code, stderr).toBe(0);
        const [, fingerprint = 'none'] = /VALIDSIG (\w{40})/.exec(stderr) ?? [];
        const who = acts.find((act) => act.commit === commit)?.signer ?? 'nobody';
        expect(people.replace(/\s+/g, ' ')).toMatch(
          new RegExp(`\\b${who}: [^:]*:[^:]*:[^:]*: ${fingerprint}`),
        );
      }
    });

    it('cannot tell who signed the forgery, which the tool refuses', () => {
      expect(box.tryGit(demo.evidence, ['verify-commit', 'tampered/approval']).code).not.toBe(0);
      expect(box.tryGit(demo.evidence, ['verify-commit', 'tampered/score']).code).toBe(0); // a true signature
    });
  });

  it('git finds every object sound', () => {
    const { code, stdout, stderr } = box.tryGit(demo.evidence, ['fsck', '--strict', '--full']);
    expect([code, stdout, stderr.replace(/^(Checking|notice).*$/gm, '').trim()]).toEqual([0, '', '']);
  });

  it('sha256sum confirms the evidence of every decision in the commit that made it', () => {
    const decisions = readdirSync(join(demo.evidence, BUNDLE, 'approvals')).map(
      (name) => json(`${BUNDLE}/approvals/${name}`) as Decision,
    );
    expect(decisions.map(({ gate }) => gate).sort()).toEqual([
      'domain-validation',
      'governance-approval',
      'operator-signoff',
    ]);
    for (const { id, gate, statement } of decisions) {
      const commit = git('log', '--diff-filter=A', '--format=%H', '--', `${BUNDLE}/approvals/${id}.json`);
      const tree = join(box.root, gate);
      git('worktree', 'add', '-q', '--detach', tree, commit);
      const sums = statement.evidence.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('');
      expect(statement.evidence.length).toBeGreaterThanOrEqual(3);
      expect(shell('sha256sum -c --strict --quiet', join(tree, BUNDLE), sums)).toBe('');
      git('worktree', 'remove', tree);
    }
  });

  it('grep and sha256sum find the id of every entry that is a file of its own', () => {
    const entries = git('ls-files')
      .split('\n')
      .filter((path) => /\/(approvals\/\w{64}|baseline)\.json$|^locks\//.test(path));
    expect(entries).toHaveLength(5);
    for (const path of entries) {
      const sum = shell(`grep -v '^  "id": ' '${path}' | sha256sum`, demo.evidence).slice(0, 64);
      expect((json(path) as Decision).id).toBe(sum);
    }
  });

  it('the commands that reproduce prints give the digests it prints beside them', () => {
    const adapter = join(demo.folder, 'adapters/claims-triage-1.0.0');
    const lines = succeed(demo.where, ['reproduce', 'claims-triage@1.0.0']).split('\n');
    const jq = spawnSync('jq', ['--version']).status === 0;
    let confirmed = 0;
    lines.forEach((line, index) => {
      const [, command] = /^ +\$ (.*)$/.exec(line) ?? [];
      if (command === undefined || (!jq && command.startsWith('jq '))) return;
      const cwd = command.includes('adapter_config')
        ? adapter
        : command.includes(' blobs/')
          ? join(demo.folder, 'registry')
          : demo.evidence;
      expect(shell(command, cwd).slice(0, 64), command).toBe(lines[index - 1]?.trim());
      confirmed += 1;
    });
    expect(confirmed).toBeGreaterThanOrEqual(9);
    const check = lines.slice(lines.findIndex((line) => line.startsWith('(cd promotions'))).join('\n');
    expect(shell(check, demo.evidence)).toContain('rubric.json: OK');
  });

  it('sha256sum finds the digest of the artifact', () => {
    const { request } = json(`${BUNDLE}/promotion-record.json`) as {
      request: { artifact: { digest: string; files: readonly { path: string; sha256: string }[] } };
    };
    const adapter = join(demo.folder, 'adapters/claims-triage-1.0.0');
    const sums = shell('sha256sum adapter_config.json adapter_model.safetensors', adapter);
    expect(request.artifact.files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('')).toBe(sums);
    expect(createHash('sha256').update(sums).digest('hex')).toBe(request.artifact.digest);
  });

  it.skipIf(lacking('skopeo'))('skopeo reads the export and finds its digest', () => {
    const { export: done } = json(`${BUNDLE}/promotion-record.json`) as {
      export: { manifest: { sha256: string }; reference: string };
    };
    const runtime = join(box.root, 'skopeo');
    mkdirSync(runtime);
    const env = { ...box.env, XDG_RUNTIME_DIR: runtime };
    const image = `oci:${join(demo.folder, 'registry')}:${done.reference}`;
    const raw = execFileSync('skopeo', ['--insecure-policy', 'inspect', '--raw', image], { env });
    writeFileSync(join(runtime, 'manifest.json'), raw);
    const digest = execFileSync('skopeo', ['manifest-digest', join(runtime, 'manifest.json')], {
      env,
      encoding: 'utf8',
    });
    expect(digest.trim()).toBe(`sha256:${done.manifest.sha256}`);
    const target = join(box.root, 'pulled');
    execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', image, `dir:${target}`], { env });
    const weights = readFileSync(join(demo.folder, 'adapters/claims-triage-1.0.0/adapter_model.safetensors'));
    const pulled = readdirSync(target).map((name) => readFileSync(join(target, name)));
    expect(pulled.some((bytes) => bytes.equals(weights))).toBe(true);
    rmSync(target, { recursive: true });
  });
});
