import { sha256, type Sha256 } from '../../../base/digest.ts';
import { CannotTell } from '../../../base/errors.ts';
import type { OptionSpec } from '../command.ts';
import type { Context } from '../context.ts';

export const OPENED_OPTION: OptionSpec = {
  flags: '--confidential-from <folder>',
  description: 'read confidential files there: where unseal wrote them, or where they are kept',
};

const MOST_FILES = 10_000;
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const MAX_BYTES = 512 * 1024 * 1024;
const MOST_LEVELS = 16;

/**
 * The same context, with the files of a folder at hand. They are known by what they hold, so their names mean nothing.
 * @throws CannotTell NO_INPUT where it is no folder, BAD_DATA where it holds too much.
 */
export async function withOpened<C extends Context>(context: C, folder: string | null): Promise<C> {
  if (folder === null) return context;
  const opened = new Map<Sha256, Uint8Array>();
  let [count, size] = [0, 0];
  const take = async (path: string, level: number): Promise<void> => {
    const names = level > MOST_LEVELS ? null : await context.files.list(path);
    if (names !== null) {
      for (const name of names) await take(`${path}/${name}`, level + 1);
      return;
    }
    const bytes = await context.files.read(path, MAX_FILE_BYTES);
    count += 1;
    size += bytes.length;
    if (count > MOST_FILES || size > MAX_BYTES)
      throw new CannotTell('BAD_DATA', `${folder} holds more than is read`, {
        facts: [`at most ${MOST_FILES} files and ${MAX_BYTES / 1024 / 1024} MiB`],
        remedy: 'name a folder with the confidential files alone',
      });
    opened.set(sha256(bytes), bytes);
  };
  const whole = folder.replace(/[/\\]+$/, '');
  if ((await context.files.list(whole)) === null)
    throw new CannotTell('NO_INPUT', `${folder} is no folder`, {
      remedy: 'modelsmith unseal <iteration> --to <folder> writes one',
    });
  await take(whole, 0);
  return { ...context, opened };
}
