import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacking, modelsmith, succeed } from './support/command.ts';
import { exported, gpgKey } from './support/keys.ts';
import { sandbox, type Sandbox } from './support/sandbox.ts';
import { openShell, type Ran } from './support/shell.ts';
import { at, person, pipeline, policyFolder, type Member } from './support/team.ts';

interface Handed {
  readonly enrolled: string | null;
  readonly fingerprint: string;
  readonly file: string | null;
  readonly command: string;
  readonly handTo: readonly string[];
  readonly checks: readonly { readonly check: string; readonly state: string; readonly finding: string }[];
}

const NO_GPG = lacking('gpg');

describe.skipIf(NO_GPG)('signer enroll --me', () => {
  let mia: Member;
  let root: string;
  const boxes: Sandbox[] = [];
  const newcomer = (): Sandbox => {
    const box = sandbox();
    boxes.push(box);
    return box;
  };
  const alone = (box: Sandbox, ...args: readonly string[]) =>
    modelsmith({ env: box.env, cwd: box.home }, ['signer', 'enroll', ...args]);

  beforeAll(async () => {
    mia = person('mia', ['policy-approver', 'ml-manager', 'override']);
    const gus = person('gus', ['governance-approver', 'policy-approver']);
    const team = [
      mia,
      gus,
      person('ana', ['model-owner']),
      person('eli', ['evaluation-owner']),
      person('omar', ['operator']),
      person('dora', ['domain-expert']),
      await pipeline(),
    ];
    boxes.push(...team.map(({ box }) => box));
    const made = succeed(at(mia), ['init', 'evidence', '--policy', policyFolder(mia.box, team)]);
    root = /[0-9a-f]{40}:[0-9A-F]{40}/.exec(made)?.[0] ?? '';
  });
  afterAll(() => boxes.forEach((box) => box.dispose()));

  it('gives a newcomer a public certificate, the fingerprint and what a policy approver types, literally', () => {
    const box = newcomer();
    const key = gpgKey(box, 'nora');
    box.git(box.home, ['clone', '-q', join(mia.box.home, 'evidence'), 'evidence']);
    const where = { env: { ...box.env, MODELSMITH_ROOT: root }, cwd: box.home };
    const words = ['signer', 'enroll', '--me', '--role', 'operator', '-C', 'evidence', '--json'];
    const handed = JSON.parse(succeed(where, words)) as Handed;
    expect(handed).toMatchObject({
      enrolled: null,
      fingerprint: key,
      file: 'nora.asc',
      handTo: ['mia', 'gus'],
    });
    const file = readFileSync(join(box.home, 'nora.asc'), 'utf8');
    expect(file).toContain('BEGIN PGP PUBLIC KEY BLOCK');
    expect(file).not.toContain('PRIVATE');

    mia.box.write(join(mia.box.home, 'nora.asc'), file);
    const [, ...typed] = handed.command.split(' ');
    const proposed = succeed(at(mia), [...typed, '-C', 'evidence']);
    expect(proposed).toContain(`key ${key}`);
    expect(proposed).toContain(
      `compare with nora, by phone or in person:\n  ${key.slice(0, 4)} ${key.slice(4, 8)}`,
    );
    expect(proposed).toMatch(
      /mia.* can run: modelsmith policy approve|gus.* can run: modelsmith policy approve/,
    );
  });

  it('writes the same file again without a word, and nothing over another', () => {
    const box = newcomer();
    gpgKey(box, 'nora');
    expect(alone(box, '--me').code).toBe(0);
    expect(alone(box).code).toBe(0);
    box.write(join(box.home, 'nora.asc'), 'mine\n');
    const refused = alone(box);
    expect([refused.code, readFileSync(join(box.home, 'nora.asc'), 'utf8')]).toEqual([73, 'mine\n']);
    expect(refused.stderr).toContain('--output');
  });

  it('says what is wrong with a key that the rules of signing do not take, and writes nothing', () => {
    const box = newcomer();
    const weak = gpgKey(box, 'weak', { algorithm: 'rsa2048' });
    const old = alone(box, '--me', '--json');
    expect(old.code).toBe(3);
    expect((JSON.parse(old.stdout) as Handed).checks[0]).toMatchObject({
      state: 'bad',
      finding: 'RSA-2048 is below RSA-3072',
    });
    gpgKey(box, 'strong', { expires: '20d', time: Math.floor(Date.now() / 1000) - 60 });
    const several = alone(box, '--me');
    expect(several.code).toBe(67);
    expect(several.stderr).toContain(`${weak}  weak <weak@example.org>`);
    expect(alone(box, '--me', '--key', weak).stdout).toContain('cannot be enrolled');
    expect(box.tryGpg(['--version']).code).toBe(0);
    expect(() => readFileSync(join(box.home, 'weak.asc'))).toThrow();
  });

  it('warns of a key that ends within 60 days, and leaves out keys that have ended or whose private part is gone', () => {
    const box = newcomer();
    const now = Math.floor(Date.now() / 1000);
    gpgKey(box, 'gone', { expires: '1d', time: now - 5 * 86_400 });
    const alive = gpgKey(box, 'alive', { expires: '20d', time: now - 60 });
    const { fingerprint, checks } = JSON.parse(alone(box, '--me', '--dry-run', '--json').stdout) as Handed;
    expect(fingerprint).toBe(alive);
    expect(checks.find(({ check }) => check === 'life')).toMatchObject({ state: 'warn' });
    expect(() => readFileSync(join(box.home, 'alive.asc'))).toThrow();
  });

  it('without a key, a terminal or GnuPG it names the way', () => {
    const box = newcomer();
    const bare = alone(box, '--me');
    expect(bare.code).toBe(67);
    expect(bare.stderr).toContain('gpg --quick-generate-key');
    expect(alone(box, '--me', '--dry-run').stdout).toContain('would ask for your name');
    box.git(box.home, ['config', '--global', 'gpg.program', '/nowhere/gpg']);
    expect(alone(box, '--me').code).toBe(69);
  });

  it('proposes one more key of somebody enrolled, signed with the one he has', () => {
    const second = gpgKey(mia.box, 'mia2');
    const where = at(mia);
    const enrolled = modelsmith(where, [
      'signer',
      'enroll',
      '--me',
      '--key',
      mia.fingerprint,
      '-C',
      'evidence',
    ]);
    expect(enrolled.stdout).toContain('is enrolled here already, as mia');
    const words = ['signer', 'enroll', '--me', '--key', second, '-C', 'evidence', '--json', '--dry-run'];
    expect(JSON.parse(succeed(where, words))).toMatchObject({
      brings: { keys: [second] },
      signer: 'mia',
      dryRun: true,
    });
    const other = modelsmith(where, ['signer', 'enroll', 'nora', '-C', 'evidence']);
    expect(other.code).toBe(64);
    expect(other.stderr).toContain('modelsmith signer enroll nora <certificate file> --role <role>');
  });

  it.skipIf(lacking('tmux', 'pinentry-tty'))(
    'makes a key at a terminal: it asks first, and the passphrase goes to the agent alone',
    async () => {
      const box = newcomer();
      box.write(join(box.gnupg, 'gpg-agent.conf'), 'pinentry-program /usr/bin/pinentry-tty\n');
      const shell = openShell(box, { env: box.env, cwd: box.home });
      const passphrase = '9 correct horses!';
      const answers = (prompt: string): string | null => {
        if (prompt.includes('full name')) return 'Kim Novak';
        if (prompt.includes('e-mail')) return 'kim@example.org';
        if (prompt.includes('make it')) return prompt.endsWith('(y/N)') ? 'y' : null;
        if (/^(Passphrase|Repeat):/.test(prompt)) return passphrase;
        return prompt.includes('short name') ? '' : null;
      };
      try {
        const made: Ran = await shell.run('modelsmith signer enroll --me', answers);
        expect(made.exit, made.text).toBe(0);
        expect(made.text).not.toContain(passphrase);
        expect(made.text).toContain('Ed25519, strong enough to sign');
        expect(made.text).toContain('modelsmith signer enroll kim ./kim.asc --role <role>');
        const [line] = /^ {2}[0-9A-F]{4}( +[0-9A-F]{4}){9}$/m.exec(made.text) ?? [''];
        const fingerprint = line.replaceAll(' ', '');
        expect(readFileSync(join(box.home, 'kim.asc'), 'utf8')).toBe(exported(box, fingerprint as never));
        // The key has the passphrase that was typed: without it nothing is signed.
        expect(box.tryGpg(['-u', fingerprint, '--detach-sign'], 'x').code).not.toBe(0);

        const no = await shell.run('modelsmith signer enroll --me --new', (prompt) =>
          prompt.includes('make it') ? 'n' : answers(prompt),
        );
        expect([no.exit, no.text.includes('no key was made')]).toEqual([77, true]);
        const which = await shell.run('modelsmith signer enroll --me', (prompt) =>
          prompt.includes('which one') ? '1' : answers(prompt),
        );
        expect(which.text).toContain('1  Kim Novak <kim@example.org>, Ed25519, ends ');
        expect(which.exit).toBe(0);
      } finally {
        shell.close();
      }
    },
  );
});
