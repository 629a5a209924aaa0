import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

/** Writing packs by hand (gitformat-pack, version 2): git itself would not write these. */

export interface Packed {
  /** The id the index gives it, true or not. */
  readonly id: string;
  readonly kind: 'commit' | 'tree' | 'blob' | 'delta';
  readonly bytes: Uint8Array;
  /** Of a delta: which of the objects before it is its base. */
  readonly base?: number;
}

const KINDS = { commit: 1, tree: 2, blob: 3, delta: 6 } as const;

/** @param gitDirectory the folder with `objects/` in it. */
export function writePack(gitDirectory: string, format: 'sha1' | 'sha256', objects: readonly Packed[]): void {
  const digest = (data: Buffer): Buffer => createHash(format).update(data).digest();
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(objects.length, 8);
  let at = head.length;
  const entries = objects.reduce<{ id: string; offset: number; entry: Buffer }[]>((done, object) => {
    const back = object.kind === 'delta' ? [...distance(at - (done[object.base ?? 0]?.offset ?? 0))] : [];
    const header = Buffer.from([...sized(KINDS[object.kind], object.bytes.length), ...back]);
    const entry = Buffer.concat([header, deflateSync(object.bytes)]);
    done.push({ id: object.id, offset: at, entry });
    at += entry.length;
    return done;
  }, []);
  const body = Buffer.concat([head, ...entries.map(({ entry }) => entry)]);
  const checksum = digest(body);
  const sorted = [...entries].sort((a, b) => (a.id < b.id ? -1 : 1));
  const count = (first: number): number =>
    sorted.filter(({ id }) => Number.parseInt(id.slice(0, 2), 16) <= first).length;
  const index = Buffer.concat([
    Buffer.from('ff744f6300000002', 'hex'),
    ...Array.from({ length: 256 }, (_, first) => uint32(count(first))),
    ...sorted.map(({ id }) => Buffer.from(id, 'hex')),
    ...sorted.map(({ entry }) => uint32(crc32(entry))),
    ...sorted.map(({ offset }) => uint32(offset)),
    checksum,
  ]);
  const folder = join(gitDirectory, 'objects/pack');
  const path = join(folder, `pack-${checksum.toString('hex')}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${path}.pack`, Buffer.concat([body, checksum]));
  writeFileSync(`${path}.idx`, Buffer.concat([index, digest(index)]));
}

const PART = 8 * 1024 * 1024;

/** A sound blob of so many times 8 MiB in a pack of some kilobytes: one part, and a delta that repeats it. @returns its id. */
export function deltaBomb(gitDirectory: string, format: 'sha1' | 'sha256', parts: number): string {
  const part = Buffer.alloc(PART);
  const id = (times: number): string => {
    const hash = createHash(format).update(`blob ${PART * times}\0`);
    for (let done = 0; done < times; done += 1) hash.update(part);
    return hash.digest('hex');
  };
  // Copy from offset 0, three bytes of size: 0x800000.
  const copy = [0x80 | 0x70, 0x00, 0x00, 0x80];
  const delta = [...varint(PART), ...varint(PART * parts), ...Array<number[]>(parts).fill(copy).flat()];
  const bomb = id(parts);
  writePack(gitDirectory, format, [
    { id: id(1), kind: 'blob', bytes: part },
    { id: bomb, kind: 'delta', bytes: Uint8Array.from(delta), base: 0 },
  ]);
  return bomb;
}

/** Kind and size before an object's bytes: four bits of the size, then seven a byte. */
function sized(kind: number, size: number): number[] {
  const rest = Math.floor(size / 16);
  return [(rest > 0 ? 0x80 : 0) | (kind << 4) | (size % 16), ...(rest > 0 ? varint(rest) : [])];
}

function varint(value: number): number[] {
  const rest = Math.floor(value / 128);
  return rest > 0 ? [0x80 | (value % 128), ...varint(rest)] : [value];
}

/** How far before a delta its base begins. */
function distance(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    rest -= 1;
    bytes.unshift(0x80 | (rest % 128));
  }
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
