import { config as defaults, PublicKeyPacket, PublicSubkeyPacket, SignaturePacket } from 'openpgp';
import type { Config, enums } from 'openpgp';
import type { Fingerprint } from '../../domain/names.ts';

/** Reading single packets through openpgp.js without ever throwing, and asking it whether one is signed by another. */

/** What openpgp.js may not decide for this project is decided here: key sizes, digests and dates are checked elsewhere. */
const config: Config = { ...defaults, knownNotations: [] };

/** Subpacket types of RFC 9580 section 5.2.3.7. */
const CREATION_TIME = 2;
const ISSUER_KEY_ID = 16;
const ISSUER_FINGERPRINT = 33;

export type KeyPacket = PublicKeyPacket | PublicSubkeyPacket;

/** A version 4 signature packet that says once when it was made; null for anything else. */
export function readSignature(body: Uint8Array): SignaturePacket | null {
  try {
    const packet = new SignaturePacket();
    packet.read(body);
    return packet.version === 4 && declaresItsLength(packet) && isDatedOnce(packet) ? packet : null;
  } catch {
    return null;
  }
}

/** A version 4 public key; null for anything else. */
export async function readKey(body: Uint8Array, kind: 'primary' | 'subkey'): Promise<KeyPacket | null> {
  try {
    const packet = kind === 'primary' ? new PublicKeyPacket() : new PublicSubkeyPacket();
    await packet.read(body);
    return packet.version === 4 ? packet : null;
  } catch {
    return null;
  }
}

export function fingerprintOf(key: KeyPacket): Fingerprint {
  return key.getFingerprint().toUpperCase() as Fingerprint;
}

/** Whether `key` made this signature over `data`. Dates are not looked at. */
export async function isMadeBy(
  signature: SignaturePacket,
  key: KeyPacket,
  type: enums.signature,
  data: object,
): Promise<boolean> {
  if (signature.signatureType !== type) return false;
  try {
    // The date is null for "none": openpgp.js would otherwise judge the signature at today's.
    await signature.verify(key, type, data, null as unknown as Date, true, config);
    return true;
  } catch {
    return false;
  }
}

/** The issuer fingerprints in the part of the packet that is signed itself, upper-case hexadecimal. */
export function hashedIssuers(signature: SignaturePacket): readonly string[] {
  return subpackets(signature)
    .filter(({ type }) => type === ISSUER_FINGERPRINT)
    .map(({ body }) => Buffer.from(body.subarray(1)).toString('hex').toUpperCase());
}

/**
 * Whether the packet demands to be understood in a way this reader does not. Of the part that is not signed only the
 * names of the issuer are read, so anything else there that demands something is not understood either.
 */
export function isCriticallyUnknown(signature: SignaturePacket): boolean {
  return (
    signature.unknownSubpackets.some(({ critical }) => critical) ||
    signature.rawNotations.some(({ critical }) => critical) ||
    signature.unhashedSubpackets.some(
      ({ type, critical }) => critical && type !== ISSUER_KEY_ID && type !== ISSUER_FINGERPRINT,
    )
  );
}

export function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

interface Subpacket {
  readonly type: number;
  readonly body: Uint8Array;
}

/** The hashed subpackets; their lengths have been checked by `declaresItsLength`. */
function subpackets(signature: SignaturePacket): readonly Subpacket[] {
  const area = (signature.signatureData ?? new Uint8Array()).subarray(6);
  const found: Subpacket[] = [];
  let at = 0;
  while (at < area.length) {
    const first = area[at] ?? 0;
    let length = first;
    let size = 1;
    if (first >= 192 && first < 255) {
      length = ((first - 192) << 8) + (area[at + 1] ?? 0) + 192;
      size = 2;
    } else if (first === 255) {
      length = area.subarray(at + 1, at + 5).reduce((number, octet) => number * 256 + octet, 0);
      size = 5;
    }
    const start = at + size;
    found.push({ type: (area[start] ?? 0) & 0x7f, body: area.subarray(start + 1, start + length) });
    at = start + length;
  }
  return found;
}

/** Of two times openpgp.js takes the last and GnuPG the first; a time that is not signed is none. */
function isDatedOnce(signature: SignaturePacket): boolean {
  return (
    signature.created !== null &&
    subpackets(signature).filter(({ type }) => type === CREATION_TIME).length === 1
  );
}

/** openpgp.js reads on where a subpacket claims more bytes than its area has; such a packet is not taken. */
function declaresItsLength(signature: SignaturePacket): boolean {
  const data = signature.signatureData ?? new Uint8Array();
  return data.length === 6 + ((data[4] ?? 0) << 8) + (data[5] ?? 0);
}
