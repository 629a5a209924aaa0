import { readFile, stat } from 'node:fs/promises';
import {
  createMessage,
  decryptKey,
  generateKey as generate,
  readPrivateKey,
  sign,
  type PrivateKey,
} from 'openpgp';
import { CannotTell } from '../../base/errors.ts';
import type { Fingerprint } from '../../domain/names.ts';
import type { CommitSigner } from '../../ports/signatures.ts';

export interface KeyFile {
  readonly file: string;
  /** Asked once, and only where the key is protected. */
  readonly passphrase?: () => Promise<string>;
  /** The time the signatures will bear: whole seconds since 1970. */
  readonly now: number;
}

export interface OpenedKeyFile {
  readonly signer: CommitSigner;
  /** The public certificate, armored. */
  readonly certificate: string;
  /** What a careful person would change about the file. */
  readonly warnings: readonly string[];
}

const MAX_KEY_FILE_BYTES = 1024 * 1024;

/**
 * Opens an armored OpenPGP private key. It stays in memory for as long as the signer does.
 * @throws CannotTell NO_INPUT, BAD_DATA, NOT_PERMITTED (wrong or missing passphrase), NO_SIGNER (no key that may sign).
 */
export async function openKeyFile(options: KeyFile): Promise<OpenedKeyFile> {
  const { text, warnings } = await load(options.file);
  const signer = await signerOf(text, options);
  return { signer, certificate: (await readPrivateKey({ armoredKey: text })).toPublic().armor(), warnings };
}

/** The same for key material that never was a file, as in demonstrations. */
export async function signerOf(
  armored: string,
  options: Partial<KeyFile> & Pick<KeyFile, 'now'>,
): Promise<CommitSigner> {
  const place = { file: options.file ?? 'the private key' };
  const open = await unlocked(armored, options);
  const date = new Date(options.now * 1000);
  await open.getSigningKey(undefined, date).catch((cause: unknown) => {
    throw new CannotTell('NO_SIGNER', 'this key may not sign at this time', {
      place,
      facts: [cause instanceof Error ? cause.message : String(cause)],
      cause,
    });
  });
  return {
    primary: open.getFingerprint().toUpperCase() as Fingerprint,
    sign: async (payload, time) => {
      const message = await createMessage({ binary: payload });
      const at = time === undefined ? date : new Date(time * 1000);
      const armored: unknown = await sign({ message, signingKeys: open, detached: true, date: at });
      return String(armored);
    },
  };
}

/** The private key in a file, opened. @throws CannotTell as `openKeyFile` does. */
export async function openPrivateKey(options: Omit<KeyFile, 'now'>): Promise<PrivateKey> {
  return await unlocked((await load(options.file)).text, options);
}

async function unlocked(armored: string, options: Partial<KeyFile>): Promise<PrivateKey> {
  const place = { file: options.file ?? 'the private key' };
  let key: PrivateKey;
  try {
    key = await readPrivateKey({ armoredKey: armored });
  } catch (cause) {
    throw new CannotTell('BAD_DATA', 'this is not an armored OpenPGP private key', {
      place,
      remedy: 'export one with: gpg --armor --export-secret-keys <fingerprint>',
      cause,
    });
  }
  return key.isDecrypted() ? key : await unlock(key, options);
}

export interface NewKey {
  readonly name: string;
  readonly email: string;
  /** When the key is made: whole seconds since 1970. */
  readonly time: number;
  readonly passphrase?: string;
  /** Seconds until it expires; never where not given. */
  readonly lifetime?: number;
}

export interface GeneratedKey {
  readonly privateArmored: string;
  readonly publicArmored: string;
  readonly fingerprint: Fingerprint;
}

/** A version 4 Ed25519 key that certifies and signs, in the spelling GnuPG 2.2 reads too. */
export async function generateKey(options: NewKey): Promise<GeneratedKey> {
  const { privateKey, publicKey } = await generate({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: [{ name: options.name, email: options.email }],
    subkeys: [],
    date: new Date(options.time * 1000),
    format: 'object',
    ...(options.passphrase !== undefined && { passphrase: options.passphrase }),
    ...(options.lifetime !== undefined && { keyExpirationTime: options.lifetime }),
  });
  return {
    privateArmored: privateKey.armor(),
    publicArmored: publicKey.armor(),
    fingerprint: publicKey.getFingerprint().toUpperCase() as Fingerprint,
  };
}

async function load(file: string): Promise<{ text: string; warnings: readonly string[] }> {
  try {
    const found = await stat(file);
    if (!found.isFile() || found.size > MAX_KEY_FILE_BYTES) {
      throw new CannotTell('BAD_DATA', 'this is not a file with one OpenPGP private key', {
        place: { file },
      });
    }
    const open = process.platform !== 'win32' && (found.mode & 0o077) !== 0;
    const warnings = open ? [`others on this machine may read ${file}; chmod 600 keeps it to you`] : [];
    return { text: await readFile(file, 'utf8'), warnings };
  } catch (cause) {
    if (cause instanceof CannotTell) throw cause;
    throw new CannotTell('NO_INPUT', 'the private key file cannot be read', { place: { file }, cause });
  }
}

async function unlock(key: PrivateKey, options: Partial<KeyFile>): Promise<PrivateKey> {
  const place = { file: options.file ?? 'the private key' };
  if (options.passphrase === undefined) {
    throw new CannotTell(
      'NOT_PERMITTED',
      'this key is protected and there is nobody to ask for its passphrase',
      { place },
    );
  }
  const passphrase = await options.passphrase();
  try {
    return await decryptKey({ privateKey: key, passphrase });
  } catch (cause) {
    const wrong = cause instanceof Error && /incorrect key passphrase/i.test(cause.message);
    throw wrong
      ? new CannotTell('NOT_PERMITTED', 'the passphrase does not open this key', { place })
      : new CannotTell('BAD_DATA', 'this private key cannot be opened', { place, cause });
  }
}
