import type { Fingerprint } from '../domain/names.ts';
import type { CommitSigner } from './signatures.ts';

export interface OpenKeyFile {
  readonly signer: CommitSigner;
  /** The public certificate, armored. */
  readonly certificate: string;
  readonly warnings: readonly string[];
}

/** Where private keys are: in the user's GnuPG, or in a key file with a passphrase. They never come here. */
export interface Signing {
  /** Opens an OpenPGP key file; `passphrase` is asked only where the key has one. `now`: seconds since 1970. */
  keyFile(file: string, passphrase: () => Promise<string>, now: number): Promise<OpenKeyFile>;
  /** What the user's global git configuration says. */
  preferences(): Promise<{
    readonly program: string;
    readonly signingKey: string | null;
    /** `gpg.format`: `openpgp` unless the user's git signs with ssh or X.509. */
    readonly format: string;
  }>;
  /** Version of GnuPG, null where it is not installed. */
  gpgVersion(): Promise<string | null>;
  /** Whether the agent that holds private keys answers; it is started where it does not run. */
  gpgAgent(): Promise<boolean>;
  /** Primary fingerprints of keys that GnuPG can sign with; empty where it is not installed. */
  secretKeys(): Promise<readonly Fingerprint[]>;
  gpg(primary: Fingerprint): Promise<CommitSigner>;
  /** The public certificate of a key in GnuPG, armored, with nobody's signatures but its own. */
  gpgCertificate(primary: Fingerprint): Promise<string>;
}
