import { sha256 } from '../base/digest.ts';
import type { FileEntry } from '../domain/entry.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { NewFile } from './act.ts';

/** Holds the files an act brings against the list its entry signs: the same paths, sizes and digests. */
export function checkFiles(stated: readonly FileEntry[], brought: readonly NewFile[]): readonly Reason[] {
  const found = new Map(brought.map((file) => [file.path, sha256(file.bytes)]));
  const listed = new Map(stated.map((file) => [file.path as string, file]));
  const missing = stated.flatMap((file) => {
    const digest = found.get(file.path);
    return digest === file.sha256
      ? []
      : [reason('FILE_DIFFERS', { path: file.path, stated: file.sha256, found: digest ?? 'no file' })];
  });
  const sizes = brought.flatMap((file) => {
    const entry = listed.get(file.path);
    if (entry === undefined)
      return [
        reason('FILE_DIFFERS', { path: file.path, stated: 'not listed', found: found.get(file.path) ?? '' }),
      ];
    if (entry.size === file.bytes.length) return [];
    return [
      reason('FILE_DIFFERS', {
        path: file.path,
        stated: `${entry.size} bytes`,
        found: `${file.bytes.length} bytes`,
      }),
    ];
  });
  return [...missing, ...sizes];
}

export function toFileEntries(files: readonly NewFile[]): readonly FileEntry[] {
  return [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((file) => ({ path: file.path, size: file.bytes.length, sha256: sha256(file.bytes) }) as FileEntry);
}
