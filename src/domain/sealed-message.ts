/**
 * The outside of a message encrypted with OpenPGP (RFC 9580 sections 4.2, 5.1.1 and 5.13.1): for whom it is, and that
 * nothing but ciphertext is in it. What is inside only its recipients can tell.
 */
export type SealedMessage =
  | {
      readonly kind: 'sealed';
      /** Key ids of the encryption keys, upper-case hexadecimal, sorted, each once. */
      readonly recipients: readonly string[];
    }
  | { readonly kind: 'unsealed'; readonly why: string };

const ENCRYPTED_SESSION_KEY = 1;
const ENCRYPTED_DATA = 18;

export const MOST_RECIPIENTS = 100;

export function readSealedMessage(bytes: Uint8Array): SealedMessage {
  const recipients: string[] = [];
  let at = 0;
  for (;;) {
    const packet = packetAt(bytes, at);
    if (packet === null) return unsealed('is not a binary OpenPGP message');
    if (packet.tag === ENCRYPTED_DATA) {
      if (packet.end !== bytes.length) return unsealed('has something behind its encrypted data');
      if (bytes[packet.start] !== 1)
        return unsealed('is encrypted in a form this tool does not know (wanted: packet 18, version 1)');
      break;
    }
    if (packet.tag !== ENCRYPTED_SESSION_KEY)
      return unsealed(`holds an OpenPGP packet ${packet.tag}, which no message to recipients has`);
    if (bytes[packet.start] !== 3 || packet.end - packet.start < 10)
      return unsealed('names a recipient in a form this tool does not know (wanted: packet 1, version 3)');
    if (recipients.length === MOST_RECIPIENTS)
      return unsealed(`is for more than ${MOST_RECIPIENTS} recipients`);
    recipients.push(keyIdAt(bytes, packet.start + 1));
    at = packet.end;
  }
  if (recipients.length === 0) return unsealed('is for no recipient');
  if (recipients.includes('0'.repeat(16))) return unsealed('hides a recipient');
  const sorted = [...new Set(recipients)].sort();
  return { kind: 'sealed', recipients: sorted };
}

function unsealed(why: string): SealedMessage {
  return { kind: 'unsealed', why };
}

function keyIdAt(bytes: Uint8Array, at: number): string {
  return [...bytes.subarray(at, at + 8)]
    .map((octet) => octet.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
}

interface PacketExtent {
  readonly tag: number;
  /** Where its first bytes lie. */
  readonly start: number;
  readonly end: number;
}

/** A packet in the present format; of the older format, which GnuPG writes for session keys, with a length. */
function packetAt(bytes: Uint8Array, at: number): PacketExtent | null {
  const first = bytes[at];
  if (first === undefined || (first & 0x80) === 0) return null;
  if ((first & 0x40) === 0) {
    const octets = [1, 2, 4, null][first & 0x03] ?? null;
    const length = octets === null ? null : numberAt(bytes, at + 1, octets);
    if (octets === null || length === null) return null;
    return within(bytes, { tag: (first & 0x3c) >> 2, start: at + 1 + octets, end: at + 1 + octets + length });
  }
  const tag = first & 0x3f;
  let start: number | null = null;
  for (let here = at + 1; ;) {
    const part = lengthAt(bytes, here);
    if (part === null) return null;
    start ??= here + part.size;
    here += part.size + part.length;
    if (here > bytes.length) return null;
    if (!part.partial) return within(bytes, { tag, start, end: here });
    // Only data may come in parts.
    if (tag !== ENCRYPTED_DATA) return null;
  }
}

function within(bytes: Uint8Array, packet: PacketExtent): PacketExtent | null {
  return packet.end <= bytes.length && packet.start < packet.end ? packet : null;
}

function lengthAt(
  bytes: Uint8Array,
  at: number,
): { readonly size: number; readonly length: number; readonly partial: boolean } | null {
  const first = bytes[at];
  if (first === undefined) return null;
  if (first < 192) return { size: 1, length: first, partial: false };
  if (first < 224) {
    const low = bytes[at + 1];
    return low === undefined ? null : { size: 2, length: ((first - 192) << 8) + low + 192, partial: false };
  }
  if (first < 255) return { size: 1, length: 2 ** (first & 0x1f), partial: true };
  const length = numberAt(bytes, at + 1, 4);
  return length === null ? null : { size: 5, length, partial: false };
}

function numberAt(bytes: Uint8Array, at: number, octets: number): number | null {
  if (at + octets > bytes.length) return null;
  return bytes.subarray(at, at + octets).reduce((number, octet) => number * 256 + octet, 0);
}
