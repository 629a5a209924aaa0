import {
  config,
  enums,
  LiteralDataPacket,
  PacketList,
  readPrivateKey,
  SignaturePacket,
  armor,
} from 'openpgp';
import { generateKey, type GeneratedKey } from '../../../src/adapters/openpgp/keyfile.ts';
import type { Fingerprint } from '../../../src/domain/names.ts';
import type { Certificate } from '../../../src/ports/signatures.ts';
import { START, type Sandbox } from './sandbox.ts';

const made = new Map<string, Promise<GeneratedKey>>();

/** The Ed25519 key of a person of that name, made at the start of the tests' time; the same one all through a test file. */
export function keyOf(name: string): Promise<GeneratedKey> {
  const known = made.get(name) ?? generateKey({ name, email: `${name}@example.org`, time: START });
  made.set(name, known);
  return known;
}

export function certificateOf(key: GeneratedKey, refreshes: readonly string[] = []): Certificate {
  return { fingerprint: key.fingerprint, armored: key.publicArmored, refreshes };
}

export interface GpgKey {
  /** `ed25519`, `rsa3072`, `dsa2048`, `nistp256` … as gpg names them. */
  readonly algorithm?: string;
  readonly usage?: string;
  /** Such as `1d`, `2y`; `never` where not given. */
  readonly expires?: string;
  /** Seconds since 1970 when the key is made; the start of the tests' time where not given. */
  readonly time?: number;
}

/** Makes a key without passphrase in the sandbox's gpg. @returns the fingerprint of the primary. */
export function gpgKey(box: Sandbox, name: string, options: GpgKey = {}): Fingerprint {
  const { algorithm = 'ed25519', usage = 'cert,sign', expires = 'never', time = START } = options;
  const userId = `${name} <${name}@example.org>`;
  const status = box.gpg([
    ...at(time),
    '--status-fd=1',
    '--quick-gen-key',
    userId,
    algorithm,
    usage,
    expires,
  ]);
  const [, fingerprint] = /KEY_CREATED \w (\w{40})/.exec(status) ?? [];
  return fingerprint as Fingerprint;
}

export function gpgCertificate(
  box: Sandbox,
  fingerprint: Fingerprint,
  refreshes: readonly string[] = [],
): Certificate {
  return { fingerprint, armored: exported(box, fingerprint), refreshes };
}

export function exported(box: Sandbox, fingerprint: Fingerprint): string {
  return `${box.gpg(['--armor', '--export', fingerprint])}\n`;
}

/** An armored detached signature by gpg, at a time of choice. */
export function gpgSign(
  box: Sandbox,
  fingerprint: string,
  payload: string | Uint8Array,
  time: number,
  more: readonly string[] = [],
): string {
  return `${box.gpg([...at(time), '-u', fingerprint, ...more, '--armor', '--detach-sign'], payload)}\n`;
}

/** gpg with its clock standing still at a time. */
export function at(time: number): readonly string[] {
  const stamp = new Date(time * 1000).toISOString().replace(/[-:]|\.\d+Z/g, '');
  return ['--faked-system-time', `${stamp}!`];
}

/**
 * A signature by a tool that asks nothing: not whether the key may sign, has expired, or exists yet.
 * @param part 0 for the primary key, 1 for the first subkey.
 */
export async function forgedSignature(
  secretArmored: string,
  payload: Uint8Array,
  time: number,
  part = 0,
): Promise<string> {
  const { keyPacket } = (await readPrivateKey({ armoredKey: secretArmored })).getKeys()[part] ?? {};
  if (keyPacket === undefined) throw new Error(`the certificate has no key ${part}`);
  const signature = new SignaturePacket();
  signature.signatureType = enums.signature.binary;
  signature.publicKeyAlgorithm = keyPacket.algorithm;
  signature.hashAlgorithm = enums.hash.sha512;
  const data = new LiteralDataPacket();
  (data as unknown as { setBytes(bytes: Uint8Array, format: enums.literal): void }).setBytes(
    payload,
    enums.literal.binary,
  );
  // The declared type has two parameters fewer than the function.
  await (signature as unknown as { sign(...args: unknown[]): Promise<void> }).sign(
    keyPacket,
    data,
    new Date(time * 1000),
    true,
    config,
  );
  const packets = new PacketList<SignaturePacket>();
  packets.push(signature);
  return armor(enums.armor.signature, packets.write());
}
