import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CannotTell } from '../../base/errors.ts';

/**
 * Where the checked-out files of a repository lie: in the folder that holds its `.git`, at or above `start`. Never where
 * the repository's configuration says, which could send what is written into any folder of the user's.
 * @param declared what `core.worktree` says; empty where it says nothing. @returns null where there is no such folder, as in a bare repository.
 * @throws CannotTell BAD_DATA where `core.worktree` names another folder.
 */
export async function checkoutOf(start: string, gitDir: string, declared: string): Promise<string | null> {
  const here = await realpath(start);
  const folder = await folderWith(await realpath(gitDir), here);
  if (folder === null) return null;
  if (declared === '' || (await real(resolve(gitDir, declared))) === folder) return folder;
  throw new CannotTell('BAD_DATA', 'the repository’s configuration puts its files into another folder', {
    facts: [`core.worktree: ${declared}`, `its .git lies in ${folder}`],
    place: { file: join(gitDir, 'config') },
    remedy: 'find out who wrote that; then: git config --unset core.worktree',
  });
}

/** The folder at or above `here` whose `.git` is this repository. */
async function folderWith(gitDir: string, here: string): Promise<string | null> {
  for (let folder = here; ; folder = dirname(folder)) {
    if (folder === gitDir) return null;
    if ((await pointedTo(join(folder, '.git'))) === gitDir) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/** `.git` is the repository itself, or a file that says where it is (gitrepository-layout). */
async function pointedTo(file: string): Promise<string | null> {
  const found = await stat(file).catch(() => null);
  if (found === null) return null;
  if (found.isDirectory()) return await real(file);
  if (!found.isFile() || found.size > 8192) return null;
  const [, path] = /^gitdir: ([^\n]*[^\r\n])[\r\n]*$/.exec(await readFile(file, 'utf8')) ?? [];
  return path === undefined ? null : await real(resolve(dirname(file), path));
}

async function real(path: string): Promise<string | null> {
  return await realpath(path).catch(() => null);
}
