import { lstat, mkdir, open, readFile, readlink, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import { isErrno } from './failure.ts';
import { idOf, type ObjectFormat } from './object-id.ts';
import type { PathEntry } from './trees.ts';

/** Files of the work tree, read and written byte by byte: no filter, no line ending change, never through a symlink. */

/** What lies at a path: nothing, a file, or something nobody here may touch (folder, symlink, device, behind a symlink). */
export type OnDisk =
  { readonly kind: 'nothing' } | { readonly kind: 'file'; readonly id: string } | { readonly kind: 'other' };

/** Larger files are not of the tool's making. */
const MAX_FILE_BYTES = 512 * 1024 * 1024;

export async function lookAt(workTree: string, path: string, format: ObjectFormat): Promise<OnDisk> {
  if (!isInside(path)) return { kind: 'other' };
  for (const folder of parentsOf(path)) {
    const found = await statOf(join(workTree, folder));
    if (found === null) return { kind: 'nothing' };
    if (!found.isDirectory()) return { kind: 'other' };
  }
  const file = join(workTree, path);
  const found = await statOf(file);
  if (found === null) return { kind: 'nothing' };
  if (found.isSymbolicLink())
    return { kind: 'file', id: idOf('blob', Buffer.from(await readlink(file)), format) };
  if (!found.isFile() || found.size > MAX_FILE_BYTES) return { kind: 'other' };
  return { kind: 'file', id: idOf('blob', await readFile(file), format) };
}

export function isSame(disk: OnDisk, entry: PathEntry | undefined): boolean {
  return disk.kind === 'nothing' ? entry === undefined : disk.kind === 'file' && disk.id === entry?.id;
}

/** Puts a file in place whole: whoever looks sees the old bytes or the new ones. */
export async function putFile(
  workTree: string,
  path: string,
  bytes: Uint8Array,
  executable: boolean,
): Promise<void> {
  for (const folder of parentsOf(path)) {
    await mkdir(join(workTree, folder)).catch((error: unknown) => {
      if (!isErrno(error, 'EEXIST')) throw ioFailed(join(workTree, folder), error);
    });
    const made = await statOf(join(workTree, folder));
    if (made?.isDirectory() !== true) throw ioFailed(join(workTree, folder), undefined);
  }
  const temporary = join(workTree, dirname(path), `.modelsmith-${randomBytes(8).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', executable ? 0o777 : 0o666);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(workTree, path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw ioFailed(join(workTree, path), error);
  }
}

/** Removes a file and the folders that this leaves empty. */
export async function removeFile(workTree: string, path: string): Promise<void> {
  await unlink(join(workTree, path)).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT')) throw ioFailed(join(workTree, path), error);
  });
  for (const folder of parentsOf(path).toReversed()) {
    const gone = await rmdir(join(workTree, folder)).then(
      () => true,
      () => false,
    );
    if (!gone) return;
  }
}

function ioFailed(file: string, cause: unknown): CannotTell {
  // Never NOT_PERMITTED, which says that nothing was changed and that signing can be tried again.
  return new CannotTell(
    'IO_FAILED',
    'the branch has moved, but the checked-out file could not be brought along',
    {
      place: { file },
      remedy: 'look at `git status`; `git checkout HEAD -- <path>` completes it',
      cause,
    },
  );
}

/** The folders above a path, outermost first. */
function parentsOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function isInside(path: string): boolean {
  return (
    path !== '' && !path.includes('\0') && path.split('/').every((part) => !/^(\.|\.\.|\.git|)$/i.test(part))
  );
}

async function statOf(path: string): Promise<Awaited<ReturnType<typeof lstat>> | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null;
    throw ioFailed(path, error);
  }
}
