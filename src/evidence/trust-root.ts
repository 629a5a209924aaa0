import type { Fingerprint } from '../domain/names.ts';

/** The anchor of all trust: a commit and the primary fingerprint of the key that signed it. Never from the repository. */
export interface TrustRoot {
  readonly commit: string;
  readonly signer: Fingerprint;
}
