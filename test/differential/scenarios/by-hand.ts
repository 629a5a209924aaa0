import { armored, newPacket } from '../../real/support/packet-bytes.ts';
import {
  handSigner,
  subpacket,
  uint32,
  type ByHand,
  type HandSigner,
} from '../../real/support/rsa-by-hand.ts';
import { SIGNED } from '../crew.ts';
import { scenario, withHeader, type Scenario } from '../scenario.ts';

/** Signatures that hold, in packets that GnuPG 2.2 does not write and other tools of today or long ago do. */

const made = subpacket(2, uint32(SIGNED));
const keyId = ({ fingerprint }: HandSigner): Buffer => subpacket(16, fingerprint.subarray(-8));
const named = ({ fingerprint }: HandSigner): Buffer =>
  subpacket(33, Buffer.concat([Buffer.from([4]), fingerprint]));
const critical = (part: Buffer): Buffer => {
  const copy = Buffer.from(part);
  copy[1] = (copy[1] ?? 0) | 0x80;
  return copy;
};
const odd = subpacket(99, Buffer.from('hello'));

const byHand =
  (how: (signer: HandSigner) => Partial<ByHand> & { hashed?: Buffer; unhashed?: Buffer }): Scenario['make'] =>
  async (desk) => {
    const payload = desk.payload();
    const signer = await handSigner(desk.crew.secret('rsa3072'));
    return withHeader(
      payload,
      armored(newPacket(2, signer.sign(payload, { version: 4, time: SIGNED, ...how(signer) }))),
    );
  };

const parts = (
  hashed: (signer: HandSigner) => readonly Buffer[],
  unhashed: (signer: HandSigner) => readonly Buffer[] = () => [],
) =>
  byHand((signer) => ({ hashed: Buffer.concat(hashed(signer)), unhashed: Buffer.concat(unhashed(signer)) }));

export const BY_HAND: readonly Scenario[] = [
  scenario(
    'packet: of version 3',
    byHand(() => ({ version: 3 })),
    2,
  ),
  scenario(
    'packet: the key id alone, not signed',
    parts(
      () => [made],
      (signer) => [keyId(signer)],
    ),
    2,
  ),
  scenario(
    'packet: the key id alone, signed',
    parts((signer) => [made, keyId(signer)]),
  ),
  scenario(
    'packet: the fingerprint alone',
    parts((signer) => [made, named(signer)]),
  ),
  scenario(
    'packet: the fingerprint alone, not signed',
    parts(
      () => [made],
      (signer) => [named(signer)],
    ),
  ),
  scenario(
    'packet: names no issuer',
    parts(() => [made]),
  ),
  scenario(
    'packet: no time',
    parts((signer) => [named(signer)]),
  ),
  scenario(
    'packet: two times',
    parts((signer) => [made, subpacket(2, uint32(SIGNED + 60)), named(signer)]),
  ),
  scenario(
    'packet: a time that is not signed',
    parts(
      (signer) => [named(signer)],
      () => [made],
    ),
  ),
  scenario(
    'packet: a critical time',
    parts((signer) => [critical(made), named(signer)]),
  ),
  scenario(
    'packet: something unknown',
    parts((signer) => [made, named(signer), odd]),
  ),
  scenario(
    'packet: something unknown and critical',
    parts((signer) => [made, named(signer), critical(odd)]),
  ),
  scenario(
    'packet: another issuer where it is signed',
    parts(
      () => [made, named(OTHER)],
      (signer) => [keyId(signer)],
    ),
  ),
  scenario(
    'packet: another issuer where nothing is signed',
    parts(
      (signer) => [made, named(signer)],
      () => [named(OTHER)],
    ),
  ),
  scenario(
    'packet: a part that is longer than it says',
    byHand((signer) => ({ hashed: Buffer.concat([made, named(signer), Buffer.from([200])]) })),
  ),
];

const OTHER: HandSigner = {
  fingerprint: Buffer.alloc(20, 7),
  sign: () => {
    throw new Error('nobody');
  },
};
