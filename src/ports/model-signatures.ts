import type { PackagedFile } from '../domain/model-manifest.ts';
import type { ModelSignature } from '../domain/model-statement.ts';
import type { ArtifactFinding } from './artifacts.ts';

/** Signatures over the files of a model, as OpenSSF Model Signing 1.0 has them: `model.sig` beside the files. */

/** Whose signature counts: that of one key, or of a certificate that one of these authorities issued. PEM. */
export type ModelTrust =
  | { readonly kind: 'key'; readonly pem: Uint8Array }
  | { readonly kind: 'authority'; readonly pem: Uint8Array };

export type ModelSigned =
  | {
      readonly kind: 'signed';
      /** With all that it takes to verify it again, but for trust in the key. */
      readonly signature: ModelSignature;
      /** How many files it covers. */
      readonly files: number;
    }
  | { readonly kind: 'refused'; readonly finding: ArtifactFinding };

export interface ModelSignatures {
  /** Whether the folder has a `model.sig`. */
  isSigned(directory: string): Promise<boolean>;
  /** @param now seconds. @throws CannotTell BAD_DATA for trust that is none, or that has ended. */
  demandTrust(trust: ModelTrust, now: number): void;
  /**
   * Verifies `model.sig` of a folder over every file in it.
   * @param now seconds; certificates must be in force. @throws CannotTell as reading files does, BAD_DATA for trust that is none.
   */
  verify(directory: string, trust: ModelTrust, now: number): Promise<ModelSigned>;
  /**
   * The text of a `model.sig` over these files.
   * @param key a private EC key in PEM. @throws CannotTell BAD_DATA where it is none.
   */
  sign(name: string, files: readonly PackagedFile[], key: Uint8Array, passphrase: string | null): Uint8Array;
}
