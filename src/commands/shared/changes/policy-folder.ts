import { CannotTell } from '../../../base/errors.ts';
import type { NewFile } from '../../../machine/act.ts';
import type { Context } from '../context.ts';

const MAX_POLICY_FILE_BYTES = 1024 * 1024;

/**
 * Takes a policy folder as it is: policy.yaml, signers.yaml, keys/ and rubrics/. READMEs and hidden files stay behind.
 * @returns paths relative to the folder, sorted.
 */
export async function policyFolder(context: Context, folder: string): Promise<readonly NewFile[]> {
  const { files } = context;
  const names = await files.list(folder);
  if (names === null)
    throw new CannotTell('NO_INPUT', `${folder} is not a folder`, {
      remedy: 'name the folder that holds policy.yaml and signers.yaml',
    });
  if (!names.includes('policy.yaml'))
    throw new CannotTell('NO_INPUT', `${folder} is no policy folder: there is no policy.yaml in it`, {
      remedy: 'name the folder that holds policy.yaml, signers.yaml, keys/ and rubrics/',
    });
  const found: NewFile[] = [];
  const take = async (path: string): Promise<void> => {
    found.push({ path, bytes: await files.read(`${folder}/${path}`, MAX_POLICY_FILE_BYTES) });
  };
  for (const name of names.filter(isWanted)) {
    const below = await files.list(`${folder}/${name}`);
    if (below === null) await take(name);
    else for (const file of below.filter(isWanted)) await take(`${name}/${file}`);
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function isWanted(name: string): boolean {
  return !name.startsWith('.') && name !== 'README.md';
}
