import { subpacket, uint16 } from '../../real/support/rsa-by-hand.ts';
import { SIGNED, STRONG, type Member } from '../crew.ts';
import {
  armored,
  bodyOf,
  changed,
  newPacket,
  oldPacket,
  packetIn,
  type Parts,
} from '../../real/support/packet-bytes.ts';
import { oneOf, scenario, withHeader, type Scenario } from '../scenario.ts';

/** What is in the armor: packets put together otherwise than gpg does. */

const rebuilt =
  (change: (packet: Buffer) => readonly Buffer[], who: readonly Member[] = STRONG): Scenario['make'] =>
  async (desk, round) => {
    const payload = desk.payload();
    const packet = packetIn(await desk.gpg(oneOf(who, round), payload));
    return withHeader(payload, armored(...change(packet)));
  };

const withParts = (change: (parts: Parts) => Partial<Parts>, who?: readonly Member[]): Scenario['make'] =>
  rebuilt((packet) => [changed(packet, (parts) => ({ ...parts, ...change(parts) }))], who);

/** Two signatures over the same commit in one block. */
const twice =
  (first: Member, second: Member, spoil = false): Scenario['make'] =>
  async (desk) => {
    const payload = desk.payload();
    const one = packetIn(await desk.gpg(first, payload));
    const two = packetIn(await desk.gpg(second, spoil ? desk.payload() : payload));
    return withHeader(payload, armored(one, two));
  };

const RSA = ['rsa3072', 'rsa4096'] as const;
const CURVES = ['ed25519', 'nistp256', 'nistp384'] as const;

/** The first number of an RSA signature written with more bits than it has, as some signers do. */
const lengthened = ({ values }: Parts): Partial<Parts> => {
  const whole = Buffer.from(values);
  whole.writeUInt16BE((whole.length - 2) * 8, 0);
  return { values: whole };
};
/** The same of all numbers, however many there are. */
const allLengthened = ({ values }: Parts): Partial<Parts> => {
  const whole = Buffer.from(values);
  for (let at = 0; at < whole.length;) {
    const octets = Math.ceil(whole.readUInt16BE(at) / 8);
    whole.writeUInt16BE(octets * 8, at);
    at += 2 + octets;
  }
  return { values: whole };
};
const zeroInFront = ({ values }: Parts): Partial<Parts> => {
  const bits = Buffer.alloc(2);
  bits.writeUInt16BE((values.length - 1) * 8, 0);
  return { values: Buffer.concat([bits, Buffer.alloc(1), values.subarray(2)]) };
};

export const PACKETS: readonly Scenario[] = [
  scenario('packet: RSA with leading zero bits', withParts(lengthened, RSA), 4),
  scenario('packet: numbers of curves with leading zero bits', withParts(allLengthened, CURVES), 4),
  scenario('packet: RSA with an octet more than its key', withParts(zeroInFront, RSA)),
  scenario(
    'packet: one octet of the number less',
    withParts(({ values }) => ({ values: values.subarray(0, -1) })),
  ),
  scenario(
    'packet: an octet behind the number',
    withParts(({ values }) => ({ values: Buffer.concat([values, Buffer.alloc(1)]) })),
  ),
  scenario(
    'packet: header of the old kind',
    rebuilt((packet) => [oldPacket(2, bodyOf(packet))]),
  ),
  scenario(
    'packet: header of the new kind',
    rebuilt((packet) => [newPacket(2, bodyOf(packet))]),
  ),
  scenario(
    'packet: of no definite length',
    rebuilt((packet) => [Buffer.concat([Buffer.from([0x80 | (2 << 2) | 3]), bodyOf(packet)])]),
  ),
  scenario(
    'packet: in parts',
    rebuilt((packet) => {
      const body = bodyOf(packet);
      return [
        Buffer.concat([
          Buffer.from([0xc2, 0xe0 | 6]),
          body.subarray(0, 64),
          Buffer.from([255, 0, 0]),
          uint16(body.length - 64),
          body.subarray(64),
        ]),
      ];
    }),
  ),
  scenario(
    'packet: a marker before it',
    rebuilt((packet) => [newPacket(10, Buffer.from('PGP')), packet]),
  ),
  scenario(
    'packet: padding behind it',
    rebuilt((packet) => [packet, newPacket(21, Buffer.alloc(8))]),
  ),
  scenario(
    'packet: an octet behind it',
    rebuilt((packet) => [packet, Buffer.alloc(1)]),
  ),
  scenario(
    'packet: half of it',
    rebuilt((packet) => [packet.subarray(0, packet.length / 2)]),
  ),
  scenario(
    'packet: a user id instead',
    rebuilt(() => [newPacket(13, Buffer.from('omar'))]),
  ),
  scenario(
    'packet: false first octets of the digest',
    withParts(({ left }) => ({ left: Buffer.from(left.map((octet) => octet ^ 0xff)) })),
  ),
  scenario(
    'packet: no unhashed part',
    withParts(() => ({ unhashed: Buffer.alloc(0) })),
  ),
  scenario(
    'packet: something more in the unhashed part',
    withParts(({ unhashed }) => ({
      unhashed: Buffer.concat([unhashed, subpacket(100, Buffer.from('hello'))]),
    })),
  ),
  scenario(
    'packet: something critical in the unhashed part',
    withParts(({ unhashed }) => ({
      unhashed: Buffer.concat([unhashed, subpacket(0x80 | 99, Buffer.from('hello'))]),
    })),
  ),
  scenario(
    'packet: another key id in the unhashed part',
    withParts(() => ({ unhashed: subpacket(16, Buffer.alloc(8, 1)) })),
  ),
  scenario(
    'packet: type changed',
    withParts(({ signed }) => ({ signed: put(signed, 1, 0x01) })),
  ),
  scenario(
    'packet: digest changed',
    withParts(({ signed }) => ({ signed: put(signed, 3, signed[3] === 8 ? 10 : 8) })),
  ),
  scenario(
    'packet: algorithm changed',
    withParts(({ signed }) => ({ signed: put(signed, 2, signed[2] === 1 ? 19 : 1) })),
  ),
  scenario(
    'packet: time changed',
    rebuilt((packet) => {
      const at = packet.indexOf(Buffer.from([5, 2]));
      return [put(packet, at + 5, (packet[at + 5] ?? 0) ^ 1)];
    }),
  ),
  scenario(
    'packet: of version 5',
    withParts(({ signed }) => ({ signed: put(signed, 0, 5) })),
  ),
  scenario('two signatures by one key', twice('ed25519', 'ed25519')),
  scenario('two signatures by two keys', twice('rsa3072', 'nistp256')),
  scenario('two signatures, the second by a stranger', twice('ed25519', 'stranger')),
  scenario('two signatures, the first by a stranger', twice('stranger', 'ed25519')),
  scenario('two signatures, the second of another commit', twice('ed25519', 'nistp256', true)),
  scenario('an inline message', async (desk, round) => {
    const payload = desk.payload();
    return withHeader(payload, await desk.gpg(oneOf(STRONG, round), payload, SIGNED, ['--no-detach']));
  }),
];

export function put(bytes: Buffer, at: number, octet: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = octet;
  return copy;
}
