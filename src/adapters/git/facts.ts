import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepositoryFacts } from '../../ports/repository.ts';
import type { FoundRepository } from './discover.ts';

/** What about the repository could make an answer wrong: missing history, and history that git would show differently. */
export async function factsOf(repository: FoundRepository): Promise<RepositoryFacts> {
  const { git, gitDir, commonDir, workTree, objectFormat, shallow, promised } = repository;
  const replaced = await git.run(['for-each-ref', '--format=%(refname)', 'refs/replace/']);
  return {
    gitDir,
    commonDir,
    workTree,
    objectFormat,
    shallow,
    partial: promised || (await hasPromisedPacks(commonDir)),
    replacements: replaced.stdout
      .toString('utf8')
      .split('\n')
      .filter((ref) => ref !== ''),
    grafts: await stat(join(commonDir, 'info', 'grafts')).then(
      (file) => file.size > 0,
      () => false,
    ),
  };
}

async function hasPromisedPacks(commonDir: string): Promise<boolean> {
  const packs = await readdir(join(commonDir, 'objects', 'pack')).catch(() => []);
  return packs.some((name) => name.endsWith('.promisor'));
}
