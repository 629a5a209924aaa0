import type { RepositoryId, Time } from '../domain/names.ts';
import type { AnchorMemory } from './anchors.ts';
import type { PinnedRoot } from './trust.ts';

/**
 * A branch by what is the same in every clone of it. The root is no part of it: a repository keeps its id where its root
 * is moved, and a forged one that takes the id with a root of its own must not look like one never seen.
 */
export interface BranchIdentity {
  readonly repository: RepositoryId;
  /** Short name, such as `main`, whichever remote it comes from. */
  readonly branch: string;
}

export interface RememberedTip {
  /** Full id. */
  readonly commit: string;
  /** What it was verified by. */
  readonly root: PinnedRoot;
  /** When it was first verified here. */
  readonly verified: Time;
}

/**
 * The tips a person has verified, outside of every repository. A branch has one; after two verifications at the same
 * moment it may have two, and then its tip must descend from both.
 */
export interface TipMemory {
  /** @throws CannotTell BAD_DATA where a file is damaged, NOT_PERMITTED where others could have written it, IO_FAILED. */
  tipsOf(branch: BranchIdentity): Promise<readonly RememberedTip[]>;
  /** Remembers `tip` durably, and only then forgets the commits of `instead`. @throws CannotTell as `tipsOf`. */
  remember(branch: BranchIdentity, tip: RememberedTip, instead: readonly string[]): Promise<void>;
  /** What need not be judged again. */
  readonly anchors: AnchorMemory;
}

export interface TipMemoryOptions {
  /** Null for the folder of the person who runs the command. */
  readonly folder: string | null;
  /** Folders of the repository that is judged: it must not hold what guards it. */
  readonly outside: readonly string[];
}

/** @throws CannotTell USAGE where the folder lies in one of `outside`. */
export type OpenTipMemory = (options: TipMemoryOptions) => Promise<TipMemory>;
