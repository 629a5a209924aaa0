import { parsed, unparsable, type Parsed } from '../base/problem.ts';
import { decodeUtf8 } from '../base/utf8.ts';

export interface TreeEntry {
  readonly kind: 'file' | 'executable' | 'folder' | 'link' | 'submodule';
  readonly name: string;
  readonly id: string;
}

const KINDS: ReadonlyMap<string, TreeEntry['kind']> = new Map([
  ['100644', 'file'],
  ['100755', 'executable'],
  ['40000', 'folder'],
  ['120000', 'link'],
  ['160000', 'submodule'],
]);

/**
 * A raw tree taken apart. Entries must be in git's order (folders sort as if their name ended in `/`), each name once:
 * with a duplicate, two programs of git itself read two different files.
 * Names that are not UTF-8 are kept with replacement characters; they are unsafe wherever they matter.
 */
export function parseTree(id: string, bytes: Uint8Array, idBytes: 20 | 32): Parsed<readonly TreeEntry[]> {
  const wrong = (message: string) => unparsable({ file: id }, message);
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: TreeEntry[] = [];
  const names = new Set<string>();
  let previous: string | null = null;
  let at = 0;
  while (at < bytes.length) {
    const space = raw.indexOf(0x20, at);
    const nul = raw.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + 1 + idBytes > bytes.length) return wrong('is cut short');
    // A mode has at most six digits; anything longer is not decoded at all.
    const kind = space - at > 6 ? undefined : KINDS.get(raw.toString('latin1', at, space));
    if (kind === undefined) return wrong('has an entry of an unknown mode');
    // One character a byte, so texts are in the order of the bytes.
    const rawName = raw.toString('latin1', space + 1, nul);
    const name = ASCII.test(rawName) ? rawName : spelledName(bytes.subarray(space + 1, nul));
    if (name === '' || name === '.' || name === '..' || name.includes('/'))
      return wrong('has an entry without a usable name');
    if (names.has(name)) return wrong(`has two entries named ${JSON.stringify(name)}`);
    names.add(name);
    const key = kind === 'folder' ? `${rawName}/` : rawName;
    if (previous !== null && previous >= key) return wrong('is not sorted');
    previous = key;
    entries.push({ kind, name, id: raw.toString('hex', nul + 1, nul + 1 + idBytes) });
    at = nul + 1 + idBytes;
  }
  return parsed(entries);
}

// eslint-disable-next-line no-control-regex
const ASCII = /^[\x01-\x7f]*$/;

/** The name as it is, byte order marks and all; bytes that are not UTF-8 in a spelling of their own, so that no two names meet. */
function spelledName(bytes: Uint8Array): string {
  return (
    decodeUtf8(bytes) ??
    Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`)).join(
      '',
    )
  );
}

/** The form under which two names are one on some file system: case, composition, invisible characters, trailing dots. */
export function foldedName(name: string): string {
  const plain = PLAIN_ASCII.test(name) ? name : name.normalize('NFKC').toUpperCase();
  return plain
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/[. ]+$/, '');
}

const PLAIN_ASCII = /^[\x21-\x7e]+$/;
