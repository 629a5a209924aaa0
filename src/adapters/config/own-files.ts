import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { CannotTell } from '../../base/errors.ts';

/** Files and folders that only the person who runs the command may have written. */

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
const OTHERS_MAY_WRITE = 0o022;
const DRAFT = /^\.[0-9a-f-]{36}\.new$/;
const HOUR_MS = 3_600_000;

/** Whether the folder is there. @throws CannotTell NOT_PERMITTED where others may write in it. */
export async function isOwnFolder(folder: string): Promise<boolean> {
  const facts = await lstat(folder).catch((cause: unknown) => absent(folder, cause));
  if (facts === null) return false;
  if (!facts.isDirectory())
    throw new CannotTell('NOT_PERMITTED', 'what should be a folder of yours is something else', {
      place: { file: folder },
      remedy: 'find out who put it there, and move it away',
    });
  mustBeOwn(folder, facts);
  return true;
}

/**
 * The text of a file, never through a symbolic link; null where there is none.
 * @throws CannotTell NOT_PERMITTED where others may write to it, BAD_DATA where it is larger than `maxBytes`, IO_FAILED.
 */
export async function readOwn(file: string, maxBytes: number): Promise<string | null> {
  const handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((cause: unknown) =>
    absent(file, cause),
  );
  if (handle === null) return null;
  try {
    const facts = await handle.stat();
    if (!facts.isFile()) throw damaged(file, 'it is no plain file');
    mustBeOwn(file, facts);
    if (facts.size > maxBytes) throw damaged(file, `it is larger than ${maxBytes} bytes`);
    const bytes = Buffer.alloc(maxBytes + 1);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, bytesRead));
  } catch (cause) {
    throw cause instanceof CannotTell ? cause : unreadable(file, cause);
  } finally {
    await handle.close();
  }
}

/** Puts a whole file in place or none: what is read under its name is never half of it, whenever the power fails. */
export async function writeOwn(file: string, text: string): Promise<void> {
  const folder = dirname(file);
  const draft = join(folder, `.${randomUUID()}.new`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    await syncFolder(folder);
  } catch (cause) {
    throw unwritable(file, cause);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Names of what lies in a folder, without drafts; none where it is not there. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder).catch((cause: unknown) => absent(folder, cause))) ?? [];
  return names.filter((name) => !DRAFT.test(name)).sort();
}

/** Removes files, and drafts that somebody left who was killed an hour ago or earlier. What is gone already is fine. */
export async function removeOwn(folder: string, names: readonly string[]): Promise<void> {
  try {
    for (const name of names) await rm(join(folder, name), { force: true });
    for (const name of (await readdir(folder)).filter((other) => DRAFT.test(other))) {
      const facts = await stat(join(folder, name)).catch(() => null);
      if (facts !== null && Date.now() - facts.mtimeMs > HOUR_MS)
        await rm(join(folder, name), { force: true });
    }
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

export function damaged(file: string, fact: string, cause?: unknown): CannotTell {
  return new CannotTell('BAD_DATA', 'a file that remembers what was verified is damaged', {
    facts: [fact],
    place: { file },
    remedy: 'find out who changed it, then move it away: the next verification remembers the tip anew',
    cause,
  });
}

/** A rename is durable once its folder is. Windows has no way to say so. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whoever can write there chooses what is believed; so such a place is not believed at all. */
function mustBeOwn(path: string, { uid, mode }: Stats): void {
  const self = process.getuid?.();
  if (self === undefined) return; // Windows: who may write lies in lists that no mode shows
  if (uid !== self)
    throw new CannotTell('NOT_PERMITTED', 'another user owns what should be yours alone', {
      facts: [`owner ${uid}, you are ${self}`],
      place: { file: path },
      remedy: 'find out who made it; move it away, or name a folder of your own: --state <folder>',
    });
  if ((mode & OTHERS_MAY_WRITE) !== 0)
    throw new CannotTell('NOT_PERMITTED', 'others may write to what should be yours alone', {
      facts: [`mode ${(mode & 0o777).toString(8)}`],
      place: { file: path },
      remedy: 'look at what is in it, then take that right away: chmod go-w',
    });
}

function absent(path: string, cause: unknown): null {
  const code = cause instanceof Error && 'code' in cause ? cause.code : '';
  if (code === 'ENOENT') return null;
  if (code === 'ELOOP') throw damaged(path, 'it is a symbolic link', cause);
  throw unreadable(path, cause);
}

function unwritable(file: string, cause: unknown): CannotTell {
  return new CannotTell('IO_FAILED', 'what was verified cannot be remembered', {
    facts: [cause instanceof Error ? cause.message : String(cause)],
    place: { file },
    remedy: 'see that you may write there and that there is room, or name another folder: --state <folder>',
    cause,
  });
}

function unreadable(file: string, cause: unknown): CannotTell {
  return new CannotTell('IO_FAILED', 'what was verified before cannot be read', {
    facts: [cause instanceof Error ? cause.message : String(cause)],
    place: { file },
    remedy: 'see that you may read it; without it nobody can tell whether the branch was rewound',
    cause,
  });
}
