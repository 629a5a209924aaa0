import { crc32, inflateRawSync } from 'node:zlib';
import { decodeUtf8 } from '../../base/utf8.ts';

/**
 * Strict reading of a ZIP archive that others wrote. One directory at the very end, one place for each member, no name
 * twice: two readers must not see two archives in it. Nothing is unpacked but by name, into memory, within limits that are
 * checked before and while.
 */

export const MAX_MEMBERS = 20_000;
export const MAX_MEMBER_BYTES = 64 * 1024 * 1024;
export const MAX_TOTAL_BYTES = 256 * 1024 * 1024;

const END_BYTES = 22;
const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** Deflate levels, sizes after the data, names in UTF-8. Anything else changes how the bytes are to be read. */
const KNOWN_FLAGS = 0x080e;
const SIZES_AFTER = 0x0008;
const NAME_IS_UTF8 = 0x0800;
const STORED = 0;
const DEFLATED = 8;
const ZSTANDARD = [20, 93];

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

interface Member extends Entry {
  readonly data: Uint8Array;
}

export interface Archive {
  /** In the order of the directory. */
  readonly names: readonly string[];
  /** The content of a member. @returns a sentence where it cannot be had. */
  read(name: string): Uint8Array | { readonly why: string };
}

export function looksLikeZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && [0x03, 0x05].includes(bytes[2] ?? 0);
}

/** @returns a sentence where the archive is not one that is read. Never throws for bad input. */
export function openZip(bytes: Uint8Array): Archive | string {
  try {
    const members = membersOf(bytes);
    return { names: [...members.keys()], read: (name) => contentOf(members.get(name)) };
  } catch (error) {
    if (error instanceof Unsound) return error.message;
    throw error;
  }
}

class Unsound extends Error {}

function stop(why: string): never {
  throw new Unsound(why);
}

function membersOf(bytes: Uint8Array): ReadonlyMap<string, Member> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - END_BYTES;
  if (end < 0 || view.getUint32(end, true) !== END || view.getUint16(end + 20, true) !== 0)
    stop('does not end as a ZIP archive without a comment: it is cut off, damaged, or something else');
  const [count, size, start] = [
    view.getUint16(end + 10, true),
    view.getUint32(end + 12, true),
    view.getUint32(end + 16, true),
  ];
  if (count === 0xffff || size === 0xffffffff || start === 0xffffffff) stop('is a ZIP64 archive');
  if (view.getUint32(end + 4, true) !== 0 || view.getUint16(end + 8, true) !== count)
    stop('is one part of an archive');
  if (start + size !== end) stop('has something before or after its directory that does not belong to it');
  if (count > MAX_MEMBERS) stop(`has more than ${MAX_MEMBERS} members`);
  const entries = entriesOf(bytes, view, { at: start, end, count });
  if (entries.reduce((sum, entry) => sum + entry.size, 0) > MAX_TOTAL_BYTES)
    stop(`would be more than ${MAX_TOTAL_BYTES} bytes unpacked`);
  const members = new Map<string, Member>();
  let free = 0;
  for (const entry of [...entries].sort((a, b) => a.offset - b.offset)) {
    if (entry.offset < free) stop(`has members that share bytes: ${entry.name}`);
    const data = dataOf(bytes, view, entry, start);
    free = data.byteOffset - bytes.byteOffset + data.length;
    members.set(entry.name, { ...entry, data });
  }
  return members;
}

