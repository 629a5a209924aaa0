import { unarmor } from '../../../src/adapters/openpgp/armor.ts';
import { armor, enums } from 'openpgp';

/** Taking signature packets apart and putting them together otherwise. Offsets as RFC 9580 section 5.2.3 has them. */

export function packetIn(armored: string): Buffer {
  const bytes = unarmor(armored, 'PGP SIGNATURE');
  if (bytes === null) throw new Error(`no armor: ${armored}`);
  return Buffer.from(bytes);
}

/** With a checksum, without which gpg stumbles over one armor in three. */
export function armored(...packets: readonly Uint8Array[]): string {
  return armor(enums.armor.signature, Buffer.concat(packets), undefined, undefined, undefined, true);
}

/** The body of the one packet in these bytes, whatever its header looks like. */
export function bodyOf(packet: Buffer): Buffer {
  const first = packet[0] ?? 0;
  if ((first & 0x40) !== 0) {
    const length = packet[1] ?? 0;
    return packet.subarray(length < 192 ? 2 : length < 224 ? 3 : 6);
  }
  return packet.subarray(1 + ([1, 2, 4, 0][first & 3] ?? 0));
}

export function newPacket(tag: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(6);
  head[0] = 0xc0 | tag;
  head[1] = 255;
  head.writeUInt32BE(body.length, 2);
  return Buffer.concat([head, body]);
}

export function oldPacket(tag: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head[0] = 0x80 | (tag << 2) | 2;
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

export interface Parts {
  /** Version, type, algorithms and hashed subpackets: what the signature protects. */
  readonly signed: Buffer;
  readonly unhashed: Buffer;
  /** The first two octets of the digest. */
  readonly left: Buffer;
  readonly values: Buffer;
}

export function partsOf(body: Buffer): Parts {
  const hashed = 6 + body.readUInt16BE(4);
  const unhashed = body.readUInt16BE(hashed);
  const left = hashed + 2 + unhashed;
  return {
    signed: body.subarray(0, hashed),
    unhashed: body.subarray(hashed + 2, left),
    left: body.subarray(left, left + 2),
    values: body.subarray(left + 2),
  };
}

export function together({ signed, unhashed, left, values }: Parts): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(unhashed.length);
  return Buffer.concat([signed, length, unhashed, left, values]);
}

/** The packet with something about its body changed. */
export function changed(packet: Buffer, change: (parts: Parts) => Parts): Buffer {
  return newPacket(2, together(change(partsOf(bodyOf(packet)))));
}
