import { sha256 } from '../base/digest.ts';
import type { FileEntry } from '../domain/entry.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { NewFile } from './act.ts';

/** Holds the files an act brings against the list its entry signs: the same paths, sizes and digests. */
export function checkFiles(stated: readonly FileEntry[], brought: readonly NewFile[]): readonly Reason[] {
  const digests = brought.map(({ path, bytes }) => ({ path, size: bytes.length, digest: sha256(bytes) }));
  const found = new Map(digests.map(({ path, digest }) => [path, digest]));
  const listed = new Map(stated.map((file) => [file.path as string, file]));
  const missing = stated.flatMap((file) => {
    const digest = found.get(file.path);
    return digest === file.sha256
      ? []
      : [reason('FILE_DIFFERS', { path: file.path, stated: file.sha256, found: digest ?? 'no file' })];
  });
  const sizes = digests.flatMap(({ path, size, digest }) => {
    const entry = listed.get(path);
    if (entry === undefined) return [reason('FILE_DIFFERS', { path, stated: 'not listed', found: digest })];
    if (entry.size === size) return [];
    return [reason('FILE_DIFFERS', { path, stated: `${entry.size} bytes`, found: `${size} bytes` })];
  });
  return [...missing, ...sizes];
}

export function toFileEntries(files: readonly NewFile[]): readonly FileEntry[] {
  return [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((file) => ({ path: file.path, size: file.bytes.length, sha256: sha256(file.bytes) }) as FileEntry);
}
