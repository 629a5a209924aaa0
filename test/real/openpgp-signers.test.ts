import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gpgSigner, gpgVersion } from '../../src/adapters/openpgp/gpg.ts';
import { listSecretKeys } from '../../src/adapters/openpgp/gpg-keys.ts';
import { generateKey, openKeyFile } from '../../src/adapters/openpgp/keyfile.ts';
import { openpgpVerifier } from '../../src/adapters/openpgp/verify.ts';
import type { Fingerprint } from '../../src/domain/names.ts';
import { at, certificateOf, gpgCertificate, gpgKey, keyOf } from './support/keys.ts';
import { sandbox, START, type Sandbox } from './support/sandbox.ts';

const PAYLOAD = Buffer.from('tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\nPromote\n');
const verifier = openpgpVerifier();
let box: Sandbox;
beforeAll(() => {
  box = sandbox();
});
afterAll(() => box.dispose());

const gpg = (): { program: string; ambient: NodeJS.ProcessEnv } => ({ program: 'gpg', ambient: box.env });

describe('a key file', () => {
  it('signs at the given time with the key it holds, and gpg agrees', async () => {
    const key = await keyOf('erin');
    const file = box.write(join(box.root, 'erin.asc'), key.privateArmored, 0o600);
    const { signer, warnings } = await openKeyFile({ file, now: START + 60 });
    const signature = await signer.sign(PAYLOAD);
    expect({ primary: signer.primary, warnings }).toEqual({ primary: key.fingerprint, warnings: [] });
    expect(await verifier.verify(PAYLOAD, signature, [certificateOf(key)])).toMatchObject({
      kind: 'good',
      time: START + 60,
    });
    box.gpg(['--import'], key.publicArmored);
    const payload = box.write(join(box.root, 'payload'), PAYLOAD);
    expect(box.gpg(['--status-fd=1', '--verify', '-', payload], signature)).toContain(
      `VALIDSIG ${key.fingerprint}`,
    );
  });

  it('says so when others may read it', async () => {
    const file = box.write(join(box.root, 'open.asc'), (await keyOf('erin')).privateArmored);
    chmodSync(file, 0o644);
    expect((await openKeyFile({ file, now: START })).warnings).toEqual([
      `others on this machine may read ${file}; chmod 600 keeps it to you`,
    ]);
  });

  it('opens with its passphrase and with no other', async () => {
    const key = await generateKey({
      name: 'Fay',
      email: 'fay@example.org',
      time: START,
      passphrase: 'correct horse',
    });
    const file = box.write(join(box.root, 'fay.asc'), key.privateArmored, 0o600);
    const opened = await openKeyFile({
      file,
      now: START,
      passphrase: () => Promise.resolve('correct horse'),
    });
    const signature = await opened.signer.sign(PAYLOAD);
    expect(await verifier.verify(PAYLOAD, signature, [certificateOf(key)])).toMatchObject({ kind: 'good' });
    await expect(
      openKeyFile({ file, now: START, passphrase: () => Promise.resolve('wrong') }),
    ).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
      message: 'the passphrase does not open this key',
    });
    await expect(openKeyFile({ file, now: START })).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
  });

  it('is refused where it is missing, public or expired', async () => {
    const brief = await generateKey({ name: 'Gus', email: 'gus@example.org', time: START, lifetime: 100 });
    const expired = box.write(join(box.root, 'gus.asc'), brief.privateArmored, 0o600);
    const open = box.write(join(box.root, 'public.asc'), brief.publicArmored, 0o600);
    expect((await openKeyFile({ file: expired, now: START + 99 })).signer.primary).toBe(brief.fingerprint);
    await expect(openKeyFile({ file: expired, now: START + 101 })).rejects.toMatchObject({
      code: 'NO_SIGNER',
    });
    await expect(openKeyFile({ file: open, now: START })).rejects.toMatchObject({ code: 'BAD_DATA' });
    await expect(openKeyFile({ file: `${open}.not`, now: START })).rejects.toMatchObject({
      code: 'NO_INPUT',
    });
  });
});

