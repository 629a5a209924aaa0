import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';

/** Bytes that are written at once. */
const CHUNK = 1024 * 1024;

/** A file that only this process can open, for what need not be in memory. It is gone with the process. */
export class SpillFile {
  private readonly file: number;
  private readonly folder: string;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private written = 0;

  /** @param folder in which it is made. @throws CannotTell CANNOT_CREATE. */
  constructor(folder = tmpdir()) {
    try {
      const own = mkdtempSync(join(folder, 'modelsmith-'));
      try {
        this.file = openSync(join(own, 'objects'), 'wx+', 0o600);
      } finally {
        remove(own);
      }
    } catch (cause) {
      throw new CannotTell('CANNOT_CREATE', 'no file can be made for what need not be in memory', {
        place: { file: folder },
        remedy: 'name a folder that can be written to in TMPDIR',
        cause,
      });
    }
    this.folder = folder;
    // What brings bytes back is handed around, so nobody can say when the last was asked.
    FORGOTTEN.register(this, this.file, this);
  }

  /** @returns what brings the bytes back. */
  put(bytes: Uint8Array): () => Uint8Array {
    const at = this.written + this.waitingBytes;
    // What was read may be a part of something larger, which is not to be kept for it.
    this.waiting.push(Buffer.from(bytes));
    this.waitingBytes += bytes.length;
    if (this.waitingBytes >= CHUNK) this.flush();
    return this.loader(at, bytes.length);
  }

  /** Made where the bytes are out of sight: a closure keeps all that is named around it. */
  private loader(at: number, size: number): () => Uint8Array {
    return () => this.read(at, size);
  }

  close(): void {
    FORGOTTEN.unregister(this);
    closeSync(this.file);
  }

  private flush(): void {
    const bytes = Buffer.concat(this.waiting);
    try {
      for (let done = 0; done < bytes.length;)
        done += writeSync(this.file, bytes, done, bytes.length - done, this.written + done);
    } catch (cause) {
      throw new CannotTell('IO_FAILED', 'what need not be in memory cannot be written to a file', {
        place: { file: this.folder },
        remedy: 'make room there, or name another folder in TMPDIR',
        cause,
      });
    }
    this.written += bytes.length;
    this.waiting = [];
    this.waitingBytes = 0;
  }

  private read(at: number, size: number): Uint8Array {
    if (at + size > this.written) this.flush();
    const bytes = Buffer.alloc(size);
    for (let done = 0; done < size;) {
      const read = readSync(this.file, bytes, done, size - done, at + done);
      if (read === 0) throw new CannotTell('IO_FAILED', 'the file for what was read was cut short');
      done += read;
    }
    return bytes;
  }
}

const FORGOTTEN = new FinalizationRegistry<number>((file) => closeSync(file));

/** Where a file that is open cannot be removed, it goes at the end. */
function remove(folder: string): void {
  const gone = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    gone();
  } catch {
    process.once('exit', gone);
  }
}
