import { enums } from 'openpgp';
import type { KeyPacket } from './packet-read.ts';

/** Which keys and digests are strong enough: RSA of 3072 bits, Ed25519, NIST P-256 and up; SHA-256 and up. */

export const LEAST_RSA_BITS = 3072;

const DIGESTS: ReadonlySet<number> = new Set([enums.hash.sha256, enums.hash.sha384, enums.hash.sha512]);

export function isStrongDigest(algorithm: number | null): boolean {
  return algorithm !== null && DIGESTS.has(algorithm);
}

/** How the algorithm is called, such as `RSA-4096`, `Ed25519`, `P-256`. */
export function algorithmOf(key: KeyPacket): string {
  const { algorithm, bits, curve } = infoOf(key);
  if (bits !== undefined) return `${algorithm.startsWith('rsa') ? 'RSA' : algorithm}-${bits}`;
  if (algorithm === 'ed25519' || curve === 'ed25519Legacy') return 'Ed25519';
  return curve?.replace(/^nistP/, 'P-') ?? algorithm;
}

/** @returns null where a signature of this key can be accepted, else why not. */
export function weaknessOf(key: KeyPacket): string | null {
  const { algorithm, bits, curve } = infoOf(key);
  const name = algorithmOf(key);
  switch (algorithm) {
    case 'rsaEncryptSign':
    case 'rsaSign':
      return bits !== undefined && bits >= LEAST_RSA_BITS ? null : `${name} is below RSA-${LEAST_RSA_BITS}`;
    case 'ed25519':
      return null;
    case 'eddsaLegacy':
      return curve === 'ed25519Legacy' ? null : `${name} is not supported`;
    case 'ecdsa':
      return /^nistP(256|384|521)$/.test(curve ?? '') ? null : `the curve ${name} is not supported`;
    default:
      return `${algorithm} keys are not accepted for signing`;
  }
}

/** Whether the algorithm can sign at all (an encryption key may be of any kind). */
export function isSigningAlgorithm(key: KeyPacket): boolean {
  const { algorithm } = infoOf(key);
  return !/^(ecdh|x25519|x448|elgamal|rsaEncrypt)$/.test(algorithm);
}

function infoOf(key: KeyPacket): { algorithm: string; bits?: number; curve?: string } {
  return key.getAlgorithmInfo();
}
