import { hash } from 'node:crypto';

/** A SHA-256 in 64 lower-case hexadecimal digits. */
export type Sha256 = string & { readonly __brand: 'Sha256' };

export function sha256(data: string | Uint8Array): Sha256 {
  return hash('sha256', data, 'hex') as Sha256;
}

export interface FileDigest {
  readonly path: string;
  readonly sha256: Sha256;
}

/**
 * The digest of a set of files: the SHA-256 of the text `sha256sum` prints for them, sorted by path (by code unit),
 * so that anybody can check it with `sha256sum <paths…> | sha256sum`.
 */
export function digestOfFiles(files: readonly FileDigest[]): Sha256 {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return sha256(sorted.map((file) => `${file.sha256}  ${file.path}\n`).join(''));
}
