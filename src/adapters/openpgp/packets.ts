/** OpenPGP packet framing (RFC 9580 section 4.2). Contents are read by openpgp.js. */

export interface Packet {
  readonly tag: number;
  readonly body: Uint8Array;
}

export const TAG = {
  signature: 2,
  secretKey: 5,
  publicKey: 6,
  secretSubkey: 7,
  marker: 10,
  trust: 12,
  userId: 13,
  publicSubkey: 14,
  userAttribute: 17,
  padding: 21,
} as const;

/** @returns all packets, or null where the bytes are not a whole number of packets of definite length. */
export function splitPackets(bytes: Uint8Array): readonly Packet[] | null {
  const packets: Packet[] = [];
  let at = 0;
  while (at < bytes.length) {
    const header = headerAt(bytes, at);
    if (header === null) return null;
    const end = at + header.size + header.length;
    if (end > bytes.length) return null;
    packets.push({ tag: header.tag, body: bytes.subarray(at + header.size, end) });
    at = end;
  }
  return packets;
}

interface Header {
  readonly tag: number;
  /** Bytes of the header itself. */
  readonly size: number;
  readonly length: number;
}

function headerAt(bytes: Uint8Array, at: number): Header | null {
  const first = bytes[at] ?? 0;
  if ((first & 0x80) === 0) return null;
  if ((first & 0x40) === 0) {
    const tag = (first & 0x3c) >> 2;
    const octets = [1, 2, 4, 0][first & 0x03] ?? 0; // the fourth kind has no length and runs to the end
    const length = octets === 0 ? null : numberAt(bytes, at + 1, octets);
    return length === null ? null : { tag, size: 1 + octets, length };
  }
  const tag = first & 0x3f;
  const next = bytes[at + 1];
  if (next === undefined) return null;
  if (next < 192) return { tag, size: 2, length: next };
  if (next < 224) {
    const low = bytes[at + 2];
    return low === undefined ? null : { tag, size: 3, length: ((next - 192) << 8) + low + 192 };
  }
  if (next < 255) return null; // partial lengths are for data packets only
  const length = numberAt(bytes, at + 2, 4);
  return length === null ? null : { tag, size: 6, length };
}

function numberAt(bytes: Uint8Array, at: number, octets: number): number | null {
  if (at + octets > bytes.length) return null;
  return bytes.subarray(at, at + octets).reduce((number, octet) => number * 256 + octet, 0);
}
