import type { Git } from './process.ts';

/** What the configuration of a repository says about itself. */
export interface Declared {
  /** `core.worktree`; empty where it is not set. */
  readonly workTree: string;
  /** Objects may be missing here, and git would fetch them: a partial clone. */
  readonly promised: boolean;
}

const NAMES = '^(core\\.worktree|extensions\\.partialclone|remote\\..*\\.(promisor|partialclonefilter))$';

/** In one question, since each takes a process. */
export async function declaredBy(git: Git): Promise<Declared> {
  const { stdout } = await git.run(['config', '--null', '--get-regexp', NAMES], { accept: [0, 1] });
  // The name, a line break and the value, which a name without `=` has none of; of several values the last counts.
  const settings = stdout
    .toString('utf8')
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const end = entry.indexOf('\n');
      return end < 0 ? ([entry, ''] as const) : ([entry.slice(0, end), entry.slice(end + 1)] as const);
    });
  return {
    workTree: settings.findLast(([name]) => name === 'core.worktree')?.[1] ?? '',
    promised: settings.some(([name]) => name !== 'core.worktree'),
  };
}
