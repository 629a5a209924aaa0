import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import type { FileEntry } from '../../domain/entry.ts';

/** Files that others read while we write: each is there as a whole or not at all, and no link is followed. */

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
const DRAFT = /^\.[0-9a-f-]{36}\.new$/;

/** Names in a folder, without drafts; none where it is not there, or is no folder. */
export async function namesOf(folder: string): Promise<readonly string[]> {
  const names = await reading(folder, () => plainNames(folder));
  return (names ?? []).filter((name) => !DRAFT.test(name)).sort();
}

/** Null where there is no folder, but a link or a file. */
async function plainNames(folder: string): Promise<string[] | null> {
  return (await lstat(folder)).isDirectory() ? await readdir(folder) : null;
}

/**
 * Whether a folder and those inside it hold these names and no other, and no folder of them is a link. What lies under a name
 * that is a file here is not looked at. A folder that holds more is left at the first level that shows it.
 */
export async function holdsAlone(folder: string, paths: readonly string[]): Promise<boolean> {
  const below = new Map<string, string[]>();
  for (const path of paths) {
    const [name = '', ...rest] = path.split('/');
    below.set(name, [...(below.get(name) ?? []), ...(rest.length === 0 ? [] : [rest.join('/')])]);
  }
  const names = await reading(folder, () => plainNames(folder));
  if (names === null) return false;
  if (names.sort().join('/') !== [...below.keys()].sort().join('/')) return false;
  for (const [name, inside] of below)
    if (inside.length > 0 && !(await holdsAlone(join(folder, name), inside))) return false;
  return true;
}

/** The text of a small plain file; null where there is none. */
export async function textOf(file: string, maxBytes: number): Promise<string | null> {
  return await reading(file, () =>
    opened(file, async (handle) => {
      const facts = await handle.stat();
      return facts.isFile() && facts.size <= maxBytes ? await handle.readFile('utf8') : '';
    }),
  );
}

/** Whether a plain file of exactly this content lies there. */
export async function isFile(file: string, { size, sha256 }: FileEntry): Promise<boolean> {
  const found = await reading(file, () =>
    opened(file, async (handle) => {
      const facts = await handle.stat();
      if (!facts.isFile() || facts.size !== size) return null;
      const hash = createHash('sha256');
      for await (const part of handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>)
        hash.update(part);
      return hash.digest('hex');
    }),
  );
  return found === sha256;
}

async function opened<T>(file: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

/** @returns null for what is not there. @throws CannotTell for what is there and cannot be read. */
async function reading<T>(file: string, read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch (cause) {
    if (isAbsent(cause)) return null;
    throw new CannotTell('IO_FAILED', 'a file of a target cannot be read', {
      facts: [wordsOf(cause)],
      place: { file },
      remedy: 'see that this machine may read there',
      cause,
    });
  }
}

/** Puts a text in place. */
export async function writeText(file: string, text: string): Promise<void> {
  const draft = join(dirname(file), `.${randomUUID()}.new`);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeAll(draft, one(text));
    await rename(draft, file);
    await syncFolder(dirname(file));
  } catch (cause) {
    throw unwritable(file, cause);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** Puts a folder of files in place, in the place of whatever lies there. Each is hashed as it is written. */
export async function writeFolder(
  folder: string,
  files: readonly FileEntry[],
  bytesOf: (file: FileEntry) => AsyncIterable<Uint8Array>,
): Promise<void> {
  const draft = join(dirname(folder), `.${randomUUID()}.new`);
  const old = join(dirname(folder), `.${randomUUID()}.new`);
  try {
    await dropOldDrafts(dirname(folder));
    for (const file of files) {
      const path = join(draft, file.path);
      await mkdir(dirname(path), { recursive: true });
      const found = await writeAll(path, bytesOf(file));
      if (found !== file.sha256)
        throw new CannotTell('BAD_DATA', 'a file of the registry is not the one that was exported', {
          facts: [`${file.path}: expected ${file.sha256}, found ${found}`],
          remedy: 'find out who changed the registry, and export again',
        });
    }
    await syncFolder(draft);
    await rename(folder, old).catch(absent);
    await rename(draft, folder);
    await syncFolder(dirname(folder));
  } catch (cause) {
    throw cause instanceof CannotTell ? cause : unwritable(folder, cause);
  } finally {
    // What cannot be cleared now is old tomorrow.
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    await rm(old, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Longer than anybody writes at one draft. */
const DRAFT_MS = 24 * 3600 * 1000;

/** What somebody who was killed left, which may be gigabytes. */
async function dropOldDrafts(folder: string): Promise<void> {
  const names = await readdir(folder).catch(absent);
  for (const name of (names ?? []).filter((each) => DRAFT.test(each))) {
    const facts = await lstat(join(folder, name)).catch(absent);
    if (facts !== null && facts.mtimeMs < Date.now() - DRAFT_MS) await removeAll(join(folder, name));
  }
}

export async function removeAll(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** @returns the SHA-256 of what was written. */
async function writeAll(file: string, parts: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(file, 'wx', 0o644);
  try {
    for await (const part of parts) {
      hash.update(part);
      await handle.writeFile(part);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* one(text: string): AsyncGenerator<Uint8Array, void> {
  yield new TextEncoder().encode(text);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function absent(cause: unknown): null {
  if (isAbsent(cause)) return null;
  throw cause;
}

function isAbsent(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : '';
  return code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR';
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function unwritable(file: string, cause: unknown): CannotTell {
  return new CannotTell('IO_FAILED', 'a file of a target cannot be written', {
    facts: [wordsOf(cause)],
    place: { file },
    remedy: 'see that this machine may write there and that there is room',
    cause,
  });
}
