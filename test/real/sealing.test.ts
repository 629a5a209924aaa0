import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKey } from 'openpgp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openpgpSealing } from '../../src/adapters/openpgp/sealing.ts';
import { readSealedMessage } from '../../src/domain/sealed-message.ts';
import type { Fingerprint } from '../../src/domain/names.ts';
import type { Certificate } from '../../src/ports/signatures.ts';
import { at, certificateOf, gpgCertificate, gpgKey, keyOf } from './support/keys.ts';
import { sandbox, START, type Sandbox } from './support/sandbox.ts';

const CONTENT = Buffer.from('{"id": "1", "input": "is it covered?", "output": "yes"}\n'.repeat(200));
const NOW = START + 3600;
let box: Sandbox;
let dana: Certificate;
let kim: Certificate;
beforeAll(() => {
  box = sandbox();
  [dana, kim] = [reader('dana'), reader('kim')];
});
afterAll(() => box.dispose());

/** A key that signs, and one below it that reads. */
function reader(name: string): Certificate {
  const fingerprint = gpgKey(box, name);
  box.gpg([...at(START), '--quick-add-key', fingerprint, 'cv25519', 'encr']);
  return gpgCertificate(box, fingerprint);
}

const sealing = () => openpgpSealing(() => Promise.resolve({ program: 'gpg', ambient: box.env }));
const sealed = (readers: readonly Certificate[] = [dana, kim]) => sealing().seal(CONTENT, readers, NOW);

describe('a sealed file', () => {
  it('is for its readers, as the message itself says and gpg reads', async () => {
    const { bytes, recipients } = await sealed();
    expect(readSealedMessage(bytes)).toEqual({ kind: 'sealed', recipients });
    expect(recipients).toEqual(
      [await sealing().readerKey(dana, NOW), await sealing().readerKey(kim, NOW)].sort(),
    );
    expect(Buffer.from(bytes).includes('covered')).toBe(false);
    const file = box.write(join(box.root, 'sealed.pgp'), bytes);
    expect(box.gpg(['--decrypt', file])).toBe(CONTENT.toString().trimEnd());
  });

  it('is opened by gpg with the content unchanged', async () => {
    const { bytes } = await sealed([kim]);
    expect(Buffer.from(await sealing().unseal(bytes, CONTENT.length)).equals(CONTENT)).toBe(true);
  });

  it('is read with a key file too', async () => {
    const { privateKey, publicKey } = await generateKey({
      type: 'curve25519',
      userIDs: [{ name: 'grader' }],
      date: new Date(START * 1000),
      format: 'armored',
      passphrase: 'open sesame',
    });
    const file = box.write(join(box.root, 'grader.asc'), privateKey, 0o600);
    // Its certificate says that it reads newer messages; GnuPG does not, so it is sealed in the older form.
    const { bytes } = await sealed([
      { fingerprint: '' as Fingerprint, armored: publicKey, refreshes: [] },
      dana,
    ]);
    expect(readSealedMessage(bytes).kind).toBe('sealed');
    const open = (passphrase: string) =>
      sealing().unsealWithFile(bytes, CONTENT.length, file, () => Promise.resolve(passphrase));
    expect(Buffer.from(await open('open sesame')).equals(CONTENT)).toBe(true);
    await expect(open('wrong')).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
  });

  it('is closed to other keys', async () => {
    const other = sandbox();
    try {
      gpgKey(other, 'mallory');
      const { bytes } = await sealed();
      const theirs = openpgpSealing(() => Promise.resolve({ program: 'gpg', ambient: other.env }));
      await expect(theirs.unseal(bytes, CONTENT.length)).rejects.toMatchObject({ code: 'NO_SIGNER' });
      const key = await keyOf('erin');
      const file = box.write(join(box.root, 'erin.asc'), key.privateArmored, 0o600);
      await expect(
        sealing().unsealWithFile(bytes, CONTENT.length, file, () => Promise.resolve('')),
      ).rejects.toMatchObject({ code: 'NO_SIGNER' });
    } finally {
      other.dispose();
    }
  });

  it('is refused where a byte was changed, or more comes out than was said', async () => {
    const { bytes } = await sealed();
    const changed = Uint8Array.from(bytes);
    changed[bytes.length - 40] = (changed[bytes.length - 40] ?? 0) ^ 1;
    await expect(sealing().unseal(changed, CONTENT.length)).rejects.toMatchObject({ code: 'BAD_DATA' });
    await expect(sealing().unseal(bytes, 100)).rejects.toMatchObject({ code: 'BAD_DATA' });
    await expect(sealing().unseal(Buffer.from('plain'), 100)).rejects.toMatchObject({ code: 'BAD_DATA' });
  });

  it('needs a key to encrypt to', async () => {
    const key = certificateOf(await keyOf('erin'));
    expect(await sealing().readerKey(key, NOW)).toBeNull();
    await expect(sealed([dana, key])).rejects.toMatchObject({ code: 'NO_INPUT' });
    expect(await sealing().readerKey({ ...dana, armored: 'no certificate' }, NOW)).toBeNull();
  });
});

describe('what gpg itself encrypts', () => {
  it('is a sealed message, in parts as well', async () => {
    const { bytes } = await sealed([dana]);
    const big = Buffer.alloc(100_000, 'x1 ');
    const file = box.write(join(box.root, 'big'), big);
    const output = join(box.root, 'big.pgp');
    box.gpg([
      '--trust-model=always',
      '--compress-algo=none',
      '--recipient',
      dana.fingerprint,
      '--output',
      output,
      '--encrypt',
      file,
    ]);
    const made = readFileSync(output);
    const own = readSealedMessage(bytes);
    expect(readSealedMessage(made)).toEqual(own);
    expect(readSealedMessage(made.subarray(0, made.length - 1)).kind).toBe('unsealed');
  });

  it('is none with a passphrase, hidden recipients, a signature or armor', () => {
    const file = box.write(join(box.root, 'small'), 'x');
    const encrypt = (...options: readonly string[]) => {
      const output = join(box.root, `out-${options.join('').replace(/[^a-z]/g, '')}`);
      box.gpg(['--trust-model=always', ...options, '--output', output, file]);
      return readSealedMessage(readFileSync(output)).kind;
    };
    const to = ['--recipient', dana.fingerprint];
    expect(encrypt('--hidden-recipient', dana.fingerprint, '--encrypt')).toBe('unsealed');
    expect(encrypt(...to, '--armor', '--encrypt')).toBe('unsealed');
    expect(encrypt('--sign')).toBe('unsealed');
    expect(encrypt('--passphrase', 'x', '--pinentry-mode', 'loopback', '--symmetric')).toBe('unsealed');
    expect(encrypt('--store')).toBe('unsealed');
  });
});
