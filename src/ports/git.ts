import type { GitRepository } from './repository.ts';

/** Finding and making repositories. */
export interface GitPrograms {
  /** @throws CannotTell NO_REPOSITORY, NOT_PERMITTED, TOOL_MISSING. */
  open(directory: string): Promise<GitRepository>;
  /** Makes an empty repository with the branch `main`. @param bare without a work tree, as one that is pushed to. */
  init(directory: string, format: 'sha1' | 'sha256', bare?: boolean): Promise<GitRepository>;
  /**
   * Opens the bare clone in a folder of the tool's own, which is made where it is empty: with one remote, `origin`, its HEAD
   * at the branch that the remote names, and nothing fetched. @throws CannotTell UNREACHABLE, NOT_PERMITTED, CANNOT_CREATE.
   */
  openClone(directory: string, address: string): Promise<GitRepository>;
  /**
   * What git itself would go by in a folder: the last value of each setting, by lower-case section and name. For advice
   * to the user alone; nothing is decided by it.
   */
  settings(directory: string): Promise<ReadonlyMap<string, string>>;
  /** Version of git, null where it is not installed. */
  version(): Promise<string | null>;
}
