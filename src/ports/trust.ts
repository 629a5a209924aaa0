import type { Fingerprint } from '../domain/names.ts';

/** A trust root as a person keeps it. */
export interface PinnedRoot {
  readonly commit: string;
  readonly signer: Fingerprint;
}

/** Trust roots in the user's own configuration folder, by repository id: never in the repository they vouch for. */
export interface TrustStore {
  /** @throws CannotTell BAD_DATA where the file is damaged. */
  rootOf(repository: string): Promise<PinnedRoot | null>;
  /** @throws CannotTell CANNOT_CREATE where another root is pinned for the repository. */
  pin(repository: string, root: PinnedRoot): Promise<void>;
  /** Where it is kept, for people. */
  readonly file: string;
}
