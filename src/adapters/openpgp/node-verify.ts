import { createHash, createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { SignaturePacket } from 'openpgp';
import { enums } from 'openpgp';
import type { KeyPacket } from './packet-read.ts';

/**
 * Signatures over bytes, checked by node:crypto with keys that are kept: several times faster than openpgp.js, which reads
 * the packets. Only a yes is an answer: whatever is not plainly sound is left to openpgp.js to judge.
 */

const DIGESTS: ReadonlyMap<number | null, string> = new Map([
  [enums.hash.sha256, 'sha256'],
  [enums.hash.sha384, 'sha384'],
  [enums.hash.sha512, 'sha512'],
]);

const CURVES: ReadonlyMap<string, { readonly crv: string; readonly bytes: number }> = new Map([
  ['nistP256', { crv: 'P-256', bytes: 32 }],
  ['nistP384', { crv: 'P-384', bytes: 48 }],
  ['nistP521', { crv: 'P-521', bytes: 66 }],
]);

interface Verifier {
  readonly key: KeyObject;
  readonly kind: 'rsa' | 'ecdsa' | 'ed25519';
  /** Of one of the numbers a signature of such a key consists of. */
  readonly bytes: number;
}

const verifiers = new WeakMap<KeyPacket, Verifier | null>();

/** Whether the key made this version 4 signature of type 0x00 over the payload; null where that is for others to say. */
export function isPlainlyMadeBy(packet: SignaturePacket, key: KeyPacket, payload: Uint8Array): true | null {
  try {
    return arithmeticOf(packet, key, payload)?.() === true ? true : null;
  } catch {
    return null;
  }
}

/** What is left to compute once everything is read; null where it is no signature this looks at. */
export function arithmeticOf(
  packet: SignaturePacket,
  key: KeyPacket,
  payload: Uint8Array,
): (() => boolean) | null {
  const digest = DIGESTS.get(packet.hashAlgorithm);
  if (digest === undefined || !isPlain(packet) || !isNamed(packet, key)) return null;
  const verifier = verifierOf(key);
  const signature = verifier === null ? null : signatureBytes(packet, verifier);
  if (verifier === null || signature === null) return null;
  const signed = Buffer.concat([payload, packet.signatureData ?? EMPTY, trailerOf(packet)]);
  const hashed = createHash(digest).update(signed).digest();
  const [first, second] = packet.signedHashValue ?? EMPTY;
  if (hashed[0] !== first || hashed[1] !== second) return null;
  const { key: made, kind } = verifier;
  if (kind === 'ed25519') return () => verify(null, hashed, made, signature);
  const how = kind === 'rsa' ? made : ({ key: made, dsaEncoding: 'ieee-p1363' } as const);
  return () => verify(digest, signed, how, signature);
}

const EMPTY = new Uint8Array();

/** Nothing in it that openpgp.js might refuse it for. */
function isPlain(packet: SignaturePacket): boolean {
  return (
    packet.version === 4 &&
    packet.signatureType === enums.signature.binary &&
    packet.revocationKeyClass === null &&
    packet.unknownSubpackets.length === 0 &&
    packet.rawNotations.every(({ critical }) => !critical)
  );
}

function isNamed(packet: SignaturePacket, key: KeyPacket): boolean {
  return packet.issuerKeyID.equals(key.getKeyID()) && packet.publicKeyAlgorithm === key.algorithm;
}

/** RFC 9580 section 5.2.4, for version 4. */
function trailerOf({ signatureData }: SignaturePacket): Uint8Array {
  const trailer = Buffer.from([0x04, 0xff, 0, 0, 0, 0]);
  trailer.writeUInt32BE(signatureData?.length ?? 0, 2);
  return trailer;
}

function signatureBytes(packet: SignaturePacket, { kind, bytes }: Verifier): Uint8Array | null {
  const { r, s, RS } = numbersOf(packet);
  if (kind === 'rsa') return s === undefined ? null : padded(s, bytes);
  if (RS !== undefined) return RS.length === 2 * bytes ? RS : null;
  const [first, second] = [r, s].map((number) => (number === undefined ? null : padded(number, bytes)));
  return first == null || second == null ? null : Buffer.concat([first, second]);
}

/** openpgp.js keeps them where its declarations do not say. */
function numbersOf(packet: SignaturePacket): Readonly<Record<'r' | 's' | 'RS', Uint8Array | undefined>> {
  return (packet as unknown as { params: Readonly<Record<'r' | 's' | 'RS', Uint8Array | undefined>> }).params;
}

function padded(number: Uint8Array, bytes: number): Uint8Array | null {
  if (number.length > bytes) return null;
  return number.length === bytes ? number : Buffer.concat([Buffer.alloc(bytes - number.length), number]);
}

function verifierOf(key: KeyPacket): Verifier | null {
  const known = verifiers.get(key);
  if (known !== undefined) return known;
  const fresh = makeVerifier(key);
  verifiers.set(key, fresh);
  return fresh;
}

function makeVerifier(key: KeyPacket): Verifier | null {
  const make = MAKERS.get(key.algorithm);
  try {
    return make === undefined ? null : make(key.publicParams);
  } catch {
    return null;
  }
}

const MAKERS: ReadonlyMap<enums.publicKey, (params: Params) => Verifier | null> = new Map([
  [enums.publicKey.rsaEncryptSign, rsaVerifier],
  [enums.publicKey.rsaSign, rsaVerifier],
  [enums.publicKey.ed25519, ({ A }) => edVerifier(A)],
  [
    enums.publicKey.eddsaLegacy,
    ({ oid, Q }) =>
      oid?.getName() === 'ed25519Legacy' && Q?.[0] === 0x40 ? edVerifier(Q.subarray(1)) : null,
  ],
  [enums.publicKey.ecdsa, ecVerifier],
]);

function rsaVerifier({ n, e }: Params): Verifier | null {
  if (n === undefined || e === undefined) return null;
  return { key: imported({ kty: 'RSA', n: text(n), e: text(e) }), kind: 'rsa', bytes: n.length };
}

function edVerifier(point: Uint8Array | undefined): Verifier | null {
  if (point?.length !== 32) return null;
  return { key: imported({ kty: 'OKP', crv: 'Ed25519', x: text(point) }), kind: 'ed25519', bytes: 32 };
}

function ecVerifier({ oid, Q }: Params): Verifier | null {
  const curve = CURVES.get(oid?.getName() ?? '');
  if (curve === undefined || Q?.length !== 1 + 2 * curve.bytes || Q[0] !== 0x04) return null;
  const { crv, bytes } = curve;
  const [x, y] = [Q.subarray(1, 1 + bytes), Q.subarray(1 + bytes)];
  return { key: imported({ kty: 'EC', crv, x: text(x), y: text(y) }), kind: 'ecdsa', bytes };
}

interface Params {
  readonly n?: Uint8Array;
  readonly e?: Uint8Array;
  readonly Q?: Uint8Array;
  readonly A?: Uint8Array;
  readonly oid?: { getName(): string };
}

function imported(key: JsonWebKey): KeyObject {
  return createPublicKey({ key, format: 'jwk' });
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
