import type { Fingerprint } from './names.ts';

/** Why a signature is refused before anybody asks who made it. A closed list: each has a documented sentence. */
export const SIGNATURE_FAULTS = [
  'SIGNATURE_MALFORMED', // not one OpenPGP armor block with exactly one detached signature packet in it
  'SIGNATURE_WRONG_TYPE', // not of type 0x00 (binary), for example text mode
  'SIGNATURE_WEAK', // digest below SHA-256, RSA below 3072 bits, DSA, an unsupported curve
  'SIGNATURE_FALSE', // does not verify over these bytes with the key it names
  'SIGNER_UNKNOWN', // no certificate in the keyring has the key it names
  'KEY_CANNOT_SIGN', // the key (or subkey) is not bound for signing
  'KEY_EXPIRED', // expired at the time of the signature
  'KEY_REVOKED', // by a packet in its own certificate: before the signature, or later and not as retired or superseded
] as const;

export type SignatureFault = (typeof SIGNATURE_FAULTS)[number];

export interface GoodSignature {
  readonly kind: 'good';
  /** Fingerprint of the primary key of the certificate. */
  readonly primary: Fingerprint;
  /** Fingerprint of the key or subkey that signed. */
  readonly key: Fingerprint;
  /** When the signature says it was made: whole seconds since 1970. */
  readonly time: number;
  readonly algorithm: string;
  /** When the key or its primary expires by what is known of them, seconds since 1970; null for never. */
  readonly expires: number | null;
}

export interface BadSignature {
  readonly kind: 'bad';
  readonly fault: SignatureFault;
  /** Facts for the sentence: the key id or fingerprint named in the signature where there is one. */
  readonly detail: string;
  readonly key?: string;
}

export type SignatureVerdict = GoodSignature | BadSignature;
