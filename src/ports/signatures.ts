import type { Fingerprint } from '../domain/names.ts';

/** Why a signature is refused before anybody asks who made it. A closed list: each has a documented sentence. */
export const SIGNATURE_FAULTS = [
  'SIGNATURE_MALFORMED', // not one OpenPGP armor block with exactly one detached signature packet in it
  'SIGNATURE_WRONG_TYPE', // not of type 0x00 (binary), for example text mode
  'SIGNATURE_WEAK', // digest below SHA-256, RSA below 3072 bits, DSA, an unsupported curve
  'SIGNATURE_FALSE', // does not verify over these bytes with the key it names
  'SIGNER_UNKNOWN', // no certificate in the keyring has the key it names
  'KEY_CANNOT_SIGN', // the key (or subkey) is not bound for signing
  'KEY_EXPIRED', // expired at the time of the signature
  'KEY_REVOKED', // revoked by a packet in its own certificate at the time of the signature
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
}

export interface BadSignature {
  readonly kind: 'bad';
  readonly fault: SignatureFault;
  /** Facts for the sentence: the key id or fingerprint named in the signature where there is one. */
  readonly detail: string;
  readonly key?: string;
}

export type SignatureVerdict = GoodSignature | BadSignature;

/** One armored public certificate per principal key, as found in the governed tree that judges. */
export interface Certificate {
  /** The primary fingerprint the file name claims. */
  readonly fingerprint: Fingerprint;
  readonly armored: string;
  /** Later versions of the same certificate (refreshes): the certificate in force is the union of their packets. */
  readonly refreshes: readonly string[];
}

export interface SignatureVerifier {
  /** Verifies a detached signature at the signature's own time. Never throws for bad input: bad is a verdict. */
  verify(payload: Uint8Array, armored: string, keyring: readonly Certificate[]): Promise<SignatureVerdict>;
  /** Checks that a certificate is what its file name says: one v4 public key, no secret parts, strong enough. */
  inspect(armored: string): Promise<CertificateFacts>;
}

export type CertificateFacts =
  | {
      readonly kind: 'certificate';
      readonly primary: Fingerprint;
      /** Primary and subkeys, each once. */
      readonly keys: readonly Fingerprint[];
      readonly userIds: readonly string[];
      readonly algorithm: string;
      /** When the primary key expires: seconds since 1970, or null for never. */
      readonly expires: number | null;
      readonly canSign: boolean;
    }
  | { readonly kind: 'unusable'; readonly reason: string };

/** Makes detached OpenPGP signatures with a private key that stays where it is. */
export interface CommitSigner {
  readonly primary: Fingerprint;
  /** @returns an armored detached binary signature over the payload. */
  sign(payload: Uint8Array): Promise<string>;
}
