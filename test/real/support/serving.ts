import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { ociLayout } from '../../../src/adapters/oci/layout.ts';
import { acting } from './acting.ts';
import { modelsmithBeside, succeed, type Where } from './command.ts';
import { playDemo, type Demo } from './demo.ts';
import { startVllm, type FakeVllm } from './vllm.ts';

export const IT = 'claims-triage@1.0.0';
export const LINE = 'claims-triage';
export const API_KEY = 'vllm-key-of-this-test';
export const BECAUSE = ['--reason', 'To see what would happen.'];

/** What `reconcile --json` says. */
export interface Told {
  readonly converged: boolean;
  readonly valid: boolean;
  readonly targets: readonly {
    readonly target: string;
    readonly status: string;
    readonly unreached: string | null;
    readonly held: readonly { readonly alias: string }[];
    readonly moves: readonly { do: string; key: string; why: string; drift: boolean }[];
    readonly drift: readonly { key: string | null; version: string | null; how: string }[];
    readonly failure: { message: string } | null;
  }[];
  readonly receipts: readonly { iteration: string; target: string; outcome: string }[];
}

export const statuses = ({ targets }: Told): readonly string[] =>
  targets.map(({ target, status }) => `${target}: ${status}`);
export const receiptsOf = ({ receipts }: Told): readonly string[] =>
  receipts.map(({ target, outcome }) => `${target} ${outcome}`);

/** A team that has just let an iteration go to a server, a folder and a registry, and machines that bring it there. */
export class Serving {
  readonly demo: Demo;
  readonly vllm: FakeVllm;
  /** The folder that the server reads. */
  readonly served: string;
  /** Where machines clone from. */
  readonly shared: string;
  private count = 0;

  private constructor(demo: Demo, vllm: FakeVllm) {
    this.demo = demo;
    this.vllm = vllm;
    this.served = this.path('served');
    this.shared = this.path('shared.git');
  }

  static async build(): Promise<Serving> {
    const team = new Serving(playDemo(), await startVllm(API_KEY));
    await team.changeLaw();
    return team;
  }

  async dispose(): Promise<void> {
    await this.vllm.stop();
    this.demo.box.dispose();
  }

  path(...parts: readonly string[]): string {
    return join(this.demo.box.root, ...parts);
  }

  get registry(): string {
    return join(this.demo.folder, 'registry');
  }

  git({ cwd }: Pick<Where, 'cwd'>, ...args: string[]): string {
    return this.demo.box.git(cwd, args);
  }

  /** A clone that a machine works in, with files of its own. */
  machine(name = `machine${this.count++}`): Where {
    const { demo } = this;
    const cwd = this.path(name, 'evidence');
    mkdirSync(dirname(cwd), { recursive: true });
    demo.box.git(demo.box.root, ['clone', '-q', this.shared, cwd]);
    const env = {
      ...demo.where.env,
      XDG_STATE_HOME: this.path(name, 'state'),
      XDG_CONFIG_HOME: this.path(name, 'config'),
      MODELSMITH_REGISTRY: this.registry,
      MODELSMITH_KEY_FILE: demo.key('trainer'),
    };
    return { env, cwd };
  }

  listTargets(where: Where, change: object = {}, mode = 0o600, repository?: string): void {
    const file = join(where.env['XDG_CONFIG_HOME'] ?? '', 'modelsmith/targets.yaml');
    mkdirSync(dirname(file), { recursive: true });
    const { id } = parse(readFileSync(join(where.cwd, 'modelsmith.yaml'), 'utf8')) as { id: string };
    const targets = {
      cluster: { kind: 'vllm', address: this.vllm.address, apiKey: API_KEY },
      mirror: { kind: 'directory', folder: this.served },
      tags: { kind: 'registry', repository: this.registry },
      ...change,
    };
    const schema = 'modelsmith/targets/v1';
    writeFileSync(file, stringify({ schema, repository: repository ?? id, targets }));
    chmodSync(file, mode);
  }

  /** Such a machine, which lists them all, before anything was put anywhere. */
  async ready(): Promise<Where> {
    await this.clear();
    const where = this.machine();
    this.listTargets(where);
    return where;
  }

  /** Nothing is anywhere. */
  async clear(): Promise<void> {
    await ociLayout(this.registry).untag(`${LINE}-serving`);
    this.vllm.loaded.length = 0;
    this.vllm.asked.length = 0;
    this.vllm.loads.length = 0;
    rmSync(this.served, { recursive: true, force: true });
  }

  /** Beside the server, which is in this process. */
  async reconcile(where: Where, ...words: string[]): Promise<Told & { code: number | null }> {
    const args = ['reconcile', '--json', '--push', 'off', ...words];
    const { code, stdout, stderr } = await modelsmithBeside(where, args);
    if (stdout === '') throw new Error(stderr);
    return { ...(JSON.parse(stdout) as Told), code };
  }

  /** Somebody at a terminal does it in a clone, and keeps it there. */
  async does(where: Where, who: string, ...words: string[]): Promise<string> {
    const env = { ...where.env, MODELSMITH_KEY_FILE: this.demo.key(who) };
    const argv = words[0] === 'override' ? words : [...words, '--push', 'off'];
    const { code, stdout, stderr } = await acting({ ...where, env }, argv);
    expect(code, `${words.join(' ')}: ${stderr}`).toBe(0);
    return stdout;
  }

  /** The line gets targets, and the pipeline a machine that signs receipts. */
  private async changeLaw(): Promise<void> {
    const { demo } = this;
    demo.box.git(demo.box.root, ['clone', '-q', '--bare', demo.evidence, this.shared]);
    const [before = ''] = demo.box
      .git(demo.evidence, ['log', '--format=%H %s', 'main'])
      .split('\n')
      .filter((line) => line.includes(`Approve ${IT} at operator-signoff`));
    this.git({ cwd: this.shared }, 'update-ref', 'refs/heads/main', before.slice(0, 40));
    const where = this.machine('people');
    const key = ['--key-file', demo.key('eli')];
    succeed(where, ['signer', 'grant', 'trainer', '--role', 'reconciler', ...key, ...BECAUSE]);
    for (const who of ['gus', 'mia']) await this.does(where, who, 'policy', 'approve');
    const folder = this.path('policy');
    cpSync(join(where.cwd, 'policy'), folder, { recursive: true });
    const policy = parse(readFileSync(join(folder, 'policy.yaml'), 'utf8')) as { lines: object[] };
    writeFileSync(
      join(folder, 'policy.yaml'),
      stringify({
        ...policy,
        lines: policy.lines.map((line) => ({ ...line, targets: ['cluster', 'mirror', 'tags'] })),
        targets: {
          cluster: { kind: 'vllm', address: this.vllm.address, adapters: this.served },
          mirror: { kind: 'directory', folder: this.served },
          tags: { kind: 'registry', repository: this.registry },
        },
      }),
    );
    succeed(where, ['policy', 'propose', folder, '--bump', '--key-file', demo.key('ana'), ...BECAUSE]);
    for (const who of ['ana', 'omar']) await this.does(where, who, 'policy', 'approve');
    this.git(where, 'push', '-q', 'origin', 'main');
  }
}
