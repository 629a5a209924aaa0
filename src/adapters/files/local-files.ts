import { link, mkdir, open, readdir, realpath, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { randomUUID } from 'node:crypto';
import { CannotTell, type CannotTellCode } from '../../base/errors.ts';
import type { Files } from '../../ports/files.ts';

export function localFiles(workingFolder: string): Files {
  const absolute = (path: string): string => resolve(workingFolder, path);
  return {
    absolute,
    read: async (path, maxBytes) => {
      const file = absolute(path);
      const handle = await open(file, 'r').catch((cause: unknown) => fail(file, 'read', cause));
      try {
        const facts = await handle.stat();
        if (facts.isDirectory()) throw new CannotTell('NO_INPUT', `${path} is a folder, not a file`);
        if (facts.size > maxBytes) throw tooLarge(path, maxBytes, [`size: ${facts.size}`]);
        // A pipe or a device tells no size, and may have no end.
        if (!facts.isFile()) {
          return await readStream(handle, path, maxBytes).catch((cause: unknown) =>
            fail(file, 'read', cause),
          );
        }
        return new Uint8Array(await handle.readFile().catch((cause: unknown) => fail(file, 'read', cause)));
      } finally {
        await handle.close();
      }
    },
    exists: (path) =>
      stat(absolute(path)).then(
        () => true,
        () => false,
      ),
    mode: (path) =>
      process.platform === 'win32'
        ? Promise.resolve(null)
        : stat(absolute(path)).then(
            (facts) => facts.mode & 0o777,
            () => null,
          ),
    free: (path) =>
      statfs(absolute(path)).then(
        ({ bavail, bsize }) => bavail * bsize,
        () => null,
      ),
    list: async (path) => {
      const facts = await stat(absolute(path)).catch((cause: unknown) => fail(absolute(path), 'read', cause));
      return facts.isDirectory() ? (await readdir(absolute(path))).sort() : null;
    },
    real: (path) => realOf(absolute(path)),
    create: async (path, bytes, mode = 0o644) => {
      const file = absolute(path);
      const draft = `${file}.${randomUUID()}.new`;
      try {
        await mkdir(dirname(file), { recursive: true });
        const handle = await open(draft, 'wx', mode);
        await handle.writeFile(bytes);
        await handle.sync();
        await handle.close();
        await link(draft, file); // fails where something is there, unlike a rename
      } catch (cause) {
        fail(file, 'written', cause);
      } finally {
        await rm(draft, { force: true });
      }
    },
  };
}

async function realOf(file: string): Promise<string> {
  const found = await realpath(file).catch(() => null);
  if (found !== null || dirname(file) === file) return found ?? file;
  return join(await realOf(dirname(file)), basename(file));
}

async function readStream(handle: FileHandle, path: string, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of handle.createReadStream({ autoClose: false }) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(path, maxBytes, []);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function tooLarge(path: string, maxBytes: number, facts: readonly string[]): CannotTell {
  return new CannotTell('BAD_DATA', `${path} is larger than ${maxBytes} bytes`, { facts });
}

const CODES: Readonly<Record<string, CannotTellCode>> = {
  ENOENT: 'NO_INPUT',
  ENOTDIR: 'NO_INPUT',
  EACCES: 'NOT_PERMITTED',
  EPERM: 'NOT_PERMITTED',
  EEXIST: 'CANNOT_CREATE',
  EROFS: 'CANNOT_CREATE',
};

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'part of the path is no folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EEXIST: 'it is already there',
  EROFS: 'the file system is read-only',
};

function fail(file: string, what: 'read' | 'written', cause: unknown): never {
  if (cause instanceof CannotTell) throw cause;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  throw new CannotTell(
    CODES[code] ?? 'IO_FAILED',
    `${file} cannot be ${what}: ${WHY[code] ?? (code || 'input/output error')}`,
    { cause },
  );
}
