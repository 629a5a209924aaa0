import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import type { RepositoryId } from '../../domain/names.ts';
import { isOwnFolder } from './own-files.ts';
import { holdLock } from './process-lock.ts';

/** One reconciler of a repository at a time on this machine; on others, doing the same twice does no harm. */
export function reconcileLock(environment: NodeJS.ProcessEnv) {
  const { XDG_STATE_HOME: named = '', HOME: home = '' } = environment;
  const state = isAbsolute(named) ? named : join(home === '' ? homedir() : home, '.local', 'state');
  const folder = join(state, 'modelsmith', 'reconcile');
  return async (repository: RepositoryId): Promise<() => Promise<void>> => {
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
      throw new CannotTell('IO_FAILED', 'the folder for locks cannot be made', {
        place: { file: folder },
        cause,
      });
    });
    await isOwnFolder(folder);
    return await holdLock(
      join(folder, `${repository}.lock`),
      'another modelsmith is reconciling this repository',
    );
  };
}
