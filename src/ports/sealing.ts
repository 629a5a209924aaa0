import type { Certificate } from './signatures.ts';

/** Encrypting files for those who may read them, and reading what is encrypted for the person who runs this. */

export interface Sealed {
  /** One binary OpenPGP message. */
  readonly bytes: Uint8Array;
  /** Key ids of the encryption keys it is for, upper-case hexadecimal, sorted. */
  readonly recipients: readonly string[];
}

export interface Sealing {
  /** The key id a certificate is encrypted to at that time (seconds since 1970); null where it has no key for that. */
  readerKey(certificate: Certificate, now: number): Promise<string | null>;
  /** @throws CannotTell NO_INPUT where one of the certificates cannot be encrypted to. */
  seal(content: Uint8Array, readers: readonly Certificate[], now: number): Promise<Sealed>;
  /**
   * Reads a message with the user's GnuPG, whose agent asks for a passphrase or PIN.
   * @param size bytes of the content: more is not read. @throws CannotTell NO_SIGNER where none of the user's keys opens it,
   * NOT_PERMITTED where the person or the terminal said no, BAD_DATA where it is damaged.
   */
  unseal(message: Uint8Array, size: number): Promise<Uint8Array>;
  /** The same with a key file; `passphrase` is asked only where the key has one. */
  unsealWithFile(
    message: Uint8Array,
    size: number,
    file: string,
    passphrase: () => Promise<string>,
  ): Promise<Uint8Array>;
}
