import { createPublicKey, verify, type KeyObject } from 'node:crypto';

/** Digest that goes with each curve. */
const DIGESTS = new Map([
  ['prime256v1', 'sha256'],
  ['secp384r1', 'sha384'],
  ['secp521r1', 'sha512'],
]);

/** @returns null for a key of another kind than P-256, P-384 and P-521. */
export function digestFor(key: KeyObject): string | null {
  return key.asymmetricKeyType === 'ec'
    ? (DIGESTS.get(key.asymmetricKeyDetails?.namedCurve ?? '') ?? null)
    : null;
}

/** A public key in its one DER spelling (SubjectPublicKeyInfo). */
export function derOf(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ type: 'spki', format: 'der' }));
}

/** Whether a signature (DER) over some bytes is of a key of one of these curves, spelled in DER as `derOf` spells it. */
export function isSignedWith(der: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  const key = publicKey(der);
  const digest = key === null ? null : digestFor(key);
  if (key === null || digest === null || !Buffer.from(der).equals(derOf(key))) return false;
  return verify(digest, bytes, key, signature);
}

function publicKey(der: Uint8Array): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.from(der), type: 'spki', format: 'der' });
  } catch {
    return null;
  }
}
