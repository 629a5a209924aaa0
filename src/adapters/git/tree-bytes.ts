import type { ObjectFormat } from './object-id.ts';

/** Mode of a folder in a tree. */
export const FOLDER = '40000';

/** An entry of a raw tree, its name one character a byte. */
export interface RawEntry {
  readonly mode: string;
  readonly name: string;
  readonly id: string;
}

/** The entries as git reads them, also where it would not have written them so; of two of one name the first. */
export function readTree(bytes: Uint8Array, format: ObjectFormat): readonly RawEntry[] {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const idBytes = format === 'sha1' ? 20 : 32;
  const found = new Map<string, RawEntry>();
  for (let at = 0; at < raw.length;) {
    const space = raw.indexOf(0x20, at);
    const nul = raw.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + 1 + idBytes > raw.length) break;
    const mode = raw.toString('latin1', at, space).replace(/^0+/, '');
    const name = raw.toString('latin1', space + 1, nul);
    const id = raw.toString('hex', nul + 1, nul + 1 + idBytes);
    if (name !== '' && !found.has(name)) found.set(name, { mode, name, id });
    at = nul + 1 + idBytes;
  }
  return [...found.values()];
}

/** The bytes of a tree: in git's order, in which the name of a folder ends with `/`. */
export function printTree(entries: readonly RawEntry[]): Uint8Array {
  const key = ({ mode, name }: RawEntry): string => (mode === FOLDER ? `${name}/` : name);
  const inOrder = [...entries].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return Buffer.concat(
    inOrder.map(({ mode, name, id }) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')]),
    ),
  );
}
