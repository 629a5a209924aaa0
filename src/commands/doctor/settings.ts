import { dirname } from 'node:path';
import type { Context } from '../shared/context.ts';
import { ok, warn, type Finding } from './finding.ts';

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
  {
    key: 'branch.autosetuprebase',
    when: (value) => value === 'always' || value === 'remote',
    why: 'on new branches git pull makes your signed commits again, without their signatures',
    remedy: 'git config --global branch.autoSetupRebase never',
  },
  {
    key: 'rebase.autosquash',
    when: (value) => value !== 'false',
    why: 'it belongs to git rebase, which loses signatures; evidence is merged, never rebased',
    remedy: 'git config rebase.autoSquash false',
  },
  {
    key: 'safe.directory',
    when: (value) => value === '*',
    why: 'git then trusts what other users put into their repositories',
    remedy: 'git config --global --unset-all safe.directory   (then add the folders you mean)',
  },
];

/** What git itself would do here. Nothing is decided by it. */
export async function gitSettings(
  context: Context,
  directory: string,
  branch: string | null,
): Promise<readonly Finding[]> {
  const settings = await context.git.settings(directory);
  const own = branch === null ? null : `branch.${branch.replace('refs/heads/', '')}.rebase`;
  const found = HARMFUL.flatMap(({ key, when, why, remedy }) => {
    const name = key === 'pull.rebase' && own !== null && settings.has(own) ? own : key;
    const value = settings.get(name);
    return value !== undefined && when(value) ? [warn(name, `is ${value}: ${why}`, remedy)] : [];
  });
  return [
    ...(found.length > 0 ? found : [ok('merging', 'no setting makes signed commits again')]),
    ...(await lineEnds(context, directory, settings.get('core.autocrlf'))),
    ...(await programs(context, settings)),
  ];
}

/** `.gitattributes` of an evidence repository says `* -text`, which wins over the setting. */
async function lineEnds(
  { files }: Context,
  directory: string,
  autocrlf: string | undefined,
): Promise<readonly Finding[]> {
  const check = 'core.autocrlf';
  if (autocrlf === undefined || autocrlf === 'false') return [];
  const path = `${directory}/.gitattributes`;
  const text = (await files.exists(path))
    ? new TextDecoder().decode(await files.read(path, 1024 * 1024))
    : '';
  return [
    /^\*\s+-text\b/m.test(text)
      ? ok(check, `is ${autocrlf}; .gitattributes keeps it away from evidence`)
      : warn(
          check,
          `is ${autocrlf}, so git may change line ends of what was signed`,
          'git config core.autocrlf false',
        ),
  ];
}

/** A repository can be written by others: what it names is never started. */
async function programs(
  { signing }: Context,
  settings: ReadonlyMap<string, string>,
): Promise<readonly Finding[]> {
  const { program, format } = await signing.preferences();
  const here = settings.get('gpg.openpgp.program') ?? settings.get('gpg.program') ?? 'gpg';
  return [
    ...(here === program
      ? []
      : [
          warn(
            'gpg.program',
            `this repository names ${here}, which modelsmith ignores: only your global setting counts (${program})`,
            'git config --local --unset gpg.program   (and find out who set it)',
          ),
        ]),
    ...(settings.get('commit.gpgsign') === 'true' && (settings.get('gpg.format') ?? format) !== 'openpgp'
      ? [
          warn(
            'commit.gpgsign',
            `git signs its own commits with ${settings.get('gpg.format') ?? format}, which counts for nothing in evidence`,
            'write evidence with modelsmith; or git config commit.gpgsign false in this repository',
          ),
        ]
      : []),
  ];
}

/** Whoever can write there chooses what is believed. */
export async function configFolder({ files, trust }: Context): Promise<Finding> {
  const check = 'config folder';
  const folder = dirname(trust.file);
  const modes = [await files.mode(folder), await files.mode(trust.file)];
  const open = modes.some((mode) => mode !== null && (mode & 0o022) !== 0);
  if (open)
    return warn(
      check,
      `others may write in ${folder}, which holds your trust roots`,
      `chmod -R go-w ${folder}`,
    );
  return ok(check, modes[0] === null ? `${folder} is not there yet` : `${folder} is yours alone to write`);
}
