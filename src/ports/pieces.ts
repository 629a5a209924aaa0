import type { Anchor } from './anchors.ts';
import type { PinnedRoot } from './trust.ts';

/** A part of a history that is judged while others are: what comes after one commit, up to another. */
export interface Piece {
  readonly root: PinnedRoot;
  /** Where it begins, taken for valid with everything up to it; null for the root, which is judged too. */
  readonly after: string | null;
  readonly tip: string;
  /** Seconds since 1970. */
  readonly now: number;
  readonly objectFormat: 'sha1' | 'sha256';
}

/** A piece in which everything is valid, if it began as it was taken to. */
export interface SoundPiece {
  /** What was taken for the latest signature time up to where it begins; null for the root. */
  readonly assumed: number | null;
  /** The latest signature time up to its tip, seconds since 1970. */
  readonly clock: number;
  /** Of the piece alone. */
  readonly counts: Anchor['counts'];
  /** Where judging may begin from now on, counted from the beginning of the piece. */
  readonly anchors: readonly Anchor[];
  /** What reading it held of trees. */
  readonly heldBytes: number;
}

/** Judges pieces of one repository on threads of their own. */
export interface PieceJudges {
  /** How many pieces are judged at once, the asker's among them. */
  readonly count: number;
  /** Commits from which on a piece pays for its thread and for reading a tree of its own. */
  readonly leastCommits: number;
  /** @returns null where not everything in the piece is valid, or it cannot be told. */
  judge(piece: Piece): Promise<SoundPiece | null>;
  /** Ends what is still being judged. */
  stop(): Promise<void>;
}
