import { CannotTell } from '../../base/errors.ts';
import { EMPTY_TREE, filesUnder } from '../../domain/tree.ts';
import { readCommit } from '../../evidence/history.ts';
import { SnapshotReader } from '../../evidence/snapshot.ts';
import type { Put } from '../../machine/act.ts';
import type { GitRepository } from '../../ports/repository.ts';

/**
 * What of the old law goes when a new root takes its evidence over. @returns the files to take away.
 * @throws CannotTell USAGE where the branch stands elsewhere, NO_INPUT where there is no evidence.
 */
export async function lawToReplace(
  repository: GitRepository,
  tip: string | null,
  continues: string,
  puts: readonly Put[],
): Promise<readonly Put[]> {
  if (tip !== continues) {
    throw new CannotTell(
      'USAGE',
      `the branch checked out stands at ${tip ?? 'no commit'}, not at ${continues}`,
      {
        remedy: `git switch --create continued ${continues}`,
      },
    );
  }
  const { objectFormat } = await repository.facts();
  const objects = repository.openObjects();
  try {
    const { commit } = await readCommit(objects, tip, objectFormat === 'sha1' ? 40 : 64);
    const tree =
      commit === null
        ? EMPTY_TREE
        : (await new SnapshotReader(objects, objectFormat === 'sha1' ? 20 : 32).read(commit.tree)).tree;
    const old = filesUnder(tree, 'policy').map(([path]) => `policy/${path}`);
    if (old.length === 0) throw new CannotTell('NO_INPUT', `${continues} holds no evidence to take over`);
    const fresh = new Set(puts.map(({ path }) => path));
    return old.filter((path) => !fresh.has(path)).map((path) => ({ path, bytes: null }));
  } finally {
    await objects.close();
  }
}
