import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { CannotTell } from '../../base/errors.ts';

/**
 * Takes a lock: a file that only one process can make. One whose process has ended holds nothing.
 * @param busy what to say where another process holds it. @returns what lets go of it. @throws CannotTell RACE_LOST, IO_FAILED.
 */
export async function holdLock(lock: string, busy: string): Promise<() => Promise<void>> {
  await take(lock, busy);
  return () => rm(lock, { force: true });
}

async function take(lock: string, busy: string): Promise<void> {
  const own = `${lock}.${process.pid}-${randomUUID()}`;
  try {
    // With its content from the start: whoever finds it can tell whose it is.
    await writeFile(own, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
    for (let tries = 0; tries < 3; tries += 1) {
      if (await linked(own, lock)) return;
      const holder = await holderOf(lock);
      if (holder !== null && isRunning(holder)) throw held(lock, holder, busy);
      const old = `${own}.old`;
      if (!(await moved(lock, old))) continue;
      // Somebody else may have taken it over since it was looked at.
      const taken = await holderOf(old);
      if (taken !== null && taken !== holder && isRunning(taken)) {
        await linked(old, lock);
        await rm(old, { force: true });
        throw held(lock, taken, busy);
      }
      await rm(old, { force: true });
    }
  } catch (cause) {
    if (cause instanceof CannotTell) throw cause;
    throw new CannotTell('IO_FAILED', 'it cannot be kept from others', { place: { file: lock }, cause });
  } finally {
    await rm(own, { force: true });
  }
  throw held(lock, null, busy);
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

function held(lock: string, holder: number | null, busy: string): CannotTell {
  return new CannotTell('RACE_LOST', busy, {
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
