import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Socket } from 'node:net';
import { CannotTell } from '../../base/errors.ts';
import type { ObjectType } from '../../ports/objects.ts';
import { failureOf } from './failure.ts';
import type { Git } from './process.ts';

export interface CatFileOptions {
  /** Where the repository lies, for messages. */
  readonly directory: string;
  /** What this process is asked: one of both, or with `batch-command` (git 2.36) either. */
  readonly mode: 'batch-check' | 'batch' | 'batch-command';
  /** Bytes beyond this many of one object are skipped as they stream past. */
  readonly maxBytes: number;
  /** How long git may be silent while an answer is due, in milliseconds. */
  readonly silence: number;
}

export interface Answer {
  readonly type: ObjectType;
  readonly size: number;
  /** Null where they were not asked for, or are more than the limit. */
  readonly bytes: Buffer | null;
}

/** Header and bytes of an object, or the header alone, for which git unpacks nothing. */
type Asked = 'contents' | 'info';

interface Waiting {
  readonly id: string;
  readonly asked: Asked;
  readonly resolve: (answer: Answer) => void;
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
 * One long-lived `git cat-file`, started with the first question. Any number of questions may be open; git answers
 * them in order. Nothing is checked here but that the answers keep step.
 */
export class CatFile {
  private readonly git: Git;
  private readonly options: CatFileOptions;
  private alarm: NodeJS.Timeout | undefined;
  private child: ChildProcessWithoutNullStreams | null = null;
  private ended: Promise<void> = Promise.resolve();
  private failure: CannotTell | null = null;
  private closed = false;
  private held = true;
  private readonly queue: Waiting[] = [];
  private next = 0;
  private unsent: string[] = [];
  private header: Buffer[] = [];
  private body: Body | null = null;

  constructor(git: Git, options: CatFileOptions) {
    this.git = git;
    this.options = options;
  }

  /** Nothing more will be answered. */
  get failed(): boolean {
    return this.failure !== null;
  }

  /** @param id a full id, which is not checked. @throws CannotTell OBJECT_MISSING, IO_FAILED. */
  ask(asked: Asked, id: string): Promise<Answer> {
    if (this.failure !== null) return Promise.reject(this.failure);
    if (this.closed) return Promise.reject(new Error('the object reader is closed'));
    const child = (this.child ??= this.begin());
    this.hold(child, true);
    return new Promise((resolve, reject) => {
      this.queue.push({ id, asked, resolve, reject });
      const line = this.options.mode === 'batch-command' ? `${asked} ${id}` : id;
      // What is asked in one turn is written in one: writing costs more than git's answer.
      if (this.unsent.push(line) === 1) setImmediate(() => this.send(child));
      if (this.alarm === undefined) this.watch();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.child !== null) {
      this.hold(this.child, true);
      this.send(this.child);
      this.child.stdin.end();
    }
    await this.ended;
  }

  /** While nothing is asked of it, it keeps nobody's process from ending, and ends with it. */
  idle(): void {
    if (this.child !== null && this.next >= this.queue.length) this.hold(this.child, false);
  }

  /** Whether the process and the pipes to it keep this one from ending. */
  private hold(child: ChildProcessWithoutNullStreams, held: boolean): void {
    if (this.held === held) return;
    this.held = held;
    for (const each of [child, child.stdin, child.stdout, child.stderr]) {
      if (each !== child && !(each instanceof Socket)) continue;
      if (held) each.ref();
      else each.unref();
    }
  }

  private send(child: ChildProcessWithoutNullStreams): void {
    const lines = this.unsent.splice(0);
    if (lines.length > 0) child.stdin.write(`${lines.join('\n')}\n`);
  }

  private begin(): ChildProcessWithoutNullStreams {
    const { mode, directory } = this.options;
    const child = this.git.start(['cat-file', `--${mode}`]);
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < 16_384) stderr += chunk.toString('utf8');
    });
    child.stdin.on('error', () => undefined); // the end of the process tells what went wrong
    child.stdout.on('data', (chunk: Buffer) => this.take(chunk));
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, cause?: unknown): void => {
        if (!this.closed || this.next < this.queue.length) {
          this.fail(failureOf({ verb: 'cat-file', directory, stderr, code, cause }));
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
      this.alarm = setTimeout(() => this.giveUp('it stopped answering'), this.options.silence);
  }

  private giveUp(fact: string): void {
    this.fail(
      new CannotTell('IO_FAILED', 'git did not hand out an object as it announced it', {
        facts: [fact, `while reading ${this.queue[this.next]?.id ?? 'nothing'}`],
        place: { file: this.options.directory },
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
      waiting.reject(missing(id, this.options.directory));
      return;
    }
    const about = { type: type as ObjectType, size: Number(size) };
    if (waiting.asked === 'info') {
      this.shift();
      waiting.resolve({ ...about, bytes: null });
    } else {
      const chunks = about.size <= this.options.maxBytes ? [] : null;
      this.body = { ...about, left: about.size + 1, chunks };
    }
  }

  private complete({ type, size, chunks }: Body): void {
    this.body = null;
    const waiting = this.queue[this.next];
    this.shift();
    waiting?.resolve({ type, size, bytes: chunks && Buffer.concat(chunks).subarray(0, size) });
  }

  /** Moves to the next answer; the queue is cut now and then, since `shift` on a long array is slow. */
  private shift(): void {
    this.next += 1;
    if (this.next < 4096 && this.next < this.queue.length) return;
    this.queue.splice(0, this.next);
    this.next = 0;
  }
}

function missing(id: string, directory: string): CannotTell {
  return new CannotTell('OBJECT_MISSING', `the object ${id} is not in the repository`, {
    place: { file: directory },
    remedy:
      'complete the clone with `git fetch --unshallow`, or clone again without --filter and --depth; `git fsck` finds damage',
  });
}
