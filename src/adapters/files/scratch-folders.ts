import { rmSync, writeSync } from 'node:fs';
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import type { ScratchFolders } from '../../ports/scratch.ts';

const PREFIX = 'modelsmith-scratch-';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A child that is ending may still write. */
const WHOLE = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;

/** Folders below the system's folder for temporary files, named after the process that made them. */
export function scratchFolders(within: string = tmpdir()): ScratchFolders {
  return {
    make: async (lastWords) => {
      await sweep(within);
      const path = await made(within);
      const onExit = (): void => rmSync(path, WHOLE);
      const onSignal = (signal: NodeJS.Signals): void => {
        release();
        rmSync(path, WHOLE);
        // Behind what a progress has left on its line.
        if (lastWords !== undefined) say(`\n${lastWords}\n`);
        process.kill(process.pid, signal);
      };
      const release = (): void => {
        process.off('exit', onExit);
        for (const signal of SIGNALS) process.off(signal, onSignal);
      };
      process.once('exit', onExit);
      for (const signal of SIGNALS) process.once(signal, onSignal);
      return {
        path,
        remove: async () => {
          await rm(path, WHOLE);
          release();
        },
      };
    },
  };
}

/** At once, for the process ends. After a hang-up there may be nobody to hear it. */
function say(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    return;
  }
}

async function made(within: string): Promise<string> {
  try {
    // Where the folder is a link, as on macOS, git calls what lies in it by its real name.
    return await realpath(await mkdtemp(join(within, `${PREFIX}${process.pid}-`)));
  } catch (cause) {
    throw new CannotTell('CANNOT_CREATE', 'a folder for temporary files cannot be made', {
      place: { file: within },
      cause,
    });
  }
}

/** Takes away what processes left that were killed. What is not ours stays. */
async function sweep(within: string): Promise<void> {
  const names = await readdir(within).catch(() => []);
  for (const name of names) {
    const [, pid] = /^modelsmith-scratch-([1-9]\d*)-/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(join(within, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
