import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { loraAdapter } from '../../../src/adapters/artifacts/sample.ts';
import {
  BASE,
  LINE,
  metadataOf,
  MODEL_CARD_TEXT,
  ROLLBACK_TEXT,
} from '../../../src/commands/demo/material.ts';
import { acting, type Acted } from './acting.ts';
import { exported, gpgKey, keyOf } from './keys.ts';
import { sandbox, START, type Sandbox } from './sandbox.ts';
import { harnessOutput, policyFolder, type Member } from './team.ts';

const HOUR = 3600;
export const DAY = 24 * HOUR;
export const IT = `${LINE}@1.0.0`;

const ROLES = {
  mia: ['policy-approver', 'ml-manager', 'override'],
  gus: ['policy-approver', 'governance-approver'],
  ana: ['model-owner'],
  dora: ['domain-expert'],
  omar: ['operator'],
  eli: ['evaluation-owner', 'software-owner'],
  sam: ['security-owner'],
  trainer: ['pipeline'],
} as const;
export type Name = keyof typeof ROLES;

/** A real repository whose people act an hour after each other, whatever the time of this machine. */
export class Emergency {
  readonly box: Sandbox = sandbox();
  readonly evidence = join(this.box.root, 'evidence');
  private root = '';
  private now = START + HOUR;

  path(name: string): string {
    return join(this.box.root, name);
  }

  /** Ids of the exceptions there are. */
  exceptions(): readonly string[] {
    return readdirSync(join(this.evidence, `exceptions/${LINE}`));
  }

  later(seconds: number): void {
    this.now += seconds;
  }

  /**
   * The team with its policy, and a candidate that says no contact; the key of who answers for security is made by gpg.
   * @param more roles beside those that everybody has here.
   */
  async found(more: Partial<Record<Name, readonly string[]>> = {}): Promise<void> {
    const { box } = this;
    const members: Member[] = [];
    for (const name of Object.keys(ROLES) as Name[]) {
      const key = name === 'sam' ? null : await keyOf(name);
      const fingerprint = key?.fingerprint ?? gpgKey(box, name);
      const armored = key?.privateArmored ?? box.gpg(['--armor', '--export-secret-keys', fingerprint]);
      box.write(this.path(`${name}.key.asc`), armored, 0o600);
      const certificate = key?.publicArmored ?? exported(box, fingerprint);
      const roles = [...ROLES[name], ...(more[name] ?? [])];
      members.push({ id: name, roles, box, fingerprint, certificate });
    }
    const folder = policyFolder(
      box,
      members,
      (policy) => `${policy}\nintake:\n  - rule: contact-stated\n  - rule: version-higher\n`,
    );
    const made = await this.as('mia', ['init', this.evidence, '--policy', folder, '--json'], '.');
    this.root = (JSON.parse(made.stdout) as { root: string }).root;
    const training = { from: this.now + 6 * HOUR, to: this.now + 9 * HOUR };
    box.write(this.path('metadata.yaml'), metadataOf(training).replace(/^contact: .*\n/m, ''));
    const shape = { rank: 8, modules: ['q_proj', 'v_proj'], hidden: 64, layers: 2 };
    for (const { path: name, bytes } of loraAdapter({
      seed: LINE,
      base: BASE.name,
      revision: BASE.revision,
      ...shape,
    }))
      box.write(this.path(`adapter/${name}`), bytes);
    box.write(this.path('base.json'), harnessOutput('base', this.now - DAY));
    box.write(this.path('results.json'), harnessOutput('tuned', this.now + 10 * HOUR));
    box.write(this.path('model-card.md'), MODEL_CARD_TEXT);
    box.write(this.path('rollback-procedure.md'), ROLLBACK_TEXT);
  }

  /** Baseline and lock, and the training after them. */
  async lock(): Promise<void> {
    await this.done('eli', 'baseline', 'add', LINE, this.path('base.json'), '--model', BASE.name);
    await this.done('trainer', 'lock', LINE);
    this.later(10 * HOUR);
  }

  async as(name: Name, argv: readonly string[], directory = this.evidence): Promise<Acted> {
    this.now += HOUR;
    const { now, root } = this;
    const env = { ...this.box.env, MODELSMITH_KEY_FILE: this.path(`${name}.key.asc`), MODELSMITH_ROOT: root };
    if (root === '') delete (env as NodeJS.ProcessEnv)['MODELSMITH_ROOT'];
    const words = directory === '.' ? argv : [...argv, '-C', directory];
    return await acting({ env, cwd: this.box.root }, words, { now: () => now });
  }

  async done(name: Name, ...argv: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.as(name, argv);
    expect(code, `${name}: ${argv.join(' ')}\n${stderr}`).toBe(0);
    return `${stdout}\n${stderr}`;
  }

  async refused(name: Name, ...argv: readonly string[]): Promise<string> {
    const { code, stderr } = await this.as(name, argv);
    expect(code, stderr).toBe(3);
    return stderr;
  }

  async verified(): Promise<string> {
    const told = await this.done('mia', 'verify');
    expect(told).toContain('verified: no findings');
    return told;
  }

  request(...more: readonly string[]): readonly string[] {
    return [
      ...['submit', IT, '--adapter', this.path('adapter'), '--metadata', this.path('metadata.yaml')],
      ...['--results', this.path('results.json'), '--evidence', this.path('model-card.md')],
      ...['--evidence', this.path('rollback-procedure.md'), '--registry', this.path('registry'), ...more],
    ];
  }

  open(...more: readonly string[]): readonly string[] {
    return [
      ...['exception', 'open', LINE, '--waive', 'contact-stated', '--days', '3', '--review-days', '5'],
      ...['--control', 'Omar answers every call.', '--reason', 'The team is new.', ...more],
    ];
  }
}
