import { CannotTell } from '../base/errors.ts';

/** Counts what is kept in memory. */
export class Held {
  private readonly limit: number;
  private bytes = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get total(): number {
    return this.bytes;
  }

  /** @throws CannotTell BAD_DATA where that is too much. */
  add(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes <= this.limit) return;
    throw new CannotTell('BAD_DATA', 'the history holds more governed content than is read at once', {
      facts: [`the limit is ${this.limit} bytes over all commits`],
      remedy: 'see what was added, and by whom: git log --stat',
    });
  }
}
