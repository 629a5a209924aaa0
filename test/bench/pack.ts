import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { deflateSync } from 'node:zlib';

const NUMBERS = { commit: 1, tree: 2, blob: 3 } as const;
const HEADER_BYTES = 12;
const CHUNK = 4 * 1024 * 1024;

/** Writes objects into a pack (gitformat-pack), each once and none as a difference; git repacks it afterwards. */
export class PackWriter {
  private readonly file: number;
  private readonly known = new Set<string>();
  private parts: Buffer[] = [];
  private size = 0;
  private count = 0;
  private end = HEADER_BYTES;

  constructor(path: string) {
    this.file = openSync(path, 'wx+');
  }

  /** @returns the id of the object. */
  put(type: keyof typeof NUMBERS, bytes: Uint8Array): string {
    const id = createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
    if (this.known.has(id)) return id;
    this.known.add(id);
    this.count += 1;
    const zipped = deflateSync(bytes, { level: 1 });
    this.parts.push(entryHeader(NUMBERS[type], bytes.length), zipped);
    this.size += zipped.length;
    if (this.size > CHUNK) this.flush();
    return id;
  }

  /** Ends the pack with its checksum; the index is git's to make. */
  close(): void {
    this.flush();
    const header = Buffer.alloc(HEADER_BYTES);
    header.write('PACK', 0, 'latin1');
    header.writeUInt32BE(2, 4);
    header.writeUInt32BE(this.count, 8);
    writeSync(this.file, header, 0, HEADER_BYTES, 0);
    const hash = createHash('sha1');
    const chunk = Buffer.alloc(CHUNK);
    let at = 0;
    for (let read = -1; read !== 0; at += read) {
      read = readSync(this.file, chunk, 0, CHUNK, at);
      hash.update(chunk.subarray(0, read));
    }
    writeSync(this.file, hash.digest(), 0, 20, at);
    closeSync(this.file);
  }

  private flush(): void {
    const bytes = Buffer.concat(this.parts);
    writeSync(this.file, bytes, 0, bytes.length, this.end); // the number of objects, before it, is known at the end
    this.end += bytes.length;
    this.parts = [];
    this.size = 0;
  }
}

function entryHeader(type: number, length: number): Buffer {
  const bytes = [(type << 4) | (length & 15)];
  for (let rest = Math.floor(length / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}
