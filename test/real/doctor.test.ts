import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acting } from './support/acting.ts';
import { CARD, onCard } from './support/card.ts';
import { lacking, succeed } from './support/command.ts';
import { gpgKey } from './support/keys.ts';
import { at, person, pipeline, policyFolder, type Member } from './support/team.ts';

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly finding: string;
  readonly remedy: string | null;
}
type Findings = readonly Finding[];

const DAY = 86_400;
const NOW = Math.floor(Date.now() / 1000);

describe.skipIf(lacking('gpg'))('doctor', () => {
  let root: string;
  let evidence: string;
  const team: Member[] = [];
  const named = (id: string): Member => {
    const found = team.find((member) => member.id === id);
    if (found === undefined) throw new Error(`who is ${id}?`);
    return found;
  };

  /** What the doctor says to somebody in the one repository. */
  async function told(
    { box }: Pick<Member, 'box'>,
    words: readonly string[] = [],
    { now = NOW + 60, env = {} } = {},
  ): Promise<{ readonly code: number; readonly findings: Findings }> {
    const where = { env: { ...box.env, MODELSMITH_ROOT: root, ...env }, cwd: evidence };
    const { code, stdout } = await acting(where, ['doctor', '--json', ...words], { now: () => now });
    return { code, findings: (JSON.parse(stdout) as { findings: Findings }).findings };
  }
  const of = (findings: Findings, check: string): Finding | undefined =>
    findings.find((finding) => finding.check === check);

  beforeAll(async () => {
    const lived = (id: string, expires: string, age: number): Member => {
      const member = person(id, ['domain-expert']);
      const fingerprint = gpgKey(member.box, `${id}-own`, { expires, time: NOW - age });
      member.box.git(member.box.root, ['config', '--global', 'user.signingkey', fingerprint]);
      const certificate = `${member.box.gpg(['--armor', '--export', fingerprint])}\n`;
      return { ...member, fingerprint, certificate };
    };
    team.push(
      person('mia', ['policy-approver', 'ml-manager', 'override']),
      person('gus', ['governance-approver', 'policy-approver']),
      person('ana', ['model-owner']),
      person('eli', ['evaluation-owner']),
      person('omar', ['operator']),
      person('dora', ['domain-expert']),
      lived('past', '1d', 5 * DAY),
      lived('soon', '30d', 5 * DAY),
      lived('longer', '30d', 5 * DAY),
      await pipeline(),
    );
    const mia = named('mia');
    const made = succeed(at(mia), ['init', 'evidence', '--policy', policyFolder(mia.box, team)]);
    root = /[0-9a-f]{40}:[0-9A-F]{40}/.exec(made)?.[0] ?? '';
    evidence = join(mia.box.home, 'evidence');
  });
  afterAll(() => team.forEach(({ box }) => box.dispose()));

  it('makes a trial signature by the way commits are signed, and says whether it counts', async () => {
    const { code, findings } = await told(named('mia'), ['--sign']);
    expect(code, JSON.stringify(findings, null, 1)).toBe(0);
    expect(of(findings, 'trial signature')).toMatchObject({
      state: 'ok',
      finding: expect.stringContaining(`as mia with Ed25519 key ${named('mia').fingerprint}`) as string,
    });
    expect(of(findings, 'certificate')).toMatchObject({ state: 'ok' });
    expect(findings.some(({ check }) => check === 'trial signature')).toBe(true);
    expect(of((await told(named('mia'))).findings, 'trial signature')).toBeUndefined();
    const outside = await acting({ env: named('mia').box.env, cwd: '/' }, ['doctor', '--sign', '--json']);
    expect(
      of((JSON.parse(outside.stdout) as { findings: Findings }).findings, 'trial signature')?.state,
    ).toBe('unknown');
  });

  it('finds an enrolled key that has expired, and that the trial signature then fails', async () => {
    const { code, findings } = await told(named('past'), ['--sign']);
    const { fingerprint } = named('past');
    expect(code).toBe(3);
    expect(of(findings, 'key')).toMatchObject({
      state: 'bad',
      finding: `${fingerprint} has expired in your GnuPG`,
      remedy: `gpg --quick-set-expire ${fingerprint} 2y, then have the certificate refreshed here`,
    });
    expect(of(findings, 'key life')).toMatchObject({ state: 'bad' });
    expect(of(findings, 'trial signature')).toMatchObject({ state: 'bad' });
    expect(of(findings, 'user.signingkey')?.finding).toBe(`${fingerprint} cannot sign: expired`);
  });

  it('tells of a key that ends soon by what is recorded, whatever it says at home', async () => {
    const soon = await told(named('soon'));
    expect(soon.code).toBe(0);
    expect(of(soon.findings, 'key life')).toMatchObject({ state: 'warn' });
    expect(of(soon.findings, 'certificate')).toMatchObject({ state: 'ok' });
    const longer = named('longer');
    longer.box.gpg(['--quick-set-expire', longer.fingerprint, '2y']);
    const { findings } = await told(longer);
    expect(of(findings, 'key life')).toMatchObject({ state: 'warn' });
    expect(of(findings, 'certificate')).toMatchObject({
      state: 'warn',
      remedy: expect.stringContaining('modelsmith signer refresh longer --certificate longer.asc') as string,
    });
  });

  it('finds a key that was revoked at home', async () => {
    const { box, fingerprint } = named('omar');
    const revocation = readFileSync(join(box.gnupg, `openpgp-revocs.d/${fingerprint}.rev`), 'utf8');
    box.gpg(['--import'], revocation.replace(':-----BEGIN', '-----BEGIN'));
    const { code, findings } = await told({ box });
    expect(code).toBe(3);
    expect(of(findings, 'key')).toMatchObject({
      state: 'bad',
      finding: `${fingerprint} is revoked in your GnuPG`,
    });
    expect(of(findings, 'certificate')).toMatchObject({ state: 'warn' });
  });

  it('finds a key whose private part is not here', async () => {
    const { box, fingerprint } = named('dora');
    box.gpg(['--quick-add-key', fingerprint, 'cv25519', 'encr']);
    const [, grip = ''] = /^grp:+([0-9A-F]{40}):/m.exec(box.gpg(['--with-colons', '-K', fingerprint])) ?? [];
    rmSync(join(box.gnupg, `private-keys-v1.d/${grip}.key`));
    const { code, findings } = await told({ box });
    expect(code).toBe(3);
    expect(of(findings, 'key')).toMatchObject({
      state: 'bad',
      finding: `${fingerprint} is here without its private part`,
    });
    // Where nothing of it is here, git's setting still says which key is meant.
    rmSync(join(box.gnupg, 'private-keys-v1.d'), { recursive: true });
    expect(of((await told({ box })).findings, 'user.signingkey')).toMatchObject({
      state: 'bad',
      finding: `${fingerprint} is enrolled as dora, and its private part is not here`,
    });
  });

  it('finds that git names another key than the enrolled one, and that nobody is enrolled', async () => {
    const { box, fingerprint } = named('gus');
    const other = gpgKey(box, 'other');
    box.git(box.root, ['config', '--global', 'user.signingkey', other]);
    const { code, findings } = await told({ box });
    expect(code).toBe(0);
    expect(of(findings, 'user.signingkey')).toMatchObject({
      state: 'warn',
      finding: `${other} is not enrolled here; modelsmith takes ${fingerprint}`,
      remedy: `git config --global user.signingkey ${fingerprint}`,
    });
    const stranger = person('stranger', []);
    try {
      expect(of((await told(stranger)).findings, 'keys')).toMatchObject({
        state: 'warn',
        remedy: 'modelsmith signer enroll --me',
      });
    } finally {
      stranger.box.dispose();
    }
  });

  it('finds settings of git that cost signatures, and a program named by the repository, which is never started', async () => {
    const { box } = named('ana');
    const set = (key: string, value: string): string => box.git(evidence, ['config', key, value]);
    set('pull.rebase', 'true');
    set('merge.ff', 'false');
    set('rebase.autoSquash', 'true');
    set('core.autocrlf', 'true');
    set('commit.gpgsign', 'true');
    set('gpg.format', 'ssh');
    set('gpg.program', join(box.root, 'evil'));
    box.write(join(box.root, 'evil'), `#!/bin/sh\ntouch "${join(box.root, 'started')}"\n`, 0o755);
    try {
      const { code, findings } = await told({ box }, ['--sign']);
      expect(code).toBe(0);
      for (const check of ['pull.rebase', 'merge.ff', 'rebase.autosquash', 'commit.gpgsign', 'gpg.program'])
        expect(of(findings, check), check).toMatchObject({ state: 'warn' });
      expect(of(findings, 'core.autocrlf')).toMatchObject({ state: 'ok' });
      expect(of(findings, 'trial signature')).toMatchObject({ state: 'ok' });
      expect(() => readFileSync(join(box.root, 'started'))).toThrow();
    } finally {
      for (const section of ['pull', 'merge', 'rebase', 'commit', 'gpg'])
        box.git(evidence, ['config', '--remove-section', section]);
      box.git(evidence, ['config', '--unset', 'core.autocrlf']);
    }
  });

  it('finds that GnuPG cannot ask, that others may look into its folder, and that there is no GnuPG', async () => {
    const { box } = named('eli');
    chmodSync(box.gnupg, 0o755);
    box.write(join(box.gnupg, 'gpg-agent.conf'), 'pinentry-program /nowhere/pinentry\n');
    const none = await told({ box });
    expect(none.code).toBe(3);
    expect(of(none.findings, 'pinentry')).toMatchObject({ state: 'bad' });
    expect(of(none.findings, 'gpg folder')).toMatchObject({
      state: 'warn',
      remedy: `chmod -R go-rwx ${box.gnupg}`,
    });
    chmodSync(box.gnupg, 0o700);
    const gone = await told({ box }, [], { env: { GPG_TTY: '/dev/pts/nowhere' } });
    expect(of(gone.findings, 'gpg folder')).toMatchObject({ state: 'ok' });
    box.git(box.root, ['config', '--global', 'gpg.program', '/nowhere/gpg']);
    expect(of((await told({ box })).findings, 'gpg')).toMatchObject({ state: 'bad' });
  });

  it.skipIf(lacking('pinentry-curses'))('finds a terminal pinentry without a terminal', async () => {
    const { box } = named('mia');
    box.write(join(box.gnupg, 'gpg-agent.conf'), 'pinentry-program /usr/bin/pinentry-curses\n');
    const { findings } = await told({ box }, [], { env: { GPG_TTY: '/dev/pts/nowhere' } });
    expect(of(findings, 'pinentry')).toMatchObject({
      state: 'warn',
      remedy: 'in an interactive terminal: export GPG_TTY=$(tty)   (over ssh: ssh -t)',
    });
  });

  it('finds a clock that is behind the latest signature, and a clone that is not whole', async () => {
    const late = await told(named('mia'), [], { now: NOW - DAY });
    expect(of(late.findings, 'clock')).toMatchObject({ state: 'bad' });
    const { box } = named('mia');
    const shallow = join(box.root, 'shallow');
    box.git(evidence, ['commit', '-q', '--allow-empty', '-m', 'Nothing']);
    box.git(box.root, ['clone', '-q', '--depth', '1', `file://${evidence}`, shallow]);
    const { findings } = await told(named('mia'), ['-C', shallow]);
    expect(of(findings, 'clone')).toMatchObject({ state: 'bad' });
  });

  it('asks a smartcard whether it is there and wants a touch', async () => {
    const member = named('mia');
    const touch = async (uif: string | null): Promise<Finding | undefined> => {
      onCard(member.box, member.fingerprint, uif);
      return of((await told(member)).findings, 'card');
    };
    expect(await touch('%01%20')).toMatchObject({
      state: 'ok',
      finding: 'wants a touch for every signature',
    });
    expect(await touch('%00%20')).toMatchObject({
      state: 'warn',
      remedy: 'gpg --edit-card: admin, uif 1 on',
    });
    expect(await touch('%03%20')).toMatchObject({ state: 'ok' });
    expect(await touch('%09%20')).toMatchObject({ state: 'unknown' });
    expect(await touch(null)).toMatchObject({
      state: 'bad',
      finding: expect.stringContaining(CARD) as string,
    });
    expect((await told(member)).code).toBe(3);
  });
});
