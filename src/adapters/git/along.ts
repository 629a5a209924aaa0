import type { ChildProcess } from 'node:child_process';
import { hash } from 'node:crypto';
import type { Followed, GitObject, ObjectType } from '../../ports/objects.ts';
import type { ObjectFormat } from './object-id.ts';
import type { Git } from './process.ts';

/** Larger objects pass by: whoever wants one asks for it, and learns its size first. */
const MOST_BYTES_OF_AN_OBJECT = 4 * 1024 * 1024;
/** Bytes of the stream that are looked through for an object, beyond the last that was wanted, before it is asked for by itself. */
const AHEAD = 2 * 1024 * 1024;
/** Bytes behind the last that was wanted in which others may still be. */
const BEHIND = 16 * 1024 * 1024;
/** Before the first object git goes through the whole history; longer than this it is stuck, and this is then done without it. */
const SILENCE_MS = 120_000;
/** git refuses to unpack anything larger, whatever a pack claims, and this is then done without it. */
const ALLOCATION_LIMIT = '160m';

/**
 * The objects that each commit of a history brings, in the order of the commits, in one stream: nobody waits for an answer.
 * It is an offer and no more: every object is hashed, and what does not come this way is asked for.
 */
export class Along {
  private readonly format: ObjectFormat;
  private readonly children: readonly ChildProcess[];
  private readonly chunks: AsyncIterator<Buffer>;
  private readonly found = new Map<string, Found>();
  /** Bytes of the stream until here, and until the last object that was wanted. */
  private looked = 0;
  private front = 0;
  private hasEnded = false;
  private pulling: Promise<void> | null = null;
  private rest: Buffer = EMPTY;
  private body: Body | null = null;

  constructor(git: Git, format: ObjectFormat, { tip, from, what }: Followed) {
    this.format = format;
    const listed = what === 'commits' ? [] : EVERYTHING_PARENTS_FIRST;
    const range = from === null ? [tip] : [tip, '--not', from];
    const limited = { environment: { GIT_ALLOC_LIMIT: ALLOCATION_LIMIT } };
    const list = git.start(['rev-list', '--topo-order', ...listed, ...range], limited);
    const read = git.start(['cat-file', '--batch', '--buffer'], { ...limited, stdin: list.stdout });
    this.children = [list, read];
    for (const child of this.children) child.on('error', () => undefined);
    for (const { stderr } of [list, read]) stderr.resume();
    this.chunks = read.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** An object, once; null where it did not come lately and does not come soon. */
  async take(id: string): Promise<GitObject | null> {
    const object = await this.look(id);
    if (object !== null) this.found.delete(id);
    return object;
  }

  /** The same, and it can be taken afterwards. */
  async look(id: string): Promise<GitObject | null> {
    for (;;) {
      const found = this.found.get(id);
      if (found !== undefined) {
        this.front = Math.max(this.front, found.at);
        return found.object;
      }
      if (this.hasEnded || this.looked >= this.front + AHEAD) return null;
      await (this.pulling ??= this.pull());
    }
  }

  close(): void {
    this.hasEnded = true;
    for (const child of this.children) child.kill('SIGKILL');
  }

  private async pull(): Promise<void> {
    const alarm = setTimeout(() => this.close(), SILENCE_MS);
    try {
      const next = await this.chunks.next();
      if (next.done === true) this.hasEnded = true;
      else this.parse(next.value);
    } catch {
      this.hasEnded = true;
    }
    clearTimeout(alarm);
    this.pulling = null;
  }

  private parse(chunk: Buffer): void {
    this.looked += chunk.length;
    let at = 0;
    while (at < chunk.length) {
      if (this.body !== null) {
        at = this.fill(this.body, chunk, at);
        continue;
      }
      const newline = chunk.indexOf(0x0a, at);
      if (newline < 0) {
        this.rest = Buffer.concat([this.rest, chunk.subarray(at)]);
        return;
      }
      const line = this.rest.toString('latin1') + chunk.toString('latin1', at, newline);
      const header = headerOf(line);
      const isWhole = this.rest.length === 0;
      this.rest = EMPTY;
      at = newline + 1;
      if (header === null) continue;
      const end = at + header.size;
      if (isWhole && end < chunk.length) {
        // Type, size and a zero before the bytes are what git hashes: of its answer only the line break is different.
        chunk[newline] = 0;
        if (header.isWanted)
          this.keep(header, chunk.subarray(newline - header.text.length, end), header.text.length + 1);
        at = end + 1;
      } else this.body = bodyOf(header);
    }
  }

  /** @returns how far the chunk was read. */
  private fill(body: Body, chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + body.left);
    const { buffer } = body;
    // The last byte is the newline after the object.
    if (buffer !== null) chunk.copy(buffer, buffer.length - (body.left - 1), at, end);
    body.left -= end - at;
    if (body.left === 0) {
      this.body = null;
      if (buffer !== null) this.keep(body.header, buffer, body.header.text.length + 1);
    }
    return end;
  }

  /** @param whole the object as it is hashed. @param start where its bytes begin. */
  private keep({ id, type }: Header, whole: Buffer, start: number): void {
    if (hash(this.format, whole, 'hex') !== id) return;
    this.found.set(id, { object: { id, type, bytes: whole.subarray(start) }, at: this.looked });
    for (const [oldest, { at }] of this.found) {
      if (at >= this.front - BEHIND) return;
      this.found.delete(oldest);
    }
  }
}

interface Found {
  readonly object: GitObject;
  /** Where in the stream it came. */
  readonly at: number;
}

interface Header {
  readonly id: string;
  readonly type: ObjectType;
  readonly size: number;
  /** Type and size as they are hashed with the object. */
  readonly text: string;
  readonly isWanted: boolean;
}

/** An object that comes in parts. */
interface Body {
  readonly header: Header;
  /** The object as it is hashed, with its header; null where nobody wants it. */
  readonly buffer: Buffer | null;
  /** Bytes to come, with the newline after them. */
  left: number;
}

const EMPTY = Buffer.alloc(0);
const EVERYTHING_PARENTS_FIRST = ['--objects', '--no-object-names', '--reverse', '--in-commit-order'];

/** @returns null for an object that is not there. */
function headerOf(line: string): Header | null {
  const [, id, text, type, digits] = /^([0-9a-f]+) ((commit|tree|blob|tag) (\d+))$/.exec(line) ?? [];
  if (id === undefined || text === undefined || digits === undefined) return null;
  const size = Number(digits);
  return { id, type: type as ObjectType, size, text, isWanted: size <= MOST_BYTES_OF_AN_OBJECT };
}

function bodyOf(header: Header): Body {
  const { text, size, isWanted } = header;
  const buffer = isWanted ? Buffer.allocUnsafeSlow(text.length + 1 + size) : null;
  buffer?.write(`${text}\0`, 'latin1');
  return { header, buffer, left: size + 1 };
}
