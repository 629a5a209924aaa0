import { readFileSync } from 'node:fs';

/** The version in a `package.json`. */
export function versionOfPackage(manifest: URL): string {
  const read: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : 'unknown';
}
