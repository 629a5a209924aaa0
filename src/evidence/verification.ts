import type { Sparing } from '../domain/partly-read.ts';
import type { Incident } from '../domain/incident.ts';
import type { Reason } from '../domain/reason.ts';
import type { TreeFolder } from '../domain/tree.ts';
import type { Anchor } from '../ports/anchors.ts';
import type { PieceJudges } from '../ports/pieces.ts';
import type { ExpectedAncestor } from './descent.ts';
import type { JudgedCommit, JudgedHistory } from './lineage.ts';
import type { SideOverrides, SideRef } from './side-overrides.ts';
import type { TrustRoot } from './trust-root.ts';

export interface Finding {
  readonly commit: string;
  readonly reason: Reason;
  /** Who signed, where that is known. */
  readonly signer: string | null;
}

export interface Verification {
  readonly root: TrustRoot;
  readonly tip: string;
  readonly findings: readonly Finding[];
  /** What was wrong with commits that a repair has set aside. */
  readonly settled: readonly Finding[];
  /** The repairs, which are told every time. */
  readonly incidents: readonly Incident[];
  /** Judged commits in an order in which parents come first; from the root on, or from what was judged before. */
  readonly commits: readonly JudgedCommit[];
  /** The same, with how they hang together. */
  readonly history: JudgedHistory;
  /** Where judging began, if everything up to there was judged before; null for the root. */
  readonly before: Anchor | null;
  /** Where judging may begin from now on; null where not everything is valid. */
  readonly anchors: readonly Anchor[] | null;
  readonly counts: { readonly commits: number; readonly governed: number; readonly signatures: number };
  /** Overrides in refs of their own; none of them makes the branch fail. */
  readonly sides: SideOverrides;
  /** The governed tree and clock of the tip. */
  readonly tree: TreeFolder;
  readonly clock: number;
  readonly tipIsVoid: boolean;
}

export interface VerifyOptions {
  readonly tip: string;
  readonly root: TrustRoot;
  /** Commits the tip must descend from. */
  readonly descends?: readonly ExpectedAncestor[];
  /** Seconds since 1970. */
  readonly now: number;
  readonly objectFormat: 'sha1' | 'sha256';
  /** Of the same repository, a moment ago: what was found valid there is not judged again. */
  readonly known?: readonly Verification[];
  /** Of this root, by this build. Whoever gives some asks for nothing before them. */
  readonly anchors?: readonly Anchor[];
  /** What lies in retired iterations is hardly asked for: it is left unread where everything was valid before. */
  readonly sparing?: Sparing | null;
  /** Judges parts of a long history meanwhile. */
  readonly pieces?: PieceJudges;
  /** Refs beside the branch that may carry overrides. */
  readonly sides?: readonly SideRef[];
  /** What lies in any commit but the tip is not asked for afterwards. */
  readonly tipOnly?: boolean;
  /** Commits from which on objects are brought along and signatures looked at ahead; as many as it pays for where not given. */
  readonly followsFrom?: number;
  readonly onProgress?: (done: number, of: number) => void;
}
