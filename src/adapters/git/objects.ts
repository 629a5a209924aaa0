import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { CannotTell } from '../../base/errors.ts';
import type { CorruptObject, GitObject, ObjectReader, ObjectType } from '../../ports/objects.ts';
import { failureOf } from './failure.ts';
import { idOf, isFullId, type ObjectFormat } from './object-id.ts';
import type { Git } from './process.ts';

/** Larger objects are refused; their bytes are skipped as they stream past. */
export const MAX_OBJECT_BYTES = 64 * 1024 * 1024;

/** git answers at once or is stuck: an object whose header lies about its length leaves both sides waiting. */
const SILENCE_SECONDS = 60;

export interface ReaderLimits {
  readonly maxBytes?: number;
  /** How long git may be silent while an answer is due. */
  readonly silenceSeconds?: number;
}

interface Waiting {
  readonly id: string;
  readonly resolve: (object: GitObject | CorruptObject) => void;
  readonly reject: (error: Error) => void;
}

interface Body {
  readonly type: ObjectType;
  /** Bytes still to come, the newline after the object included. */
  left: number;
  readonly size: number;
  readonly chunks: Buffer[] | null;
}

/**
 * Reads objects through one long-lived `git cat-file --batch`. git does not check that bytes hash to the id they lie
 * under, so that is done here. Any number of reads may be in flight; git answers them in order.
 */
export function openObjects(
  git: Git,
  format: ObjectFormat,
  directory: string,
  limits: ReaderLimits = {},
): ObjectReader {
  return new BatchReader(git, format, directory, limits);
}

class BatchReader implements ObjectReader {
  private readonly git: Git;
  private readonly format: ObjectFormat;
  private readonly directory: string;
  private readonly maxBytes: number;
  private readonly silence: number;
  private alarm: NodeJS.Timeout | undefined;
  private child: ChildProcessWithoutNullStreams | null = null;
  private ended: Promise<void> = Promise.resolve();
  private failure: CannotTell | null = null;
  private closed = false;
  private readonly queue: Waiting[] = [];
  private next = 0;
  private header: Buffer[] = [];
  private body: Body | null = null;

  constructor(git: Git, format: ObjectFormat, directory: string, limits: ReaderLimits) {
    this.git = git;
    this.format = format;
    this.directory = directory;
    this.maxBytes = limits.maxBytes ?? MAX_OBJECT_BYTES;
    this.silence = (limits.silenceSeconds ?? SILENCE_SECONDS) * 1000;
  }

  read(id: string): Promise<GitObject | CorruptObject> {
    if (!isFullId(id, this.format)) {
      return Promise.reject(
        new CannotTell(
          'OBJECT_MISSING',
          `${JSON.stringify(id.slice(0, 80))} is not a full ${this.format} object id`,
        ),
      );
    }
    if (this.failure !== null) return Promise.reject(this.failure);
    if (this.closed) return Promise.reject(new Error('the object reader is closed'));
    const child = (this.child ??= this.begin());
    return new Promise((resolve, reject) => {
      this.queue.push({ id, resolve, reject });
      child.stdin.write(`${id}\n`);
      if (this.alarm === undefined) this.watch();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    this.child?.stdin.end();
    await this.ended;
  }

  private begin(): ChildProcessWithoutNullStreams {
    const child = this.git.start(['cat-file', '--batch']);
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < 16_384) stderr += chunk.toString('utf8');
    });
    child.stdin.on('error', () => undefined); // the end of the process tells what went wrong
    child.stdout.on('data', (chunk: Buffer) => this.take(chunk));
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, cause?: unknown): void => {
        if (!this.closed || this.next < this.queue.length) {
          this.fail(failureOf({ verb: 'cat-file', directory: this.directory, stderr, code, cause }));
        }
        resolve();
      };
      child.on('error', (cause) => end(null, cause));
      child.on('close', (code) => end(code));
    });
    return child;
  }

  /** Starts the clock anew while answers are due. */
  private watch(): void {
    clearTimeout(this.alarm);
    this.alarm = undefined;
    if (this.next < this.queue.length)
      this.alarm = setTimeout(() => this.giveUp('it stopped answering'), this.silence);
  }

  private giveUp(fact: string): void {
    this.fail(
      new CannotTell('IO_FAILED', 'git did not hand out an object as it announced it', {
        facts: [fact, `while reading ${this.queue[this.next]?.id ?? 'nothing'}`],
        place: { file: this.directory },
        remedy: 'look at `git fsck`',
      }),
    );
    this.child?.kill('SIGKILL');
  }

  private fail(failure: CannotTell): void {
    this.failure ??= failure;
    clearTimeout(this.alarm);
    for (const waiting of this.queue.splice(0).slice(this.next)) waiting.reject(this.failure);
    this.next = 0;
  }

  private take(chunk: Buffer): void {
    this.parse(chunk);
    this.watch();
  }

  private parse(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.failure === null) {
      if (this.body === null) {
        const newline = chunk.indexOf(0x0a, at);
        this.header.push(chunk.subarray(at, newline < 0 ? chunk.length : newline));
        if (newline < 0) return;
        at = newline + 1;
        const line = Buffer.concat(this.header).toString('latin1');
        this.header = [];
        this.answer(line);
      } else {
        const part = chunk.subarray(at, at + this.body.left);
        at += part.length;
        this.body.left -= part.length;
        this.body.chunks?.push(part);
        if (this.body.left === 0) this.complete(this.body);
      }
    }
  }

  private answer(line: string): void {
    const waiting = this.queue[this.next];
    if (waiting === undefined) return;
    const [, id, type, size] = /^([0-9a-f]+) (?:missing|(commit|tree|blob|tag) (\d+))$/.exec(line) ?? [];
    if (id !== waiting.id) {
      this.giveUp('its answers are out of step'); // an object before this one was shorter or longer than its header
      return;
    }
    if (type === undefined || size === undefined) {
      this.shift();
      waiting.reject(
        new CannotTell('OBJECT_MISSING', `the object ${waiting.id} is not in the repository`, {
          place: { file: this.directory },
          remedy:
            'complete the clone with `git fetch --unshallow`, or clone again without --filter and --depth; `git fsck` finds damage',
        }),
      );
      return;
    }
    const bytes = Number(size);
    const kept = bytes <= this.maxBytes;
    this.body = { type: type as ObjectType, size: bytes, left: bytes + 1, chunks: kept ? [] : null };
  }

  private complete(body: Body): void {
    this.body = null;
    const waiting = this.queue[this.next];
    if (waiting === undefined) return;
    this.shift();
    if (body.chunks === null) {
      waiting.reject(
        new CannotTell(
          'BAD_DATA',
          `the object ${waiting.id} is larger than the limit of ${this.maxBytes} bytes`,
          {
            facts: [`${body.type} of ${body.size} bytes`],
            place: { file: this.directory },
          },
        ),
      );
      return;
    }
    const bytes = Buffer.concat(body.chunks).subarray(0, body.size);
    const sound = idOf(body.type, bytes, this.format) === waiting.id;
    waiting.resolve(sound ? { id: waiting.id, type: body.type, bytes } : { id: waiting.id, type: 'corrupt' });
  }

  /** Moves to the next answer; the queue is cut now and then, since `shift` on a long array is slow. */
  private shift(): void {
    this.next += 1;
    if (this.next < 4096 && this.next < this.queue.length) return;
    this.queue.splice(0, this.next);
    this.next = 0;
  }
}
