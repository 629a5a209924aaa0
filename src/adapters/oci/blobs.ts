import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sha256, type Sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';

const CHUNK_BYTES = 1024 * 1024;

export interface Measured {
  /** Bytes. */
  readonly size: number;
  readonly sha256: Sha256;
}

export function blobPath(root: string, digest: Sha256): string {
  return join(root, 'blobs', 'sha256', digest);
}

/** Size and SHA-256 of a regular file, in constant memory; null where there is none. @throws CannotTell IO_FAILED. */
export async function measure(path: string): Promise<Measured | null> {
  return reading(path, hashed);
}

/** The bytes of a small file; null where there is none. @throws CannotTell BAD_DATA above `maxBytes`, IO_FAILED. */
export async function readSmall(path: string, maxBytes: number): Promise<Uint8Array | null> {
  return reading(path, async (source) => {
    const { size } = await source.stat();
    if (size > maxBytes)
      throw new CannotTell('BAD_DATA', `A file of the registry is larger than ${maxBytes} bytes.`, {
        place: { file: path },
      });
    return source.readFile();
  });
}

/**
 * Puts a file's bytes under their digest. A sound blob that is already there stays untouched; a damaged one is
 * replaced, since these are the bytes its name calls for.
 * @throws CannotTell NO_INPUT where the file is missing, BAD_DATA where it is not the expected one, IO_FAILED.
 */
export async function putFile(root: string, path: string, expected: Measured): Promise<void> {
  if (agrees(await measure(blobPath(root, expected.sha256)), expected)) {
    checkFile(await measure(path), expected, path);
    return;
  }
  await replace(root, blobPath(root, expected.sha256), expected, {
    write: async (target) => {
      const found = await reading(path, async (source) => {
        for await (const bytes of chunks(source)) await target.writeFile(bytes);
        return expected;
      });
      checkFile(found, expected, path);
    },
    // Only now it matters what was in the file: hashed is the copy, so that the bytes are gone through once.
    differs: async () => checkFile(await measure(path), expected, path),
  });
}

export async function putBytes(root: string, bytes: Uint8Array): Promise<void> {
  const expected = { size: bytes.length, sha256: sha256(bytes) };
  const path = blobPath(root, expected.sha256);
  if (!agrees(await measure(path), expected)) await writeWhole(root, path, bytes);
}

/** Writes a small file as a whole or not at all. @throws CannotTell IO_FAILED. */
export async function writeWhole(root: string, path: string, bytes: Uint8Array): Promise<void> {
  const expected = { size: bytes.length, sha256: sha256(bytes) };
  await replace(root, path, expected, {
    write: (target) => target.writeFile(bytes),
  });
}

interface Writing {
  readonly write: (target: FileHandle) => Promise<void>;
  /** Says why it has other bytes than expected, where it knows. @throws CannotTell. */
  readonly differs?: () => Promise<void>;
}

/** Gives `path` new content in one step; what was written is hashed again before it gets its name. */
async function replace(
  root: string,
  path: string,
  expected: Measured,
  { write, differs }: Writing,
): Promise<void> {
  const temporary = join(root, `.incoming-${randomUUID()}`);
  try {
    const target = await open(temporary, 'wx', 0o644);
    let found: Measured | null;
    try {
      await write(target);
      // To reach the disk takes as long as hashing, and needs no processor.
      [found] = await Promise.all([measure(temporary), target.sync()]);
    } finally {
      await target.close();
    }
    if (!agrees(found, expected)) {
      await differs?.();
      throw new CannotTell('IO_FAILED', 'What was written to the registry reads back differently.', {
        place: { file: path },
      });
    }
    await rename(temporary, path);
    await sync(dirname(path));
  } catch (error) {
    throw asCannotTell(error, 'A file could not be written to the registry.', path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Waits until a file, or what a folder lists, is durable. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function asCannotTell(error: unknown, sentence: string, file: string): CannotTell {
  return error instanceof CannotTell
    ? error
    : new CannotTell('IO_FAILED', sentence, { place: { file }, cause: error });
}

/** Works with a regular file, never through a symbolic link; null where there is none. @throws CannotTell BAD_DATA, IO_FAILED. */
export async function reading<T>(path: string, read: (source: FileHandle) => Promise<T>): Promise<T | null> {
  try {
    const source = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await source.stat()).isFile())
        throw new CannotTell('BAD_DATA', 'Expected a regular file.', { place: { file: path } });
      return await read(source);
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw asCannotTell(error, 'A file could not be read.', path);
  }
}

async function hashed(source: FileHandle): Promise<Measured> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const bytes of chunks(source)) {
    hash.update(bytes);
    size += bytes.length;
  }
  return { size, sha256: hash.digest('hex') as Sha256 };
}

/**
 * A file front to back, or a part of it, in constant memory: the next bytes are read while those before are made use of.
 * @param end at which byte to stop, at the latest.
 */
export async function* chunks(
  source: FileHandle,
  start = 0,
  end = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<Uint8Array, void> {
  const [one, other] = [new Uint8Array(CHUNK_BYTES), new Uint8Array(CHUNK_BYTES)];
  let at = start;
  const next = (into: Uint8Array) => source.read(into, 0, Math.min(CHUNK_BYTES, end - at), at);
  let coming = next(one);
  for (;;) {
    const { bytesRead, buffer } = await coming;
    if (bytesRead === 0) return;
    at += bytesRead;
    coming = next(buffer === one ? other : one);
    // Where these can not be made use of, nobody waits for the next any more.
    coming.catch(() => undefined);
    yield buffer.subarray(0, bytesRead);
  }
}

export function agrees(found: Measured | null, expected: Measured): boolean {
  return found?.size === expected.size && found.sha256 === expected.sha256;
}

export function checkFile(found: Measured | null, expected: Measured, path: string): void {
  if (found === null)
    throw new CannotTell('NO_INPUT', 'A file of the artifact is missing.', { place: { file: path } });
  if (agrees(found, expected)) return;
  throw new CannotTell('BAD_DATA', 'A file is not the one the artifact names.', {
    place: { file: path },
    facts: [
      `expected sha256 ${expected.sha256}, ${expected.size} bytes`,
      `found    sha256 ${found.sha256}, ${found.size} bytes`,
    ],
    remedy: 'Give the folder that was submitted, or submit this one as a new iteration.',
  });
}
