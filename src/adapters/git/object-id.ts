import { createHash } from 'node:crypto';

/** Lengths of full ids in hexadecimal digits. */
export type ObjectFormat = 'sha1' | 'sha256';

export function isFullId(text: string, format: ObjectFormat): boolean {
  return (format === 'sha1' ? /^[0-9a-f]{40}$/ : /^[0-9a-f]{64}$/).test(text);
}

export function zeroId(format: ObjectFormat): string {
  return '0'.repeat(format === 'sha1' ? 40 : 64);
}

/** The id git gives an object: the hash of its header and bytes. */
export function idOf(type: string, bytes: Uint8Array, format: ObjectFormat): string {
  return createHash(format).update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
}
