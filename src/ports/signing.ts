import type { Fingerprint } from '../domain/names.ts';
import type { CommitSigner } from './signatures.ts';

export interface OpenKeyFile {
  readonly signer: CommitSigner;
  /** The public certificate, armored. */
  readonly certificate: string;
  readonly warnings: readonly string[];
}

/** A certificate in the user's GnuPG whose private part is there, or was. */
export interface OwnKey {
  readonly primary: Fingerprint;
  /** As they are; escape them when shown. */
  readonly userIds: readonly string[];
  /** Why GnuPG cannot sign with it now; null where it can. */
  readonly fault: 'expired' | 'revoked' | 'disabled' | 'cannot sign' | 'private part is elsewhere' | null;
  /** Serial number of the smartcard that holds the private part; null where none does. */
  readonly card: string | null;
}

/**
 * Whether a smartcard signs only when it is touched. `cached`: one touch serves for some seconds; `absent`: it is not
 * inserted.
 */
export type TouchPolicy = 'on' | 'cached' | 'off' | 'absent' | 'unknown';

/** What GnuPG needs around it to ask for a passphrase. */
export interface Surroundings {
  /** The folder with the keys. */
  readonly home: string;
  /** The program that asks, with links followed, such as `/usr/bin/pinentry-curses`; null where there is none to start. */
  readonly pinentry: string | null;
  /** The terminal it would draw on; null where there is none. */
  readonly terminal: string | null;
  /** Whether there is a screen with windows. */
  readonly windows: boolean;
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
  /** The same, and those that GnuPG cannot sign with. */
  ownKeys(): Promise<readonly OwnKey[]>;
  /**
   * Makes an Ed25519 key that signs and lives two years; the user's agent asks for its passphrase.
   * @param userId `Name <address>`. @throws CannotTell NOT_PERMITTED where the person or the terminal said no.
   */
  makeKey(userId: string): Promise<Fingerprint>;
  /** Makes a key in this process that nobody keeps: for trying things out. `time`: seconds since 1970. */
  throwAwayKey(
    name: string,
    time: number,
  ): Promise<{
    readonly privateArmored: string;
    readonly publicArmored: string;
    readonly fingerprint: Fingerprint;
  }>;
  /** What the card with that serial number says, where it is inserted. */
  touchPolicy(card: string): Promise<TouchPolicy>;
  /** Null where GnuPG is not installed. */
  surroundings(): Promise<Surroundings | null>;
  gpg(primary: Fingerprint): Promise<CommitSigner>;
  /** The public certificate of a key in GnuPG, armored, with nobody's signatures but its own. */
  gpgCertificate(primary: Fingerprint): Promise<string>;
}
