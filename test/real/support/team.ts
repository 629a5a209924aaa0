import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loraAdapter } from '../../../src/adapters/artifacts/sample.ts';
import { sampleResults } from '../../../src/adapters/evals/sample.ts';
import {
  BASE,
  evaluationOf,
  LINE,
  metadataOf,
  MODEL_CARD_TEXT,
  ROLLBACK_TEXT,
} from '../../../src/commands/demo/material.ts';
import { toTime } from '../../../src/domain/names.ts';
import { succeed, type Where } from './command.ts';
import { at as keyMadeAt, exported, gpgKey, keyOf } from './keys.ts';
import { sandbox, START, type Sandbox } from './sandbox.ts';

export const IT = `${LINE}@1.0.0`;

/** Somebody with a home, a keyring and an agent of their own; the pipeline has a key file instead. */
export interface Member {
  readonly id: string;
  readonly roles: readonly string[];
  readonly box: Sandbox;
  readonly fingerprint: string;
  readonly certificate: string;
}

/** @param reads whether the key can be encrypted to, too. */
export function person(id: string, roles: readonly string[], reads = false): Member {
  const box = sandbox();
  const fingerprint = gpgKey(box, id);
  if (reads) box.gpg([...keyMadeAt(START), '--quick-add-key', fingerprint, 'cv25519', 'encr']);
  box.git(box.root, ['config', '--global', 'user.signingkey', fingerprint]);
  return { id, roles, box, fingerprint, certificate: exported(box, fingerprint) };
}

/** An automation whose private key lies in `~/key.asc`; the pipeline where not told otherwise. */
export async function pipeline(id = 'trainer', roles: readonly string[] = ['pipeline']): Promise<Member> {
  const box = sandbox();
  const key = await keyOf(id);
  box.write(join(box.home, 'key.asc'), key.privateArmored, 0o600);
  box.env['MODELSMITH_KEY_FILE'] = join(box.home, 'key.asc');
  const { fingerprint, publicArmored } = key;
  return { id, roles, box, fingerprint, certificate: publicArmored };
}

const READY = new URL('../../../policy/', import.meta.url);
const ready = (path: string): string => readFileSync(new URL(path, READY), 'utf8');
export const RUBRIC = ready('rubrics/claims.json');

/** Writes a policy folder from the ready policy for a team. @returns its path. */
export function policyFolder(
  box: Sandbox,
  members: readonly Member[],
  change: (policy: string) => string = (policy) => policy,
): string {
  const folder = join(box.root, 'policy');
  const principals = members.map(({ id, roles, fingerprint }) => ({
    ...(roles.some((role) => /^(?:pipeline$|checker:)/.test(role))
      ? { kind: 'automation', owner: 'ana' }
      : { kind: 'human' }),
    id,
    name: id,
    email: `${id}@example.org`,
    keys: [{ fingerprint }],
    roles: roles.map((role) => ({ role, lines: ['*'] })),
  }));
  box.write(join(folder, 'policy.yaml'), change(ready('team/policy.yaml')));
  box.write(join(folder, 'signers.yaml'), stringify({ schema: 'modelsmith/signers/v1', principals }));
  box.write(join(folder, 'rubrics/claims.json'), RUBRIC);
  for (const { fingerprint, certificate } of members)
    box.write(join(folder, `keys/${fingerprint}.asc`), certificate);
  return folder;
}

/** Output of the harness for the base model or the adapter. `time`: seconds since 1970. */
export function harnessOutput(which: 'base' | 'tuned', time: number): string {
  const adapter = which === 'base' ? null : 'out/adapter';
  const { scores, ...run } = evaluationOf(which, adapter, time);
  const tasks = scores.map((score) => ({ ...score, filter: 'none' }));
  return sampleResults({ ...run, date: toTime(time), tasks });
}

/** Writes adapter, metadata, evidence and results of a training into `~/out`. Seconds since 1970. */
export function train(
  { box }: Member,
  from: number,
  to: number,
  change: (metadata: string) => string = (metadata) => metadata,
): void {
  const out = (name: string): string => join(box.home, 'out', name);
  const modules = ['q_proj', 'v_proj'];
  const shape = { rank: 4, modules, hidden: 32, layers: 1 };
  for (const { path, bytes } of loraAdapter({
    seed: 'walk',
    base: BASE.name,
    revision: BASE.revision,
    ...shape,
  }))
    box.write(out(`adapter/${path}`), bytes);
  box.write(out('metadata.yaml'), change(metadataOf({ from, to })));
  box.write(out('model-card.md'), MODEL_CARD_TEXT);
  box.write(out('rollback-procedure.md'), ROLLBACK_TEXT);
  box.write(out('results.json'), harnessOutput('tuned', to));
}

export const SUBMIT: readonly string[] = [
  'submit',
  IT,
  ...['--adapter', 'out/adapter', '--metadata', 'out/metadata.yaml', '--results', 'out/results.json'],
  ...['--evidence', 'out/model-card.md', '--evidence', 'out/rollback-procedure.md'],
];

/** Where a member stands with the repository in `folder` checked out. */
export function at({ box }: Member, root?: string): Where {
  const env = root === undefined ? box.env : { ...box.env, MODELSMITH_ROOT: root };
  return { env, cwd: box.home };
}

/** Baseline and lock in the repository of `folder`. @returns the lock's time in seconds since 1970. */
export function lockLine(owner: Where, locker: Where, folder: string, results: string): number {
  succeed(owner, ['baseline', 'add', LINE, results, '--model', BASE.name, '-C', folder]);
  const { lock } = JSON.parse(succeed(locker, ['lock', LINE, '--json', '-C', folder])) as { lock: string };
  const entry = JSON.parse(readFileSync(join(folder, `locks/${LINE}/${lock}.json`), 'utf8')) as {
    time: string;
  };
  return Date.parse(entry.time) / 1000;
}

/** Until a time in seconds since 1970 is over: what a training takes, at least. */
export async function until(time: number): Promise<void> {
  const left = (time + 1) * 1000 - Date.now();
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
}
