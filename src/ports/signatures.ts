import type { Fingerprint } from '../domain/names.ts';
import type { SignatureVerdict } from '../domain/signature.ts';

/** One armored public certificate per principal key, as found in the governed tree that judges. */
export interface Certificate {
  /** The primary fingerprint the file name claims. */
  readonly fingerprint: Fingerprint;
  readonly armored: string;
  /** Later versions of the same certificate (refreshes): the certificate in force is the union of their packets. */
  readonly refreshes: readonly string[];
}

export interface SignatureVerifier {
  /**
   * Verifies a detached signature at the later of its own time and `clock` (seconds since 1970: when the commits before
   * were signed). Never throws for bad input: bad is a verdict.
   */
  verify(
    payload: Uint8Array,
    armored: string,
    keyring: readonly Certificate[],
    clock?: number,
    /** Judges the key at this one time instead, whatever the signature says: for overrides, which a wrong clock must not stop. */
    at?: number | null,
  ): Promise<SignatureVerdict>;
  /** When a signature says it was made, seconds since 1970; null where it cannot be read. Nobody vouches for it. */
  claimedTime?(armored: string): number | null;
  /** Says that this signature will be asked about, so that it may be looked at meanwhile. */
  foresee?(payload: Uint8Array, armored: string): void;
  /** Checks that a certificate is what its file name says: one v4 public key, no secret parts, strong enough. */
  inspect(armored: string): Promise<CertificateFacts>;
  /** Why a text is no refresh of a certificate, in words; null where it is one. */
  refreshFault(certificate: Certificate, armored: string): Promise<string | null>;
  /** Whether a certificate that takes another's place still says everything the other said. */
  keepsAll(before: string, after: string): Promise<boolean>;
  /** The primary fingerprints of a keyring of which no key may sign at that time any more. */
  ended(keyring: readonly Certificate[], time: number): Promise<ReadonlySet<Fingerprint>>;
  /** From when on each key may not sign any more, primary or subkey, seconds since 1970; those without an end are left out. */
  ends(keyring: readonly Certificate[]): Promise<ReadonlyMap<Fingerprint, number>>;
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
  /**
   * @param time seconds since 1970 the signature should bear; GnuPG takes its own clock.
   * @returns an armored detached binary signature over the payload.
   */
  sign(payload: Uint8Array, time?: number): Promise<string>;
}
