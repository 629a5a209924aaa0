import type { PinnedRoot } from './trust.ts';

/**
 * A commit up to which everything from a trust root was judged and found valid, with nothing ever set aside, and which
 * everything that was judged after it descends from.
 */
export interface Anchor {
  /** Full id. */
  readonly commit: string;
  /** The latest signature time up to it, seconds since 1970. */
  readonly clock: number;
  /** Of everything up to it and itself. */
  readonly counts: { readonly commits: number; readonly governed: number; readonly signatures: number };
  /** Commits of refs beside the branch that it descends from. */
  readonly merged: readonly string[];
  /** What its `promotions` come to, so that not all of it has to be read to know that; null where nobody counted. */
  readonly promotions: Counted | null;
}

/** Files and folders, each at every path, and the bytes of the files. */
export interface Counted {
  readonly paths: number;
  readonly bytes: number;
}

/** What this very build has judged before, for the person who runs it. It can be lost at any time. */
export interface AnchorMemory {
  /** None where nothing is there, or what is there cannot be relied on. */
  anchorsOf(root: PinnedRoot): Promise<readonly Anchor[]>;
  /** Puts these in the place of others. Whoever cannot write forgets. */
  keep(root: PinnedRoot, anchors: readonly Anchor[]): Promise<void>;
}
