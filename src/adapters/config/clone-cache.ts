import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import type { CloneCache } from '../../ports/clones.ts';
import { isOwnFolder } from './own-files.ts';

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
      await hold(lock);
      const drop = (): Promise<void> => rm(lock, { force: true });
      return { folder, release: drop };
    },
  };
}

/** A file that only one process can make. One whose process has ended holds nothing. */
async function hold(lock: string): Promise<void> {
  const own = `${lock}.${process.pid}-${randomUUID()}`;
  try {
    // With its content from the start: whoever finds it can tell whose it is.
    await writeFile(own, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
    for (let tries = 0; tries < 3; tries += 1) {
      if (await linked(own, lock)) return;
      const holder = await holderOf(lock);
      if (holder !== null && isRunning(holder)) throw held(lock, holder);
      const old = `${own}.old`;
      if (!(await moved(lock, old))) continue;
      // Somebody else may have taken it over since it was looked at.
      const taken = await holderOf(old);
      if (taken !== null && taken !== holder && isRunning(taken)) {
        await linked(old, lock);
        await rm(old, { force: true });
        throw held(lock, taken);
      }
      await rm(old, { force: true });
    }
  } catch (cause) {
    if (cause instanceof CannotTell) throw cause;
    throw new CannotTell('IO_FAILED', 'the clone cannot be locked', { place: { file: lock }, cause });
  } finally {
    await rm(own, { force: true });
  }
  throw held(lock, null);
}

async function linked(from: string, to: string): Promise<boolean> {
  return await link(from, to).then(
    () => true,
    (error: unknown) => {
      if (isCode(error, 'EEXIST')) return false;
      throw error;
    },
  );
}

async function moved(from: string, to: string): Promise<boolean> {
  return await rename(from, to).then(
    () => true,
    (error: unknown) => {
      if (isCode(error, 'ENOENT')) return false;
      throw error;
    },
  );
}

async function holderOf(lock: string): Promise<number | null> {
  const pid = Number((await readFile(lock, 'utf8').catch(() => '')).trim());
  return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
}

function held(lock: string, holder: number | null): CannotTell {
  return new CannotTell('RACE_LOST', 'another modelsmith is working in the clone of this repository', {
    facts: holder === null ? [] : [`process ${holder}`],
    place: { file: lock },
    remedy: 'wait for it to end, then run this again',
  });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}
