import { resolve } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import type { GitPrograms } from '../../ports/git.ts';
import { checkGitVersion } from './discover.ts';
import { openClone } from './clone.ts';
import { initRepository, userGit } from './porcelain.ts';
import { gitIn } from './process.ts';
import { openRepository } from './repository.ts';

/** git as found on PATH, relative to a working folder. */
export function gitPrograms(workingFolder: string, environment: NodeJS.ProcessEnv): GitPrograms {
  const at = (directory: string): string => resolve(workingFolder, directory);
  return {
    open: (directory) => openRepository(at(directory), environment),
    init: async (directory, format, bare) => {
      await initRepository(at(directory), format, environment, bare);
      return await openRepository(at(directory), environment);
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
