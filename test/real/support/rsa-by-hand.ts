import { createHash, createPrivateKey, privateEncrypt, constants } from 'node:crypto';
import { readPrivateKey, type SecretKeyPacket } from 'openpgp';

/** Signature packets by an RSA key, made octet by octet, so that they can be what no tool makes. */

export interface ByHand {
  readonly version: 3 | 4;
  /** Seconds since 1970. */
  readonly time: number;
  /** Of version 4: subpackets instead of the time alone. */
  readonly hashed?: Uint8Array;
  readonly unhashed?: Uint8Array;
}

export interface HandSigner {
  readonly fingerprint: Buffer;
  /** The body of a signature packet of type 0x00 with SHA-256 (RFC 9580 sections 5.2.2 and 5.2.3). */
  sign(payload: Uint8Array, how: ByHand): Buffer;
}

export async function handSigner(secretArmored: string): Promise<HandSigner> {
  const { keyPacket } = (await readPrivateKey({ armoredKey: secretArmored })) as {
    keyPacket: SecretKeyPacket;
  };
  const { n, e } = keyPacket.publicParams as Record<string, Uint8Array>;
  const { d, p, q, u } = keyPacket.privateParams as Record<string, Uint8Array>;
  const [dNumber, pNumber, qNumber] = [d, p, q].map(toNumber) as [bigint, bigint, bigint];
  // OpenPGP keeps the inverse of p modulo q, JSON web keys that of q modulo p: the primes change places.
  const jwk = {
    kty: 'RSA',
    ...{ n: text(n), e: text(e), d: text(d), p: text(q), q: text(p), qi: text(u) },
    dp: text(toBytes(dNumber % (qNumber - 1n))),
    dq: text(toBytes(dNumber % (pNumber - 1n))),
  };
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  const fingerprint = Buffer.from(keyPacket.getFingerprintBytes() ?? []);
  return {
    fingerprint,
    sign(payload, { version, time, hashed = subpacket(2, uint32(time)), unhashed = new Uint8Array() }) {
      const signed =
        version === 3
          ? Buffer.concat([Buffer.from([0]), uint32(time)])
          : Buffer.concat([Buffer.from([4, 0, 1, 8]), uint16(hashed.length), hashed]);
      const trailer =
        version === 3 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([4, 0xff]), uint32(signed.length)]);
      const digest = createHash('sha256').update(payload).update(signed).update(trailer).digest();
      const value = privateEncrypt(
        { key, padding: constants.RSA_PKCS1_PADDING },
        Buffer.concat([SHA256, digest]),
      );
      const head =
        version === 3
          ? [Buffer.from([3, 5]), signed, fingerprint.subarray(-8), Buffer.from([1, 8])]
          : [signed, uint16(unhashed.length), unhashed];
      // With all its octets, leading zeros too, as GitHub's key writes it.
      return Buffer.concat([...head, digest.subarray(0, 2), uint16(value.length * 8), value]);
    },
  };
}

export function subpacket(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([body.length + 1, type]), body]);
}

export function uint32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

export function uint16(number: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(number);
  return bytes;
}

/** DigestInfo of RFC 8017 section 9.2, before the digest. */
const SHA256 = Buffer.from('3031300d060960864801650304020105000420', 'hex');

function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('base64url');
}

function toNumber(bytes: Uint8Array | undefined): bigint {
  return BigInt(`0x${Buffer.from(bytes ?? []).toString('hex')}`);
}

function toBytes(number: bigint): Uint8Array {
  const hex = number.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
}
