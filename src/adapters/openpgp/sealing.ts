import { randomBytes } from 'node:crypto';
import {
  config as defaults,
  createMessage,
  decrypt,
  encrypt,
  enums,
  readKey,
  readMessage,
  type Config,
  type PublicKey,
} from 'openpgp';
import { CannotTell } from '../../base/errors.ts';
import type { Sealed, Sealing } from '../../ports/sealing.ts';
import type { Certificate } from '../../ports/signatures.ts';
import { decryptionFailure } from './gpg-failure.ts';
import { runGpg, terminalName, type GpgOptions } from './gpg-process.ts';
import { openPrivateKey } from './keyfile.ts';

/** Compressed where every recipient's key says it can be. */
const config: Config = {
  ...defaults,
  preferredCompressionAlgorithm: enums.compression.zlib,
};

/** What may lie around the content in the packet that holds it: a name of up to 255 bytes, a date, lengths. */
const FRAMING = 1024;

/** Sealing with certificates of the policy; reading through the user's GnuPG, or with a key file. */
export function openpgpSealing(gpg: () => Promise<GpgOptions>): Sealing {
  return {
    readerKey: async (certificate, now) => {
      const key = await keyOf(certificate);
      return key === null ? null : await readerKeyOf(key, now);
    },
    seal: async (content, readers, now) => await seal(content, readers, now),
    unseal: async (message, size) => await unsealWithGpg(message, size, await gpg()),
    unsealWithFile: async (message, size, file, passphrase) =>
      await unsealWithFile(message, size, file, passphrase),
  };
}

async function seal(content: Uint8Array, readers: readonly Certificate[], now: number): Promise<Sealed> {
  const keys: PublicKey[] = [];
  const recipients = new Set<string>();
  for (const reader of readers) {
    const key = await keyOf(reader);
    const id = key === null ? null : await readerKeyOf(key, now);
    if (key === null || id === null)
      throw new CannotTell('NO_INPUT', `the certificate ${reader.fingerprint} holds no key to encrypt to`);
    keys.push(key);
    recipients.add(id);
  }
  const message = await createMessage({ binary: content });
  const bytes: unknown = await encrypt({
    message,
    encryptionKeys: keys,
    // Named without a mode of its own it is packets of version 3 and data of version 1, which GnuPG reads from 2.2 on.
    sessionKey: { data: randomBytes(32), algorithm: 'aes256' },
    format: 'binary',
    date: new Date(now * 1000),
    config,
  });
  return { bytes: bytes as Uint8Array, recipients: [...recipients].sort() };
}

/** The certificate with what its refreshes add, or null where it cannot be read. */
async function keyOf({ armored, refreshes }: Certificate): Promise<PublicKey | null> {
  try {
    let key = (await readKey({ armoredKey: armored, config })).toPublic();
    for (const refresh of refreshes)
      key = await key.update((await readKey({ armoredKey: refresh, config })).toPublic());
    return key;
  } catch {
    return null;
  }
}

async function readerKeyOf(key: PublicKey, now: number): Promise<string | null> {
  try {
    const found = await key.getEncryptionKey(undefined, new Date(now * 1000), undefined, config);
    return found.getKeyID().toHex().toUpperCase();
  } catch {
    return null;
  }
}

async function unsealWithGpg(message: Uint8Array, size: number, options: GpgOptions): Promise<Uint8Array> {
  const tty = await terminalName(options.ambient ?? process.env);
  const result = await runGpg(
    options,
    [
      ...(tty === null ? ['--batch', '--no-tty'] : []),
      ...['--status-fd=2', '--no-auto-key-retrieve', `--max-output=${size}`, '--output=-', '--decrypt'],
    ],
    message,
    tty === null ? {} : { GPG_TTY: tty },
  );
  // The exit code alone is not believed: the content has to be whole and unchanged.
  if (result.code === 0 && /^\[GNUPG:\] DECRYPTION_OKAY/m.test(result.stderr)) return result.output;
  throw decryptionFailure(result.stderr);
}

async function unsealWithFile(
  bytes: Uint8Array,
  size: number,
  file: string,
  passphrase: () => Promise<string>,
): Promise<Uint8Array> {
  const key = await openPrivateKey({ file, passphrase });
  try {
    const message = await readMessage({ binaryMessage: bytes, config });
    const opened: unknown = await decrypt({
      message,
      decryptionKeys: key,
      format: 'binary',
      config: { ...config, maxDecompressedMessageSize: size + FRAMING },
    });
    return (opened as { readonly data: Uint8Array }).data;
  } catch (cause) {
    const other =
      cause instanceof Error && /session key decryption failed|no decryption key/i.test(cause.message);
    throw other
      ? new CannotTell('NO_SIGNER', 'the key in this file does not open it', { place: { file }, cause })
      : new CannotTell('BAD_DATA', 'the sealed file is damaged', { cause });
  }
}
