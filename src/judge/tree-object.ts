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
  const entries: TreeEntry[] = [];
  const names = new Set<string>();
  let previous: Uint8Array | null = null;
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    const nul = bytes.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + 1 + idBytes > bytes.length) return wrong('is cut short');
    // A mode has at most six digits; anything longer is not decoded at all.
    const kind = space - at > 6 ? undefined : KINDS.get(ascii(bytes.subarray(at, space)));
    if (kind === undefined) return wrong('has an entry of an unknown mode');
    const rawName = bytes.subarray(space + 1, nul);
    const name = spelledName(rawName);
    if (name === '' || name === '.' || name === '..' || name.includes('/'))
      return wrong('has an entry without a usable name');
    if (names.has(name)) return wrong(`has two entries named ${JSON.stringify(name)}`);
    names.add(name);
    const key: Uint8Array = kind === 'folder' ? Uint8Array.from([...rawName, 0x2f]) : rawName;
    if (previous !== null && order(previous, key) >= 0) return wrong('is not sorted');
    previous = key;
    entries.push({ kind, name, id: hex(bytes.subarray(nul + 1, nul + 1 + idBytes)) });
    at = nul + 1 + idBytes;
  }
  return parsed(entries);
}

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

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

const DIGITS = '0123456789abcdef';

/** Made at once: a string that grows by pieces is kept as all of them, a kilobyte for each entry of a large folder. */
function hex(bytes: Uint8Array): string {
  const codes = new Uint8Array(bytes.length * 2);
  bytes.forEach((byte, index) => {
    codes[2 * index] = DIGITS.charCodeAt(byte >> 4);
    codes[2 * index + 1] = DIGITS.charCodeAt(byte & 15);
  });
  return ascii(codes);
}

function order(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; ; index += 1) {
    const [x, y] = [a[index], b[index]];
    if (x === undefined || y === undefined) return a.length - b.length;
    if (x !== y) return x - y;
  }
}
