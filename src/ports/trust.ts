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
  /**
   * Puts another root in the place of one, after somebody verified the way from it. @throws CannotTell CANNOT_CREATE where
   * the root pinned is neither of the two.
   */
  move(repository: string, from: PinnedRoot, to: PinnedRoot): Promise<void>;
  /** Where it is kept, for people. */
  readonly file: string;
}
