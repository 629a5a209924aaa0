import { dirname } from 'node:path';
import type { Context } from '../shared/context.ts';
import { ok, warning, type Finding } from './finding.ts';

/** Settings of git that lose signatures or put merges where none belong. A signed commit that is made again is another. */
const HARMFUL: readonly {
  readonly key: string;
  readonly when: (value: string) => boolean;
  readonly why: string;
  readonly remedy: string;
}[] = [
  {
    key: 'pull.rebase',
    when: (value) => value !== 'false',
    why: 'git pull makes your signed commits again, without their signatures',
    remedy: 'git config pull.rebase false; git config pull.ff only',
  },
  {
    key: 'pull.ff',
    when: (value) => value === 'false',
    why: 'every git pull makes a merge, even where there is nothing to merge',
    remedy: 'git config pull.ff only',
  },
  {
    key: 'merge.ff',
    when: (value) => value === 'false',
    why: 'every git merge makes a merge commit, even where there is nothing to merge',
    remedy: 'git config merge.ff true',
  },
];

export async function mergeSettings(
  { git }: Context,
  directory: string,
  branch: string | null,
): Promise<readonly Finding[]> {
  const settings = await git.settings(directory);
  const own = branch === null ? null : `branch.${branch.replace('refs/heads/', '')}.rebase`;
  const found = HARMFUL.flatMap(({ key, when, why, remedy }) => {
    const name = key === 'pull.rebase' && own !== null && settings.has(own) ? own : key;
    const value = settings.get(name);
    return value !== undefined && when(value)
      ? [warning('merging', `${name} is ${value}: ${why}`, remedy)]
      : [];
  });
  return found.length > 0 ? found : [ok('merging', 'no setting makes signed commits again')];
}

/** Whoever can write there chooses what is believed. */
export async function configFolder({ files, trust }: Context): Promise<Finding> {
  const check = 'config folder';
  const folder = dirname(trust.file);
  const modes = [await files.mode(folder), await files.mode(trust.file)];
  const open = modes.some((mode) => mode !== null && (mode & 0o022) !== 0);
  if (open)
    return warning(
      check,
      `others may write in ${folder}, which holds your trust roots`,
      `chmod -R go-w ${folder}`,
    );
  return ok(check, modes[0] === null ? `${folder} is not there yet` : `${folder} is yours alone to write`);
}
