import { Worker } from 'node:worker_threads';
import type { Certificate } from '../../ports/signatures.ts';
import type { Foreseen, Foresight, FromWorker, ToWorker } from './foresight.ts';

/** Signatures that are handed over at once: handing over costs as much as a signature. */
const BATCH = 32;

interface Batch {
  readonly payloads: Uint8Array[];
  readonly armored: string[];
  readonly waiting: ((found: Foreseen | null) => void)[];
}

/**
 * Looks at signatures on threads of their own. They are started with the first whole batch, so short histories start none,
 * and whatever goes wrong with one, nothing was foreseen.
 */
export class ForeseeingThreads implements Foresight {
  private readonly script: URL;
  private readonly count: number;
  private readonly batch: number;
  private readonly met: Certificate[] = [];
  private readonly found = new WeakMap<Uint8Array, { armored: string; found: Promise<Foreseen | null> }>();
  private readonly sent = new Map<number, Batch>();
  private threads: Worker[] | null = null;
  private next: Batch = emptyBatch();
  private batches = 0;

  /** @param script what the threads run. @param count how many. @param batch signatures that are handed over at once. */
  constructor(script: URL, count: number, batch = BATCH) {
    this.script = script;
    this.count = count;
    this.batch = batch;
  }

  meet(certificate: Certificate): void {
    this.met.push(certificate);
    this.threads?.forEach((thread) => send(thread, { kind: 'meet', certificate }));
  }

  look(payload: Uint8Array, armored: string): void {
    const { payloads, armored: texts, waiting } = this.next;
    payloads.push(payload);
    texts.push(armored);
    const found = new Promise<Foreseen | null>((resolve) => waiting.push(resolve));
    this.found.set(payload, { armored, found });
    if (payloads.length >= this.batch) this.flush();
  }

  async of(payload: Uint8Array, armored: string): Promise<Foreseen | null> {
    const looked = this.found.get(payload);
    if (looked?.armored !== armored) return null;
    this.found.delete(payload);
    // Nobody waits for a batch to fill.
    if (this.next.payloads.includes(payload)) this.giveUp();
    return await looked.found;
  }

  private flush(): void {
    const batch = this.next;
    this.next = emptyBatch();
    this.threads ??= this.started();
    const thread = this.threads[this.batches % this.threads.length];
    this.batches += 1;
    if (thread === undefined) {
      settle(batch, null);
      return;
    }
    this.sent.set(this.batches, batch);
    const { payloads, armored } = batch;
    send(thread, { kind: 'look', batch: this.batches, payloads, armored });
    if (this.sent.size === 1) this.threads.forEach((each) => each.ref());
  }

  /** None where the machine, or whoever restricts this process, gives none. */
  private started(): Worker[] {
    try {
      return this.start();
    } catch {
      return [];
    }
  }

  private start(): Worker[] {
    return Array.from({ length: this.count }, () => {
      const thread = new Worker(this.script);
      // Only what somebody may be waiting for keeps the process from ending.
      thread.unref();
      for (const certificate of this.met) send(thread, { kind: 'meet', certificate });
      thread.on('message', ({ batch, found }: FromWorker) => {
        const sent = this.sent.get(batch);
        this.sent.delete(batch);
        if (this.sent.size === 0) this.threads?.forEach((each) => each.unref());
        if (sent !== undefined) settle(sent, found);
      });
      thread.on('error', () => this.fail());
      thread.on('exit', () => this.fail());
      return thread;
    });
  }

  private giveUp(): void {
    const batch = this.next;
    this.next = emptyBatch();
    settle(batch, null);
  }

  private fail(): void {
    this.threads = [];
    this.giveUp();
    for (const batch of this.sent.values()) settle(batch, null);
    this.sent.clear();
  }
}

function emptyBatch(): Batch {
  return { payloads: [], armored: [], waiting: [] };
}

function settle({ waiting }: Batch, found: readonly Foreseen[] | null): void {
  waiting.forEach((resolve, index) => resolve(found?.[index] ?? null));
}

function send(thread: Worker, message: ToWorker): void {
  thread.postMessage(message);
}
