import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepositoryFacts } from '../../ports/repository.ts';
import type { FoundRepository } from './discover.ts';

/** Where git looks for what it would show instead of an object. */
export const REPLACEMENTS = 'refs/replace/';

/**
 * What about the repository could make an answer wrong: missing history, and history that git would show differently.
 * @param listed every ref below `REPLACEMENTS`, where they were listed already.
 */
export async function factsOf(
  repository: FoundRepository,
  listed?: readonly string[],
): Promise<RepositoryFacts> {
  const { gitDir, commonDir, workTree, objectFormat, shallow, promised } = repository;
  return {
    gitDir,
    commonDir,
    workTree,
    objectFormat,
    shallow,
    partial: promised || (await hasPromisedPacks(commonDir)),
    replacements: listed ?? (await replacementsIn(repository)),
    grafts: await stat(join(commonDir, 'info', 'grafts')).then(
      (file) => file.size > 0,
      () => false,
    ),
  };
}

async function replacementsIn({ git }: FoundRepository): Promise<readonly string[]> {
  const { stdout } = await git.run(['for-each-ref', '--format=%(refname)', REPLACEMENTS]);
  return stdout
    .toString('utf8')
    .split('\n')
    .filter((ref) => ref !== '');
}

async function hasPromisedPacks(commonDir: string): Promise<boolean> {
  const packs = await readdir(join(commonDir, 'objects', 'pack')).catch(() => []);
  return packs.some((name) => name.endsWith('.promisor'));
}
