import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE, LINE } from '../../src/commands/demo/material.ts';
import { acting, type Acted } from './support/acting.ts';
import { lacking, modelsmith } from './support/command.ts';
import { at, exported, gpgKey, keyOf } from './support/keys.ts';
import { atTerminal } from './support/screen.ts';
import { sandbox, START, type Sandbox } from './support/sandbox.ts';
import { harnessOutput, policyFolder, type Member } from './support/team.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

const ROLES = {
  mia: ['policy-approver', 'ml-manager', 'override'],
  gus: ['policy-approver', 'governance-approver'],
  ana: ['model-owner', 'domain-expert'],
  omar: ['operator', 'security-owner'],
  eli: ['evaluation-owner', 'software-owner'],
  gail: ['evaluation-owner'],
  trainer: ['pipeline'],
} as const;
type Name = keyof typeof ROLES | 'nora';

/** Everybody at one repository, in this process, with keys of their own; gail's is made by gpg and lives for thirty days. */
describe.skipIf(lacking('gpg'))('changes of the law', () => {
  let box: Sandbox;
  let evidence: string;
  let root = '';
  let now = START + HOUR;
  let gail = '';
  let results = 0;
  const keyFile = (name: Name): string => join(box.root, `${name}.key.asc`);
  const certificate = (name: Name): string => join(box.root, `${name}.asc`);

  beforeAll(async () => {
    box = sandbox();
    evidence = join(box.root, 'evidence');
    const members: Member[] = [];
    for (const name of [...Object.keys(ROLES), 'nora'] as Name[]) {
      if (name === 'gail') {
        gail = gpgKey(box, 'gail', { expires: '30d' });
        box.write(keyFile(name), box.gpg(['--armor', '--export-secret-keys', gail]), 0o600);
      } else box.write(keyFile(name), (await keyOf(name)).privateArmored, 0o600);
      const own = name === 'gail' ? exported(box, gail as never) : (await keyOf(name)).publicArmored;
      box.write(certificate(name), own);
      const fingerprint = name === 'gail' ? gail : (await keyOf(name)).fingerprint;
      if (name !== 'nora') members.push({ id: name, roles: ROLES[name], box, fingerprint, certificate: own });
    }
    const folder = policyFolder(box, members);
    const made = await as('mia', ['init', evidence, '--policy', folder, '--json'], '.');
    root = (JSON.parse(made.stdout) as { root: string }).root;
  });
  afterAll(() => box.dispose());

  /** Each act is an hour after the one before. */
  async function as(name: Name, argv: readonly string[], directory = evidence): Promise<Acted> {
    now += HOUR;
    const env = { ...box.env, MODELSMITH_KEY_FILE: keyFile(name), MODELSMITH_ROOT: root };
    if (root === '') delete (env as NodeJS.ProcessEnv)['MODELSMITH_ROOT'];
    const words = directory === '.' ? argv : [...argv, '-C', directory];
    return await acting({ env, cwd: box.root }, words, { now: () => now });
  }
  async function done(name: Name, ...argv: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await as(name, argv);
    expect(code, `${name}: ${argv.join(' ')}\n${stderr}`).toBe(0);
    return stdout;
  }
  async function refused(name: Name, ...argv: readonly string[]): Promise<string> {
    const { code, stderr } = await as(name, argv);
    expect(code, stderr).toBe(3);
    return stderr;
  }
  async function baselineBy(name: Name): Promise<Acted> {
    results += 1;
    const path = box.write(
      join(box.root, `base-${results}.json`),
      harnessOutput('base', now - results * HOUR),
    );
    return await as(name, ['baseline', 'add', LINE, path, '--model', BASE.name]);
  }
  const inForce = (): string => readFileSync(join(evidence, 'policy/policy.yaml'), 'utf8');
  const verified = async (): Promise<void> =>
    expect(await done('mia', 'verify')).toContain('verified: no findings');

  /** The policy in force as a folder to be edited. */
  function edited(name: string, change: (text: string) => string, file = 'policy.yaml'): string {
    const folder = join(box.root, name);
    cpSync(join(evidence, 'policy'), folder, { recursive: true });
    const path = join(folder, file);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    return folder;
  }

  it('a newcomer is enrolled by two people and acts afterwards', async () => {
    expect((await baselineBy('nora')).code).toBe(67);
    const words = ['signer', 'enroll', 'nora', '--certificate', certificate('nora')];
    const shown = await done('omar', ...words, '--role', `evaluation-owner@${LINE}`);
    expect(shown).toContain('people: has 0 of 2');
    expect(shown).toContain('policy-approver: has 0 of 1; gus or mia can');
    expect(await done('ana', 'policy', 'approve')).not.toContain('in force');
    // Proposed and approved by one is not enrolled.
    expect((await baselineBy('nora')).code).toBe(67);
    expect(await done('gus', 'policy', 'approve')).toContain('in force: policy version 2');
    const { code, stderr } = await baselineBy('nora');
    expect(code, stderr).toBe(0);
    expect(await done('mia', 'signer', 'list')).toContain(`evaluation-owner for ${LINE}`);
    await verified();
  });

  it('a threshold changes when its owners approve, and locks follow it', async () => {
    const folder = edited('lower', (text) => text.replace('core: 0.72', 'core: 0.71'));
    const told = await refused('eli', 'policy', 'propose', folder, '--reason', 'Too high for now.');
    expect(told).toContain('--bump');
    const propose = ['policy', 'propose', folder, '--reason', 'Too high for now.', '--bump'];
    const shown = await done('eli', ...propose);
    expect(shown).toContain(`policy.lines.claims-*.thresholds.core: 0.72 → 0.71`);
    for (const name of ['omar', 'mia'] as const) await done(name, 'policy', 'approve');
    expect(await refused('gus', 'policy', 'approve', '--role', 'model-owner')).toContain('ROLE_NOT_HELD');
    expect(inForce()).toContain('core: 0.72');
    expect(await done('ana', 'policy', 'approve')).toContain('in force: policy version 3');
    expect(inForce()).toContain('core: 0.71');
    await done('trainer', 'lock', LINE);
    const [lock = ''] = readdirSync(join(evidence, 'locks', LINE));
    expect(readFileSync(join(evidence, 'locks', LINE, lock), 'utf8')).toContain('"core": "0.71"');
    await verified();
  });

  it('a rejection holds a change until it is answered, and what was said can be taken back', async () => {
    const folder = edited('ceiling', (text) => text.replace('populationCeiling: 4', 'populationCeiling: 5'));
    await done('ana', 'policy', 'propose', folder, '--reason', 'More at once.', '--bump');
    expect(await done('gus', 'policy', 'reject')).toContain('rejected as policy-approver');
    for (const name of ['ana', 'omar', 'mia'] as const) await done(name, 'policy', 'approve');
    expect(inForce()).toContain('populationCeiling: 4');
    expect(await done('eli', 'policy', 'show')).toContain('gus (policy-approver)  reject: stands');
    expect(await done('ana', 'policy', 'withdraw')).toContain('taken back as model-owner');
    expect(await done('ana', 'policy', 'approve')).not.toContain('in force:');
    expect(await done('gus', 'policy', 'withdraw')).toContain('taken back');
    // All is there: any of those who approved puts it in force, and nobody else.
    expect(await refused('eli', 'policy', 'approve', '--role', 'auditor')).toContain('ROLE_CANNOT');
    expect(await done('omar', 'policy', 'approve')).toContain('in force: policy version 4');
    expect(await done('ana', 'policy', 'list')).toContain('no proposal waits');
    expect(await done('ana', 'policy', 'list', '--all')).toContain('applied');
    await verified();
  });

  it('roles are granted, taken and ended, by others than those they are for', async () => {
    await done('eli', 'signer', 'grant', 'omar', '--role', 'team-lead@claims-*', '--revoke', 'operator');
    expect(await refused('omar', 'policy', 'approve')).toContain('CHANGE_NOT_ASKED');
    expect(
      await refused(
        'mia',
        'policy',
        'check',
        edited('none', (text) => text),
      ),
    ).toContain('CHANGE_NOTHING');
    await done('mia', 'policy', 'reject');
    // Nobody else signs off: the gate would stay closed for ever.
    expect(await refused('eli', 'signer', 'retire', 'omar', '--reason', 'Left.')).toContain('LAW_UNLIVABLE');
    await done('eli', 'signer', 'retire', 'nora', '--reason', 'Left.');
    const open = JSON.parse(await done('mia', 'policy', 'list', '--json')) as {
      changes: { change: string; reason: string }[];
    };
    const leaving = open.changes.find(({ reason }) => reason === 'Left.')?.change ?? '';
    await done('mia', 'policy', 'approve', leaving.slice(0, 8));
    expect(await done('gus', 'policy', 'approve', leaving.slice(0, 8))).toContain(
      'in force: policy version 5',
    );
    expect((await baselineBy('nora')).code).not.toBe(0);
    expect(await done('mia', 'signer', 'list')).toContain('retired: Left.');
    await verified();
  });

  it('a key that expired signs again when somebody else has brought its longer life', async () => {
    expect((await baselineBy('gail')).code).toBe(0);
    now = START + 25 * DAY;
    expect(await done('mia', 'signer', 'list')).toMatch(/ends on 2024-01-31 \(in [45]\s+days\)/);
    // Whose key it is, is told so wherever it is used; nobody else.
    const told = new RegExp(
      `your key ${gail} ends on 2024-01-31 .in [45] days.; next: gpg .*modelsmith signer refresh gail`,
    );
    expect((await baselineBy('gail')).stderr).toMatch(told);
    expect(await done('gail', 'status')).toMatch(told);
    expect(await done('mia', 'status')).not.toContain('your key');
    now = START + 31 * DAY;
    expect((await baselineBy('gail')).code).not.toBe(0);
    box.gpg([...at(now), '--quick-set-expire', gail, '90d']);
    const longer = join(box.root, 'gail-longer.asc');
    const minimal = ['--armor', '--export-options', 'export-minimal', '--export', gail];
    box.write(longer, `${box.gpg(minimal)}\n`);
    box.write(keyFile('gail'), box.gpg(['--armor', '--export-secret-keys', gail]), 0o600);
    // The law does not know of it yet, and the key does not vouch for itself.
    expect((await baselineBy('gail')).code).toBe(3);
    expect(await refused('gail', 'signer', 'refresh', '--certificate', longer)).toMatch(
      /SIGNATURE_REFUSED|REFRESH_OWN_KEY/,
    );
    // From his own GnuPG, which knows her key.
    expect(await done('omar', 'signer', 'refresh', 'gail')).toContain('of gail');
    expect((await baselineBy('gail')).code).toBe(0);
    expect(await refused('eli', 'signer', 'refresh', 'gail', '--certificate', longer)).toContain(
      'says nothing new',
    );
    await verified();
  });

  it('a refresh brings no new subkey, and no other key', async () => {
    box.gpg([...at(now), '--quick-add-key', gail, 'ed25519', 'sign', 'never']);
    const grown = box.write(join(box.root, 'gail-grown.asc'), exported(box, gail as never));
    expect(await refused('omar', 'signer', 'refresh', '--certificate', grown)).toContain(
      'it brings the subkey',
    );
    const stranger = box.write(join(box.root, 'x.asc'), (await keyOf('stranger')).publicArmored);
    expect(await refused('omar', 'signer', 'refresh', '--certificate', stranger)).toContain(
      'SIGNER_NOT_ENROLLED',
    );
    expect(existsSync(join(evidence, 'refreshes'))).toBe(true);
    await verified();
  });

  it('the pipeline proposes nothing and approves nothing, and without a terminal nobody does', async () => {
    const folder = edited('machine', (text) => text.replace('core: 0.71', 'core: 0.1'));
    const words = ['policy', 'propose', folder, '--reason', 'To see it.', '--bump'];
    expect(await refused('trainer', ...words)).toContain('HUMAN_REQUIRED');
    const env = { ...box.env, MODELSMITH_KEY_FILE: keyFile('mia'), MODELSMITH_ROOT: root };
    const alone = modelsmith({ env, cwd: evidence }, ['policy', 'approve']);
    expect(alone.code).toBe(77);
    expect(alone.stderr).toContain('takes a person at a terminal');
  });

  it.skipIf(lacking('tmux'))(
    'at a real terminal it shows what changes, asks why, and takes a code',
    async () => {
      const folder = edited('terminal', (text) => text.replace('core: 0.71', 'core: 0.7'));
      await done('eli', 'policy', 'propose', folder, '--reason', 'A little lower.', '--bump');
      const env = { ...box.env, MODELSMITH_KEY_FILE: keyFile('omar'), MODELSMITH_ROOT: root };
      const open = JSON.parse(await done('eli', 'policy', 'list', '--json')) as {
        changes: { change: string; reason: string }[];
      };
      const id = open.changes.find(({ reason }) => reason === 'A little lower.')?.change ?? '';
      const words = ['policy', 'approve', id.slice(0, 8)];
      const seen = await atTerminal(box, { env, cwd: evidence }, words, 'Security is not touched.');
      expect(seen.exit, seen.text).toBe(0);
      for (const line of seen.text.split('\n'))
        if (!line.includes(': modelsmith ')) expect(line.length, line).toBeLessThanOrEqual(80);
      for (const part of [
        'policy.lines.claims-*.thresholds.core: 0.71 → 0.7',
        'security-owner: has 0 of 1; omar can',
        'approved as security-owner',
      ])
        expect(seen.text).toContain(part);
      expect(seen.prompts).toHaveLength(2);
    },
  );
});
