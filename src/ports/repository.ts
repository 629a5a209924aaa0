import type { ObjectReader } from './objects.ts';
import type { Remotes } from './remote.ts';

/** What the tool asks of the repository beside reading objects. Everything here is plumbing by full ids. */

export interface RepositoryFacts {
  readonly gitDir: string;
  /** Shared by all work trees of a repository; the same as `gitDir` in most. */
  readonly commonDir: string;
  /** Absent in a bare repository. */
  readonly workTree: string | null;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly shallow: boolean;
  readonly partial: boolean;
  /** Replace refs and grafts found (they are neutralised; their presence is reported). */
  readonly replacements: readonly string[];
  readonly grafts: boolean;
}

/** A ref and the commit it stands for. */
export interface RefAt {
  readonly ref: string;
  readonly commit: string;
}

export interface SurveyOptions {
  /** As for `resolve`; null where no commit is asked for. */
  readonly revision: string | null;
  /** As for `refsUnder`; null where no refs are asked for. */
  readonly prefix: string | null;
}

export interface Survey {
  readonly facts: RepositoryFacts;
  /** As from `fullName`. */
  readonly ref: string | null;
  /** As from `resolve`. */
  readonly commit: string | null;
  /** As from `refsUnder`. */
  readonly under: readonly RefAt[];
}

/** What a remote had when it was last fetched. */
export interface RemoteBranch {
  /** Such as `refs/remotes/origin/main`. */
  readonly ref: string;
  readonly commit: string;
}

export interface NewBlob {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What the repository holds already, to be put at a path as it is: a folder with everything in it. */
export interface StoredObject {
  readonly path: string;
  readonly kind: 'file' | 'executable' | 'folder' | 'link' | 'submodule';
  readonly id: string;
}

export interface GitRepository {
  /** Other copies of it. */
  readonly remotes: Remotes;
  /** A reader of its own; close it when done. */
  openObjects(): ObjectReader;
  facts(): Promise<RepositoryFacts>;
  /** What `facts`, `fullName`, `resolve` and `refsUnder` say, of one moment where git can, and sooner than one by one. */
  survey(objects: ObjectReader, options: SurveyOptions): Promise<Survey>;
  /** The full commit id of a ref, branch or full id; null where there is none. Never guesses from a short id. */
  resolve(revision: string): Promise<string | null>;
  /**
   * The full name of the ref that `resolve` takes a revision for, through symbolic refs (`refs/remotes/origin/main`);
   * null for a full id, a detached HEAD and a name that is not there.
   */
  fullName(revision: string): Promise<string | null>;
  /** The remote-tracking refs of this clone with the commits they stand at, symbolic ones left out. */
  remoteBranches(): Promise<readonly RemoteBranch[]>;
  /** The branch checked out (`refs/heads/main`), or null when HEAD is detached. */
  currentBranch(): Promise<string | null>;
  /**
   * Writes blobs and the tree that results from putting them over the tree of `parent` (null: an empty tree); `remove`
   * paths vanish with everything below them before anything is put.
   */
  stageTree(
    parent: string | null,
    put: readonly (NewBlob | StoredObject)[],
    remove: readonly string[],
  ): Promise<string>;
  /** Every path at which two commits or trees differ, folders told by their files. */
  changedPaths(from: string, to: string): Promise<readonly string[]>;
  /** Full names and commit ids of the refs below a prefix such as `refs/modelsmith/`, sorted by name. */
  refsUnder(prefix: string): Promise<readonly RefAt[]>;
  /** Writes a raw commit object and returns its id. Nothing points to it yet. */
  writeCommit(bytes: Uint8Array): Promise<string>;
  /** Moves `ref` from `expected` (null: must not exist) to `to`. @throws CannotTell RACE_LOST if it stands elsewhere. */
  advance(ref: string, expected: string | null, to: string): Promise<void>;
  /** Paths with uncommitted changes of the user's own (work tree or index) among `paths`. */
  dirty(paths: readonly string[]): Promise<readonly string[]>;
  /**
   * Brings index and work tree from commit `from` to commit `to` for the paths that differ between them, after the
   * branch was moved. Must never touch another path, nor one of these where the user has changes of his own.
   * @returns the paths left alone for that reason.
   */
  bringAlong(from: string | null, to: string, paths: readonly string[]): Promise<readonly string[]>;
}
