/** Other copies of a repository, and moving commits between them. Nothing here judges: what comes in is verified after. */

/** Where a branch comes from and goes to. */
export interface Upstream {
  /** The remote's name in this clone; null where an address was named instead. */
  readonly remote: string | null;
  /** Address to fetch from, as it is spelled. It may hold a password: show it with `shownAddress`. */
  readonly fetchFrom: string;
  readonly pushTo: string;
  /** Full name of the branch there. */
  readonly branch: string;
  /** Full name of another branch there that the clone's configuration has git pull from; null where there is none. */
  readonly configured: string | null;
  /** Where this clone keeps what it saw there last, such as `refs/remotes/origin/main`; null without a named remote. */
  readonly tracking: string | null;
  /** Named by the person just now, not by a file of the clone. */
  readonly typed: boolean;
}

export interface FetchOrder {
  readonly from: Upstream;
  /** Full names or prefixes that end in `/`. */
  readonly refs: readonly string[];
  /** Commits that are here already. */
  readonly have: readonly string[];
  /**
   * Milliseconds of silence after which it is given up, for where nobody sits: no question of git's can be answered then. Without it git
   * decides, which may take minutes.
   */
  readonly patience?: number;
  readonly onProgress?: (line: string) => void;
}

export interface PushOrder {
  readonly to: Upstream;
  readonly commit: string;
  /** Full name of the ref there. It is made, or moved forwards; never back. */
  readonly ref: string;
  readonly onProgress?: (line: string) => void;
}

export type PushResult =
  | { readonly kind: 'pushed' }
  /** It stands there already. */
  | { readonly kind: 'same' }
  /** Somebody else moved the ref, or is about to: fetch, and try again. */
  | { readonly kind: 'moved' }
  /** The other side said no, in its words. */
  | { readonly kind: 'refused'; readonly words: readonly string[] };

export interface Remotes {
  /** The names of the remotes this clone has. */
  names(): Promise<readonly string[]>;
  /**
   * Where a branch is shared: with the remote or address named, else with its upstream, else with `origin` under its own
   * name. Null where there is none.
   * @throws CannotTell USAGE where the address found may not be used.
   */
  upstream(branch: string, named: string | null): Promise<Upstream | null>;
  /**
   * Brings objects into this clone. No ref of it moves.
   * @returns refs there and what they stand at; those that are not there are left out.
   * @throws CannotTell UNREACHABLE, NOT_PERMITTED, BAD_DATA.
   */
  fetch(order: FetchOrder): Promise<ReadonlyMap<string, string>>;
  /** @throws CannotTell UNREACHABLE, NOT_PERMITTED. */
  push(order: PushOrder): Promise<PushResult>;
  /** The branch that the other side's HEAD names; null where it names none. @throws CannotTell as `fetch`. */
  defaultBranch(from: Upstream): Promise<string | null>;
  /** Programs that a push to a folder of this machine would start; none for other addresses. In words. */
  startedByPush(to: Upstream): Promise<readonly string[]>;
}