describe("the user's gpg", () => {
  it('signs with the signing subkey of the named certificate', async () => {
    const fingerprint = gpgKey(box, 'henry', { usage: 'cert' });
    box.gpg([...at(START), '--quick-add-key', fingerprint, 'ed25519', 'sign', 'never']);
    const signature = await gpgSigner(fingerprint, gpg()).sign(PAYLOAD);
    const verdict = await verifier.verify(PAYLOAD, signature, [gpgCertificate(box, fingerprint)]);
    expect(verdict).toMatchObject({ kind: 'good', primary: fingerprint });
    expect(verdict.key).not.toBe(fingerprint);
  });

  it('signs acceptably whatever its own configuration prefers', async () => {
    const fingerprint = gpgKey(box, 'iris');
    const before = 'quiet\ntrust-model always\n';
    box.write(join(box.gnupg, 'gpg.conf'), `${before}textmode\ndigest-algo SHA1\ncomment hello\n`);
    const signature = await gpgSigner(fingerprint, gpg()).sign(PAYLOAD);
    box.write(join(box.gnupg, 'gpg.conf'), before);
    expect(signature).not.toContain('hello');
    expect(await verifier.verify(PAYLOAD, signature, [gpgCertificate(box, fingerprint)])).toMatchObject({
      kind: 'good',
    });
  });

  it('lists the certificates whose private part it has, and why it cannot sign with one', async () => {
    const signs = gpgKey(box, 'jon');
    const expired = gpgKey(box, 'kim', { expires: '1d' });
    const certifies = gpgKey(box, 'liz', { usage: 'cert' });
    const listed = new Map((await listSecretKeys(gpg())).map((key) => [key.primary, key]));
    expect(listed.get(signs)).toMatchObject({ fault: null, card: null, userIds: ['jon <jon@example.org>'] });
    expect(listed.get(expired)?.fault).toBe('expired');
    expect(listed.get(certifies)?.fault).toBe('cannot sign');
    expect(listed.has((await keyOf('erin')).fingerprint)).toBe(false);
  });

  it('has a version, or none where it is not installed', async () => {
    expect(await gpgVersion(gpg())).toMatch(/^2\.\d+\.\d+/);
    expect(await gpgVersion({ program: join(box.root, 'no-gpg') })).toBeNull();
    await expect(
      gpgSigner('A'.repeat(40) as Fingerprint, { program: join(box.root, 'no-gpg') }).sign(PAYLOAD),
    ).rejects.toMatchObject({ code: 'TOOL_MISSING' });
  });

  it('says what is missing when it does not sign', async () => {
    const unknown = 'B'.repeat(40) as Fingerprint;
    const expired = gpgKey(box, 'max', { expires: '1d' });
    const publicOnly = (await keyOf('erin')).fingerprint;
    box.gpg(['--import'], (await keyOf('erin')).publicArmored);
    for (const fingerprint of [unknown, expired, publicOnly]) {
      await expect(gpgSigner(fingerprint, gpg()).sign(PAYLOAD)).rejects.toMatchObject({ code: 'NO_SIGNER' });
    }
    await expect(gpgSigner(expired, gpg()).sign(PAYLOAD)).rejects.toMatchObject({
      message: `the key ${expired} has expired`,
    });
  });

  it('is not believed when it ends well without a signature', async () => {
    const program = box.write(join(box.root, 'liar'), '#!/bin/sh\ncat >/dev/null\nexit 0\n', 0o755);
    await expect(gpgSigner('C'.repeat(40) as Fingerprint, { program }).sign(PAYLOAD)).rejects.toMatchObject({
      code: 'NO_SIGNER',
    });
  });

  it.each([
    ['cancels', 'echo "ERR 83886179 Operation cancelled <Pinentry>"', 'the passphrase prompt was cancelled'],
    [
      'has no terminal',
      'echo "ERR 83918950 Inappropriate ioctl for device <Pinentry>"',
      'GnuPG could not ask for the passphrase: it has no terminal or no pinentry',
    ],
  ])('says why when pinentry %s', async (_what, answer, message) => {
    const other = sandbox();
    try {
      const script = `#!/bin/sh\necho "OK ready"\nwhile read -r word rest; do case $word in GETPIN) ${answer};; BYE) exit 0;; *) echo OK;; esac; done\n`;
      const pinentry = other.write(join(other.root, 'pinentry'), script, 0o755);
      other.write(join(other.gnupg, 'gpg-agent.conf'), `pinentry-program ${pinentry}\n`);
      const key = await generateKey({
        name: 'Ned',
        email: 'ned@example.org',
        time: START,
        passphrase: 'secret',
      });
      other.tryGpg(['--import'], key.privateArmored);
      await expect(
        gpgSigner(key.fingerprint, { program: 'gpg', ambient: other.env }).sign(PAYLOAD),
      ).rejects.toMatchObject({ code: 'NOT_PERMITTED', message });
    } finally {
      other.dispose();
    }
  });
});

it('git agrees with a commit signed by a key file', async () => {
  const key = await keyOf('olga');
  box.gpg(['--import'], key.publicArmored);
  const repository = box.repository('signed');
  const tree = box.git(repository, ['write-tree']);
  const who = `Olga <olga@example.org> ${START + 5} +0000`;
  const headers = `tree ${tree}\nauthor ${who}\ncommitter ${who}`;
  const file = box.write(join(box.root, 'olga.asc'), key.privateArmored, 0o600);
  const { signer } = await openKeyFile({ file, now: START + 5 });
  const signature = await signer.sign(Buffer.from(`${headers}\n\nApprove\n`));
  const header = `gpgsig ${signature.trimEnd().split(/\r?\n/).join('\n ')}`;
  const id = box.git(
    repository,
    ['hash-object', '-t', 'commit', '-w', '--stdin'],
    `${headers}\n${header}\n\nApprove\n`,
  );
  expect(box.tryGit(repository, ['verify-commit', '--raw', id]).stderr).toContain(
    `VALIDSIG ${key.fingerprint}`,
  );
  expect(box.tryGit(repository, ['fsck', '--strict']).code).toBe(0);
});
