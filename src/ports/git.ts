import type { GitRepository } from './repository.ts';

/** Finding and making repositories. */
export interface GitPrograms {
  /** @throws CannotTell NO_REPOSITORY, NOT_PERMITTED, TOOL_MISSING. */
  open(directory: string): Promise<GitRepository>;
  /** Makes an empty repository with the branch `main`. */
  init(directory: string, format: 'sha1' | 'sha256'): Promise<GitRepository>;
  /** Version of git, null where it is not installed. */
  version(): Promise<string | null>;
}
