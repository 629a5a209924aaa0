import { resolve } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import type { GitPrograms } from '../../ports/git.ts';
import type { GitRepository } from '../../ports/repository.ts';
import { checkGitVersion } from './discover.ts';
import { openClone } from './clone.ts';
import { initRepository, userGit } from './porcelain.ts';
import { gitIn } from './process.ts';
import { openRepository } from './repository.ts';

/** git as found on PATH, relative to a working folder. */
export function gitPrograms(workingFolder: string, environment: NodeJS.ProcessEnv): GitPrograms {
  const at = (directory: string): string => resolve(workingFolder, directory);
  // What lies in a folder does not change under a command, and to find it out takes processes.
  const opened = new Map<string, Promise<GitRepository>>();
  const open = (directory: string): Promise<GitRepository> => {
    const found = opened.get(directory) ?? openRepository(directory, environment);
    opened.set(directory, found);
    found.catch(() => opened.delete(directory));
    return found;
  };
  return {
    open: (directory) => open(at(directory)),
    init: async (directory, format, bare) => {
      await initRepository(at(directory), format, environment, bare);
      opened.clear();
      return await open(at(directory));
    },
    openClone: (directory, address) => openClone(at(directory), address, environment),
    settings: (directory) => userGit(at(directory), environment).effective(),
    version: async () => {
      try {
        return await checkGitVersion(gitIn({ directory: workingFolder, ambient: environment }));
      } catch (error) {
        if (error instanceof CannotTell && error.code === 'TOOL_MISSING') return null;
        throw error;
      }
    },
  };
}