function entriesOf(
  bytes: Uint8Array,
  view: DataView,
  { at: first, end, count }: { readonly at: number; readonly end: number; readonly count: number },
): readonly Entry[] {
  const entries: Entry[] = [];
  const taken = new Set<string>();
  let at = first;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > end || view.getUint32(at, true) !== ENTRY) stop('has a damaged directory');
    const [nameBytes, extra, comment] = [28, 30, 32].map((part) => view.getUint16(at + part, true));
    const next = at + 46 + (nameBytes ?? 0) + (extra ?? 0) + (comment ?? 0);
    if (next > end) stop('has a damaged directory');
    const entry: Entry = {
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
      name: nameOf(bytes.subarray(at + 46, at + 46 + (nameBytes ?? 0)), view.getUint16(at + 8, true)),
    };
    // A name that some system takes for another could be read there in its place.
    const known = entry.name.normalize('NFC').toLowerCase();
    if (taken.has(known)) stop(`has two members of one name: ${entry.name}`);
    taken.add(known);
    checkEntry(entry, view.getUint32(at + 38, true));
    entries.push(entry);
    at = next;
  }
  if (at !== end) stop('has a damaged directory');
  return entries;
}

function nameOf(bytes: Uint8Array, flags: number): string {
  const name = decodeUtf8(bytes);
  if (name === null || ((flags & NAME_IS_UTF8) === 0 && bytes.some((byte) => byte > 0x7f)))
    stop('has a name that is not UTF-8');
  const steps = name.split('/');
  // eslint-disable-next-line no-control-regex
  const hidden = /[\u0000-\u001f\u007f\\]/.test(name) || /^[A-Za-z]:/.test(name);
  if (hidden || steps.some((step) => ['', '.', '..'].includes(step)))
    stop(`has a name that leads somewhere else: ${JSON.stringify(name.slice(0, 100))}`);
  return name;
}

const LINK = 0xa000;

function checkEntry({ name, flags, method, packed, size }: Entry, attributes: number): void {
  if ((flags & 1) !== 0) stop(`is encrypted: ${name}`);
  if ((flags & ~KNOWN_FLAGS) !== 0) stop(`packs ${name} in a way that is not read`);
  if (((attributes >>> 16) & 0xf000) === LINK) stop(`holds a link: ${name}`);
  if (ZSTANDARD.includes(method))
    stop(
      `packs ${name} with Zstandard, which is not read here: write it as JSON (inspect log convert <log> --to json --output-dir <folder>)`,
    );
  if (method !== STORED && method !== DEFLATED) stop(`packs ${name} by method ${method}, which is not read`);
  if (size > MAX_MEMBER_BYTES || (method === STORED && packed !== size))
    stop(`says of ${name} that it would be ${size} bytes unpacked`);
}

/** What the archive says at the place itself must be what its directory says of it. */
function dataOf(bytes: Uint8Array, view: DataView, entry: Entry, end: number): Uint8Array {
  const at = entry.offset;
  if (at + 30 > end || view.getUint32(at, true) !== LOCAL) stop(`has no ${entry.name} where it should be`);
  const nameBytes = view.getUint16(at + 26, true);
  const start = at + 30 + nameBytes + view.getUint16(at + 28, true);
  const name = decodeUtf8(bytes.subarray(at + 30, at + 30 + nameBytes));
  const alike =
    name === entry.name &&
    view.getUint16(at + 6, true) === entry.flags &&
    view.getUint16(at + 8, true) === entry.method &&
    ((entry.flags & SIZES_AFTER) !== 0 ||
      (view.getUint32(at + 14, true) === entry.crc &&
        view.getUint32(at + 18, true) === entry.packed &&
        view.getUint32(at + 22, true) === entry.size));
  if (!alike || start + entry.packed > end) stop(`says two things of ${entry.name}`);
  return bytes.subarray(start, start + entry.packed);
}

function contentOf(member: Member | undefined): ReturnType<Archive['read']> {
  if (member === undefined) return { why: 'is not there' };
  const { data, method, size, crc } = member;
  try {
    const content = method === STORED ? data : inflateRawSync(data, { maxOutputLength: Math.max(size, 1) });
    return content.length === size && crc32(content) === crc
      ? content
      : { why: 'is damaged: it is not what the directory says' };
  } catch {
    // zlib throws for broken data, and for more of it than was said.
    return { why: 'is damaged, or more than the directory says' };
  }
}
