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
  return reading(path, (source) => copy(source, null));
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
    check(await measure(path), expected, path);
    return;
  }
  await replace(root, blobPath(root, expected.sha256), async (target) => {
    check(await reading(path, (source) => copy(source, target)), expected, path);
    return expected;
  });
}

export async function putBytes(root: string, bytes: Uint8Array): Promise<void> {
  const expected = { size: bytes.length, sha256: sha256(bytes) };
  const path = blobPath(root, expected.sha256);
  if (!agrees(await measure(path), expected)) await writeWhole(root, path, bytes);
}

/** Writes a small file as a whole or not at all. @throws CannotTell IO_FAILED. */
export async function writeWhole(root: string, path: string, bytes: Uint8Array): Promise<void> {
  await replace(root, path, async (target) => {
    await target.writeFile(bytes);
    return { size: bytes.length, sha256: sha256(bytes) };
  });
}

/** Gives `path` new content in one step; what reached the disk is hashed again before it gets its name. */
async function replace(
  root: string,
  path: string,
  write: (target: FileHandle) => Promise<Measured>,
): Promise<void> {
  const temporary = join(root, `.incoming-${randomUUID()}`);
  try {
    const target = await open(temporary, 'wx', 0o644);
    let expected: Measured;
    try {
      expected = await write(target);
      await target.sync();
    } finally {
      await target.close();
    }
    if (!agrees(await measure(temporary), expected)) {
      throw new CannotTell('IO_FAILED', 'What was written to the registry reads back differently.', {
        place: { file: path },
      });
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    throw asCannotTell(error, 'A file could not be written to the registry.', path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A rename is durable once its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
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

async function reading<T>(path: string, read: (source: FileHandle) => Promise<T>): Promise<T | null> {
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

async function copy(source: FileHandle, target: FileHandle | null): Promise<Measured> {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(CHUNK_BYTES);
  let size = 0;
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, buffer.length, size);
    if (bytesRead === 0) return { size, sha256: hash.digest('hex') as Sha256 };
    const bytes = buffer.subarray(0, bytesRead);
    hash.update(bytes);
    // writeFile on a handle writes all of the bytes at its present position.
    await target?.writeFile(bytes);
    size += bytesRead;
  }
}

function agrees(found: Measured | null, expected: Measured): boolean {
  return found?.size === expected.size && found.sha256 === expected.sha256;
}

function check(found: Measured | null, expected: Measured, path: string): void {
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
