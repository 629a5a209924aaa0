import { CannotTell } from '../../base/errors.ts';

/**
 * Reads a tar archive front to back (POSIX ustar, with the names and sizes of pax and the large sizes of GNU). Regular files
 * and folders are all there may be: a link, a device or anything that this does not know is refused, and so is what follows the end.
 */

const BLOCK = 512;
const MAX_PAX_BYTES = 64 * 1024;
/** Of pax, what changes neither where bytes go nor how many they are. */
const HARMLESS =
  /^(?:mtime|atime|ctime|uid|gid|uname|gname|comment|LIBARCHIVE\..+|SCHILY\.(?:dev|ino|nlink))$/;

export interface TarFile {
  readonly path: string;
  /** To be gone through before the next file is asked for. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** @throws CannotTell BAD_DATA. */
export async function* filesInTar(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<TarFile, void> {
  const source = new Source(bytes);
  try {
    yield* filesFrom(source);
  } finally {
    await source.close();
  }
}

async function* filesFrom(source: Source): AsyncGenerator<TarFile, void> {
  let pax = new Map<string, string>();
  for (;;) {
    const header = await source.exactly(BLOCK);
    if (isZero(header)) break;
    const { type, size: stated, name } = headerOf(header);
    const size = sizeIn(pax, stated);
    if (type === 'x') {
      if (pax.size > 0) throw bad('has two headers for one file');
      if (stated > MAX_PAX_BYTES) throw bad('has a header that is too large');
      pax = paxOf(await source.exactly(stated));
      await source.exactly(padding(stated));
      continue;
    }
    // As `tar -C <folder> .` calls them.
    const path = (pax.get('path') ?? name).replace(/^\.\//, '');
    pax = new Map();
    if (type === '5') {
      if (size !== 0) throw bad(`has a folder with content: ${path}`);
      continue;
    }
    if (type !== '0' && type !== '\0') throw bad(`holds what is neither file nor folder: ${path}`);
    const after = source.passed + size;
    yield { path, content: source.pieces(size) };
    if (source.passed !== after) throw new Error('a file of an archive was not gone through');
    await source.exactly(padding(size));
  }
  if (pax.size > 0) throw bad('ends in the middle of a file');
  for await (const rest of source.all()) if (!isZero(rest)) throw bad('holds something after its end');
}

function headerOf(header: Buffer): { readonly type: string; readonly size: number; readonly name: string } {
  const sum = header.reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (octal(header.subarray(148, 156)) !== sum) throw bad('is damaged, or no tar archive');
  const text = (from: number, to: number): string => {
    const field = header.subarray(from, to);
    const end = field.indexOf(0);
    return field.subarray(0, end < 0 ? field.length : end).toString('utf8');
  };
  const isPosix = header.subarray(257, 263).toString('latin1') === 'ustar\0';
  const prefix = isPosix ? text(345, 500) : '';
  const name = text(0, 100);
  return {
    type: String.fromCharCode(header[156] ?? 0),
    size: sizeOf(header.subarray(124, 136)),
    name: prefix === '' ? name : `${prefix}/${name}`,
  };
}

/** Octal, or with the first bit set as a number of 95 bits. */
function sizeOf(field: Buffer): number {
  const size = (field[0] ?? 0) & 0x80 ? field.readUIntBE(6, 6) : octal(field);
  if ((field[0] ?? 0) & 0x80 && (field[0] !== 0x80 || !isZero(field.subarray(1, 6))))
    throw bad('has a size beyond all bounds');
  return size;
}

function octal(field: Buffer): number {
  const text = field
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trimStart();
  if (!/^[0-7]{1,12}$/.test(text)) throw bad('is damaged, or no tar archive');
  return Number.parseInt(text, 8);
}

function sizeIn(pax: ReadonlyMap<string, string>, stated: number): number {
  const text = pax.get('size');
  if (text === undefined) return stated;
  if (!/^(?:0|[1-9]\d{0,14})$/.test(text)) throw bad('has a size beyond all bounds');
  return Number(text);
}

/** `<length> <key>=<value>\n`, again and again. */
function paxOf(bytes: Buffer): Map<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const [, digits = ''] = /^([1-9]\d{0,5}) /.exec(bytes.subarray(at, at + 8).toString('latin1')) ?? [];
    const end = at + Number(digits);
    const record = bytes.subarray(at + digits.length + 1, end).toString('utf8');
    const [, key, value] = /^([^=]+)=(.*)\n$/s.exec(record) ?? [];
    if (digits === '' || end > bytes.length || key === undefined || value === undefined)
      throw bad('has a header that cannot be read');
    if (found.has(key)) throw bad(`has a header that says ${key} twice`);
    if (key !== 'path' && key !== 'size' && !HARMLESS.test(key))
      throw bad(`has a header that is not known: ${key}`);
    found.set(key, value);
    at = end;
  }
  if (found.size === 0) throw bad('has a header that cannot be read');
  return found;
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function bad(what: string): CannotTell {
  return new CannotTell('BAD_DATA', `the archive ${what.slice(0, 300)}`);
}

/** A stream of bytes, of which some are asked for at a time. */
class Source {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #left: Buffer = Buffer.alloc(0);
  /** Bytes given out so far. */
  passed = 0;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#pieces = bytes[Symbol.asyncIterator]();
  }

  async exactly(count: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const piece of this.pieces(count)) parts.push(piece);
    return Buffer.concat(parts);
  }

  async *pieces(count: number): AsyncGenerator<Buffer, void> {
    for (let wanted = count; wanted > 0;) {
      const piece = await this.#next();
      if (piece === null) throw bad('is cut off');
      const part = piece.subarray(0, wanted);
      this.#left = piece.subarray(part.length);
      wanted -= part.length;
      this.passed += part.length;
      yield part;
    }
  }

  /** Lets go of where the bytes come from, also where not all of them were taken. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async *all(): AsyncGenerator<Buffer, void> {
    for (let piece = await this.#next(); piece !== null; piece = await this.#next()) {
      this.#left = Buffer.alloc(0);
      yield piece;
    }
  }

  async #next(): Promise<Buffer | null> {
    while (this.#left.length === 0) {
      const next: IteratorResult<Uint8Array, unknown> = await this.#pieces.next();
      if (next.done === true) return null;
      const { value } = next;
      this.#left = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    return this.#left;
  }
}
