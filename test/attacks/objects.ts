import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import type { Site } from './site.ts';

/** Doing to the object store what no git command does. */

function loosePath(site: Site, id: string): string {
  return join(site.directory, '.git/objects', id.slice(0, 2), id.slice(2));
}

/** Takes an object out of the store; everything is loose there. */
export function removeObject(site: Site, id: string): void {
  rmSync(loosePath(site, id));
}

type Type = 'commit' | 'tree' | 'blob';

/** Puts other bytes under an object's id, as a loose object. */
export function swapLoose(site: Site, id: string, type: Type, bytes: string): void {
  const path = loosePath(site, id);
  chmodSync(path, 0o644);
  rmSync(path);
  writeFileSync(
    path,
    deflateSync(Buffer.concat([Buffer.from(`${type} ${Buffer.byteLength(bytes)}\0`), Buffer.from(bytes)])),
  );
}

/** The same in a pack of one object with an index that lies (gitformat-pack, version 2 of both). */
export function swapPacked(site: Site, id: string, type: Type, bytes: string): void {
  removeObject(site, id);
  const algorithm = site.format;
  const digest = (data: Buffer): Buffer => createHash(algorithm).update(data).digest();
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(1, 8);
  const entry = Buffer.concat([entryHeader(type, Buffer.byteLength(bytes)), deflateSync(Buffer.from(bytes))]);
  const body = Buffer.concat([head, entry]);
  const checksum = digest(body);
  const fanout = Buffer.alloc(4 + 4 + 256 * 4);
  fanout.writeUInt32BE(0xff744f63, 0);
  fanout.writeUInt32BE(2, 4);
  for (let first = Number.parseInt(id.slice(0, 2), 16); first < 256; first += 1)
    fanout.writeUInt32BE(1, 8 + first * 4);
  const tail = Buffer.alloc(8);
  tail.writeUInt32BE(crc32(entry), 0);
  tail.writeUInt32BE(12, 4);
  const index = Buffer.concat([fanout, Buffer.from(id, 'hex'), tail, checksum]);
  const path = join(site.directory, `.git/objects/pack/pack-${checksum.toString('hex')}`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.pack`, Buffer.concat([body, checksum]));
  writeFileSync(`${path}.idx`, Buffer.concat([index, digest(index)]));
}

function entryHeader(type: Type, size: number): Buffer {
  const kind = { commit: 1, tree: 2, blob: 3 }[type];
  const bytes: number[] = [];
  let rest = size >> 4;
  bytes.push((rest > 0 ? 0x80 : 0) | (kind << 4) | (size & 0x0f));
  while (rest > 0) {
    bytes.push((rest > 0x7f ? 0x80 : 0) | (rest & 0x7f));
    rest >>= 7;
  }
  return Buffer.from(bytes);
}
