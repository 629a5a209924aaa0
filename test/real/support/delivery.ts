import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { loraAdapter } from '../../../src/adapters/artifacts/sample.ts';
import { BASE, LINE } from '../../../src/commands/demo/material.ts';
import { acting, type Acted } from './acting.ts';
import { succeed, type Where } from './command.ts';
import { playDemo, type Demo } from './demo.ts';
import { startRegistry, type RunningRegistry } from './docker-registry.ts';
import { harnessOutput } from './team.ts';

const REPOSITORY = 'models/claims';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const BECAUSE = ['--reason', 'To see it delivered.'] as const;

/** What `reconcile --json` says. */
export interface Told {
  readonly converged: boolean;
  readonly targets: readonly {
    readonly status: string;
    readonly held: readonly object[];
    readonly moves: readonly object[];
    readonly failure: { readonly code: string } | null;
  }[];
  readonly receipts: readonly { readonly iteration: string; readonly outcome: string }[];
}

/** A team whose line is served from the tags of a real registry, and a machine that moves them. They share a bare repository. */
export class Delivery {
  readonly demo: Demo;
  readonly people: Where;
  /** `<host>/<repository>`. */
  readonly place: string;
  registry: RunningRegistry;

  private constructor(registry: RunningRegistry, demo: Demo) {
    this.demo = demo;
    this.registry = registry;
    this.place = `${registry.host}/${REPOSITORY}`;
    const { box } = demo;
    box.git(box.root, ['clone', '-q', '--bare', demo.evidence, this.path('shared.git')]);
    box.git(this.path('shared.git'), ['update-ref', 'refs/heads/main', demo.commit('Lock')]);
    this.people = this.clone('people');
  }

  static async build(): Promise<Delivery> {
    const demo = playDemo();
    const delivery = new Delivery(await startRegistry(join(demo.box.root, 'registry')), demo);
    await delivery.changeLaw();
    return delivery;
  }

  async dispose(): Promise<void> {
    await this.registry.stop();
    this.demo.box.dispose();
  }

  path(...parts: readonly string[]): string {
    return join(this.demo.box.root, ...parts);
  }

  /** The latest that everybody has. */
  get tip(): string {
    return this.demo.box.git(this.path('shared.git'), ['rev-parse', 'main']);
  }

  /** A clone where the pipeline's key signs, which lists the registry as a target that it reaches. */
  clone(name: string): Where {
    const { demo } = this;
    const { box, where } = demo;
    box.git(box.root, ['clone', '-q', this.path('shared.git'), this.path(name)]);
    const cwd = this.path(name);
    const config = this.path(`${name}-config`);
    const { id } = parse(readFileSync(join(cwd, 'modelsmith.yaml'), 'utf8')) as { id: string };
    const targets = { tags: { kind: 'registry', repository: this.place } };
    const listed = stringify({ schema: 'modelsmith/targets/v1', repository: id, targets });
    box.write(join(config, 'modelsmith/targets.yaml'), listed, 0o600);
    const own = { XDG_CONFIG_HOME: config, XDG_STATE_HOME: `${config}/state` };
    return { env: { ...where.env, ...own, MODELSMITH_KEY_FILE: demo.key('trainer') }, cwd };
  }

  /** Somebody does it at a terminal. */
  async tries(who: string, ...words: readonly string[]): Promise<Acted> {
    const env = { ...this.people.env, MODELSMITH_KEY_FILE: this.demo.key(who) };
    return await acting({ ...this.people, env }, words);
  }

  async does(who: string, ...words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.tries(who, ...words);
    expect(code, `${words.join(' ')}: ${stderr}`).toBe(0);
    return `${stdout}\n${stderr}`;
  }

  /** The pipeline trains an iteration and brings it; the operator lets it go to customers. */
  async promote(version: string): Promise<void> {
    const { box, folder } = this.demo;
    const shape = { rank: 4, modules: ['q_proj', 'v_proj'], hidden: 32, layers: 1 };
    for (const { path, bytes } of loraAdapter({
      ...{ seed: version, base: BASE.name, revision: BASE.revision },
      ...shape,
    }))
      box.write(this.path(version, 'adapter', path), bytes);
    // Each is evaluated at a time of its own: no output is a run of two artifacts.
    const hours = 10 - Number(version.split('.')[1]);
    const results = harnessOutput('tuned', Math.floor(Date.now() / 1000) - hours * 3600);
    const submission = (name: string): string => join(folder, 'submission', name);
    succeed(this.people, [
      ...['submit', `${LINE}@${version}`, '--adapter', this.path(version, 'adapter')],
      ...['--metadata', submission('metadata.yaml')],
      ...['--results', box.write(this.path(version, 'results.json'), results)],
      ...['--evidence', submission('model-card.md'), '--evidence', submission('rollback-procedure.md')],
      ...['--registry', `oci://${this.place}`],
    ]);
    await this.does('omar', 'approve', `${LINE}@${version}`);
  }

  /** The manifest under a tag, as the registry gives it out to anybody; null where there is none. */
  async manifest(tag: string): Promise<Buffer | null> {
    const answer = await fetch(this.addressOf(tag), { headers: { accept: MANIFEST } });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (answer.status === 404) return null;
    const digest = createHash('sha256').update(bytes).digest('hex');
    expect(answer.headers.get('docker-content-digest')).toBe(`sha256:${digest}`);
    return bytes;
  }

  /** Somebody moves the tag of an alias past everything that was decided. */
  async moveByHand(alias: string, version: string): Promise<void> {
    const body = new Uint8Array((await this.manifest(`${LINE}-${version}`)) ?? []);
    const headers = { 'content-type': MANIFEST };
    const { status } = await fetch(this.addressOf(`${LINE}-${alias}`), { method: 'PUT', headers, body });
    expect(status).toBe(201);
  }

  /** Somebody tidies the registry up: the manifest goes, with every tag it has. */
  async deleteByHand(version: string): Promise<void> {
    const digest = createHash('sha256')
      .update((await this.manifest(`${LINE}-${version}`)) ?? '')
      .digest('hex');
    const { status } = await fetch(this.addressOf(`sha256:${digest}`), { method: 'DELETE' });
    expect(status).toBe(202);
  }

  private addressOf(tag: string): string {
    return `http://${this.registry.host}/v2/${REPOSITORY}/manifests/${tag}`;
  }

  /** The registry becomes a target of the line, and the pipeline a machine that signs receipts. */
  private async changeLaw(): Promise<void> {
    const folder = this.path('law');
    cpSync(join(this.people.cwd, 'policy'), folder, { recursive: true });
    const read = (name: string): unknown => parse(readFileSync(join(folder, name), 'utf8'));
    const policy = read('policy.yaml') as { lines: object[] };
    const changed = {
      ...policy,
      lines: policy.lines.map((line) => ({ ...line, targets: ['tags'] })),
      targets: { tags: { kind: 'registry', repository: this.place, follows: ['production', 'serving'] } },
    };
    writeFileSync(join(folder, 'policy.yaml'), stringify(changed));
    const signers = read('signers.yaml') as { principals: { id: string; roles: object[] }[] };
    const trainer = signers.principals.find(({ id }) => id === 'trainer');
    trainer?.roles.push({ role: 'reconciler', lines: ['*'] });
    writeFileSync(join(folder, 'signers.yaml'), stringify(signers));
    await this.does('ana', 'policy', 'propose', folder, '--bump', ...BECAUSE);
    for (const who of ['ana', 'omar', 'gus']) await this.does(who, 'policy', 'approve');
  }
}
