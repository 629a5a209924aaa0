import { createHash } from 'node:crypto';
import { constants, type BigIntStats } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import type { Sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';

const CHUNK_BYTES = 1024 * 1024;

/** Reads the file front to back once; memory stays the same whatever its size. */
export class SteadyFile {
  private readonly handle: FileHandle;
  private readonly hash = createHash('sha256');
  private at = 0;
  /** Bytes. */
  readonly size: number;

  constructor(handle: FileHandle, size: number) {
    this.handle = handle;
    this.size = size;
  }

  /** The next bytes, at most `count`; fewer only at the end of the file. */
  async take(count: number): Promise<Uint8Array> {
    const buffer = new Uint8Array(Math.min(count, this.size - this.at));
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await this.handle.read(buffer, filled, buffer.length - filled, this.at + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    const bytes = buffer.subarray(0, filled);
    this.at += filled;
    this.hash.update(bytes);
    return bytes;
  }

  /** The SHA-256 of the whole file: of the bytes already taken and of the rest. */
  async digest(): Promise<Sha256> {
    const [one, other] = [new Uint8Array(CHUNK_BYTES), new Uint8Array(CHUNK_BYTES)];
    let coming = this.next(one);
    for (;;) {
      const { bytesRead, buffer } = await coming;
      if (bytesRead === 0) return this.hash.digest('hex') as Sha256;
      this.at += bytesRead;
      // The next bytes are read while these are hashed.
      coming = this.next(buffer === one ? other : one);
      this.hash.update(buffer.subarray(0, bytesRead));
    }
  }

  private next(buffer: Uint8Array) {
    return this.handle.read(buffer, 0, Math.min(buffer.length, this.size - this.at), this.at);
  }
}

/**
 * Opens a regular file, never through a symbolic link, and lets `read` have it.
 * @throws CannotTell RACE_LOST where it is another or a changed file afterwards; IO_FAILED.
 */
export async function withSteadyFile<T>(path: string, read: (file: SteadyFile) => Promise<T>): Promise<T> {
  try {
    // Non-blocking, so that a pipe put there meanwhile cannot keep the process waiting.
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const before = await handle.stat({ bigint: true });
      const result = await read(new SteadyFile(handle, Number(before.size)));
      if (
        !before.isFile() ||
        !same(before, await handle.stat({ bigint: true })) ||
        !same(before, await lstat(path, { bigint: true }))
      ) {
        throw new CannotTell('RACE_LOST', 'A file changed while it was read.', {
          place: { file: path },
          remedy: 'Run again when nothing writes to the folder.',
        });
      }
      return result;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof CannotTell) throw error;
    throw new CannotTell('IO_FAILED', 'A file could not be read.', { place: { file: path }, cause: error });
  }
}

function same(a: BigIntStats, b: BigIntStats): boolean {
  return (
    a.dev === b.dev &&
    a.ino === b.ino &&
    a.size === b.size &&
    a.mtimeNs === b.mtimeNs &&
    a.ctimeNs === b.ctimeNs
  );
}
