import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loraAdapter } from '../../src/adapters/artifacts/sample.ts';
import { BASE, LINE, metadataOf, MODEL_CARD_TEXT, ROLLBACK_TEXT } from '../../src/commands/demo/material.ts';
import { acting, type Acted } from './support/acting.ts';
import { lacking } from './support/command.ts';
import { exported, gpgKey, keyOf } from './support/keys.ts';
import { sandbox, START, type Sandbox } from './support/sandbox.ts';
import { harnessOutput, policyFolder, type Member } from './support/team.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const IT = `${LINE}@1.0.0`;

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
type Name = keyof typeof ROLES;

/** One exception from the emergency to its review; the key of who answers for security is made by gpg. */
describe.skipIf(lacking('gpg'))('an exception', () => {
  let box: Sandbox;
  let evidence: string;
  let root = '';
  let now = START + HOUR;
  const path = (name: string): string => join(box.root, name);
  const exceptions = (): readonly string[] => readdirSync(join(evidence, `exceptions/${LINE}`));

  beforeAll(async () => {
    box = sandbox();
    evidence = path('evidence');
    const members: Member[] = [];
    for (const name of Object.keys(ROLES) as Name[]) {
      const key = name === 'sam' ? null : await keyOf(name);
      const fingerprint = key?.fingerprint ?? gpgKey(box, name);
      const armored = key?.privateArmored ?? box.gpg(['--armor', '--export-secret-keys', fingerprint]);
      box.write(path(`${name}.key.asc`), armored, 0o600);
      const certificate = key?.publicArmored ?? exported(box, fingerprint);
      members.push({ id: name, roles: ROLES[name], box, fingerprint, certificate });
    }
    const folder = policyFolder(
      box,
      members,
      (policy) => `${policy}\nintake:\n  - rule: contact-stated\n  - rule: version-higher\n`,
    );
    const made = await as('mia', ['init', evidence, '--policy', folder, '--json'], '.');
    root = (JSON.parse(made.stdout) as { root: string }).root;
    const training = { from: now + 6 * HOUR, to: now + 9 * HOUR };
    box.write(path('metadata.yaml'), metadataOf(training).replace(/^contact: .*\n/m, ''));
    for (const { path: name, bytes } of loraAdapter({
      seed: LINE,
      base: BASE.name,
      revision: BASE.revision,
      rank: 8,
      modules: ['q_proj', 'v_proj'],
      hidden: 64,
      layers: 2,
    }))
      box.write(path(`adapter/${name}`), bytes);
    box.write(path('base.json'), harnessOutput('base', now - DAY));
    box.write(path('results.json'), harnessOutput('tuned', now + 10 * HOUR));
    box.write(path('model-card.md'), MODEL_CARD_TEXT);
    box.write(path('rollback-procedure.md'), ROLLBACK_TEXT);
  }, 300_000);
  afterAll(() => box.dispose());

  /** Each act is an hour after the one before. */
  async function as(name: Name, argv: readonly string[], directory = evidence): Promise<Acted> {
    now += HOUR;
    const env = { ...box.env, MODELSMITH_KEY_FILE: path(`${name}.key.asc`), MODELSMITH_ROOT: root };
    if (root === '') delete (env as NodeJS.ProcessEnv)['MODELSMITH_ROOT'];
    const words = directory === '.' ? argv : [...argv, '-C', directory];
    return await acting({ env, cwd: box.root }, words, { now: () => now });
  }
  async function done(name: Name, ...argv: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await as(name, argv);
    expect(code, `${name}: ${argv.join(' ')}\n${stderr}`).toBe(0);
    return `${stdout}\n${stderr}`;
  }
  async function refused(name: Name, ...argv: readonly string[]): Promise<string> {
    const { code, stderr } = await as(name, argv);
    expect(code, stderr).toBe(3);
    return stderr;
  }
  const verified = async (): Promise<string> => {
    const told = await done('mia', 'verify');
    expect(told).toContain('verified: no findings');
    return told;
  };
  const request = (...more: readonly string[]) =>
    [
      ...['submit', IT, '--adapter', path('adapter'), '--metadata', path('metadata.yaml')],
      ...['--results', path('results.json'), '--evidence', path('model-card.md')],
      ...['--evidence', path('rollback-procedure.md'), '--registry', path('registry'), ...more],
    ] as const;
  const open = (...more: readonly string[]) =>
    [
      ...['exception', 'open', LINE, '--waive', 'contact-stated', '--days', '3', '--review-days', '5'],
      ...['--control', 'Omar answers every call.', '--reason', 'The team is new.', ...more],
    ] as const;

  it('is opened, approved by somebody it does not concern, and lets in what was refused', async () => {
    await done('eli', 'baseline', 'add', LINE, path('base.json'), '--model', BASE.name);
    await done('trainer', 'lock', LINE);
    now += 10 * HOUR;
    expect(await refused('trainer', ...request())).toMatch(/INTAKE_FAILED[\s\S]*modelsmith exception open/);
    expect(await refused('omar', ...open('--waive', 'data-stated'))).toContain('EXCEPTION_NOT_WAIVABLE');
    expect(await refused('trainer', ...open())).toContain('HUMAN_REQUIRED');
    expect(await done('omar', ...open('--versions', '1.0.*'))).toMatch(/security-owner: none yet; sam can/);
    const [id = ''] = exceptions();
    expect(await done('sam', 'queue', '--mine')).toContain(`modelsmith exception approve ${id.slice(0, 12)}`);
    expect(await refused('trainer', ...request('--exception', id.slice(0, 8)))).toContain(
      'EXCEPTION_PENDING',
    );
    expect(await refused('ana', 'exception', 'approve')).toContain('ROLE_NOT_HELD');
    expect(await done('sam', 'exception', 'approve')).toMatch(/Omar answers every call[\s\S]*open/);
    expect(await refused('sam', 'exception', 'approve')).toContain('EXCEPTION_ALREADY_APPROVED');
    await done('trainer', ...request('--exception', id.slice(0, 8)));
    expect(await done('mia', 'exception', 'show', id)).toMatch(new RegExp(`used by +${IT}`));
    await verified();
  }, 300_000);

  it('is shown with its controls to who signs, and has to be renewed where it takes longer', async () => {
    expect(await done('omar', 'approve', IT)).toMatch(/Exceptions it needs[\s\S]*Omar answers every call/);
    now += 3 * DAY;
    const [id = ''] = exceptions();
    await done('dora', 'approve', IT);
    expect(await done('gus', 'approve', IT, '--gate', 'governance-approval')).toMatch(/has\s+ended: expired/);
    expect(await done('mia', 'queue')).toMatch(new RegExp(`the review of exception ${id.slice(0, 12)}`));
    await done('omar', ...open('--versions', '1.0.*', '--renews', id.slice(0, 8)));
    const renewal = exceptions().find((other) => other !== id) ?? '';
    await done('sam', 'exception', 'approve', renewal);
    expect(await done('gus', 'promote', IT)).toContain('production-validated');
    await verified();
  }, 300_000);

  it('is reviewed: told before, enforced once that is overdue, and clean when it is written', async () => {
    const told = await done('mia', 'status');
    expect(told).toMatch(/the review of exception [0-9a-f]{12} on claims-triage is due/);
    now += 9 * DAY;
    expect(await done('mia', 'status')).toContain('EXCEPTION_REVIEW_OVERDUE');
    expect(await verified()).toContain('EXCEPTION_REVIEW_OVERDUE');
    const all = await done('mia', 'exception', 'list', '--json');
    const { exceptions: listed } = JSON.parse(all) as {
      exceptions: { exception: string; review: { state: string } }[];
    };
    expect(listed.map(({ review }) => review.state)).toEqual(['overdue', 'overdue']);
    const [first = '', second = ''] = listed.map(({ exception }) => exception);
    expect(await refused('omar', ...open('--versions', '1.0.*', '--renews', second))).toContain(
      'EXCEPTION_REVIEW_OVERDUE',
    );
    const template = await done('omar', 'exception', 'review', '--template');
    const text = template.replaceAll(/^(## .*)$/gm, '$1\nAs planned.');
    box.write(path('empty.md'), template);
    expect(await refused('omar', 'exception', 'review', first, '--file', path('empty.md'))).toContain(
      'EVIDENCE_UNSOUND',
    );
    box.write(path('review.md'), text);
    await done('omar', 'exception', 'review', first, '--file', path('review.md'));
    await done('sam', 'exception', 'review', second, '--file', path('review.md'));
    expect(await verified()).not.toContain('EXCEPTION_REVIEW_OVERDUE');
    expect(await done('mia', 'exception', 'list')).toContain('no exceptions');
    expect(await done('mia', 'log')).toContain('review-exception');
  }, 300_000);
});
