import type { Git } from './process.ts';

/** What a tree or the index holds at a path. */
export interface PathEntry {
  /** Git's file mode in octal digits, such as `100644`. */
  readonly mode: string;
  readonly id: string;
}

/** Null stands for a path with unmerged entries: nobody's to touch. */
export type IndexEntry = PathEntry | null;

/** The entries of a commit's tree at exactly these paths; paths it does not hold are absent. */
export async function treeEntries(
  git: Git,
  commit: string | null,
  paths: readonly string[],
): Promise<ReadonlyMap<string, PathEntry>> {
  const found = new Map<string, PathEntry>();
  if (commit === null) return found;
  const wanted = new Set(paths);
  for (const some of inPortions(paths)) {
    const { stdout } = await git.run(['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...some]);
    for (const line of lines(stdout)) {
      const [, mode = '', id = '', path = ''] = /^(\d+) \w+ ([0-9a-f]+)\t([^]*)$/.exec(line) ?? [];
      if (wanted.has(path)) found.set(path, { mode, id });
    }
  }
  return found;
}

/** The entries of the index at exactly these paths. */
export async function indexEntries(
  git: Git,
  paths: readonly string[],
): Promise<ReadonlyMap<string, IndexEntry>> {
  const found = new Map<string, IndexEntry>();
  const wanted = new Set(paths);
  for (const some of inPortions(paths)) {
    const { stdout } = await git.run(['ls-files', '--stage', '-z', '--full-name', '--', ...some]);
    for (const line of lines(stdout)) {
      const [, mode = '', id = '', stage = '', path = ''] =
        /^(\d+) ([0-9a-f]+) (\d)\t([^]*)$/.exec(line) ?? [];
      if (wanted.has(path)) found.set(path, stage === '0' ? { mode, id } : null);
    }
  }
  return found;
}

export interface IndexChange {
  readonly path: string;
  /** Null removes the path. */
  readonly entry: PathEntry | null;
}

/** The input of `git update-index -z --index-info`; removals come first, so that a file may become a folder. */
export function indexInfo(changes: readonly IndexChange[], zero: string): string {
  const removed = changes.filter((change) => change.entry === null);
  const put = changes.filter((change) => change.entry !== null);
  return [...removed, ...put]
    .map(({ path, entry }) => `${entry === null ? `0 ${zero}` : `${entry.mode} ${entry.id}`}\t${path}\0`)
    .join('');
}

function lines(stdout: Buffer): readonly string[] {
  return stdout
    .toString('utf8')
    .split('\0')
    .filter((line) => line !== '');
}

/** Command lines are bounded; 50 000 bytes of paths fit everywhere. */
function* inPortions(paths: readonly string[]): Generator<readonly string[]> {
  let portion: string[] = [];
  let bytes = 0;
  for (const path of paths) {
    if (bytes > 50_000) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(path);
    bytes += Buffer.byteLength(path) + 1;
  }
  if (portion.length > 0) yield portion;
}
