import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import type { CloneCache } from '../../ports/clones.ts';
import { isOwnFolder } from './own-files.ts';
import { holdLock } from './process-lock.ts';

/** Folders below `$XDG_CACHE_HOME/modelsmith/clones` (XDG base directory specification), readable to their owner alone. */
export function cloneCache(environment: NodeJS.ProcessEnv): CloneCache {
  const { XDG_CACHE_HOME: named = '', HOME: home = '' } = environment;
  const cache = isAbsolute(named) ? named : join(home === '' ? homedir() : home, '.cache');
  const all = join(cache, 'modelsmith', 'clones');
  return {
    take: async (name) => {
      if (!/^[0-9a-f]+$/.test(name)) throw new Error(`no name for a folder: ${name}`);
      const folder = join(all, name);
      const lock = `${folder}.lock`;
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
      } catch (cause) {
        throw new CannotTell('IO_FAILED', 'the folder for clones cannot be made', {
          place: { file: folder },
          cause,
        });
      }
      for (const level of [join(cache, 'modelsmith'), all, folder]) await isOwnFolder(level);
      const release = await holdLock(lock, 'another modelsmith is working in the clone of this repository');
      return { folder, release };
    },
  };
}
