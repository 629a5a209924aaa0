import type { FileOfBytes } from '../domain/tree.ts';

/** What of the files read lately stays in memory, in bytes. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Files are read once and hardly ever looked at again. Those that are still part of a tree after a while are put away; most
 * are gone by then.
 */
export class Shelf {
  private readonly shelve: (bytes: Uint8Array) => () => Uint8Array;
  private lately: { readonly file: WeakRef<FileOfBytes>; readonly size: number }[] = [];
  private next = 0;
  private bytes = 0;

  /** @param shelve puts bytes away and gives what brings them back. */
  constructor(shelve: (bytes: Uint8Array) => () => Uint8Array) {
    this.shelve = shelve;
  }

  add(file: FileOfBytes): void {
    this.lately.push({ file: new WeakRef(file), size: file.size });
    this.bytes += file.size;
    for (let oldest = this.lately[this.next]; oldest !== undefined; oldest = this.lately[this.next]) {
      if (this.bytes <= MOST_BYTES) break;
      this.next += 1;
      this.bytes -= oldest.size;
      const left = oldest.file.deref();
      left?.shelve(this.shelve(left.bytes));
    }
    if (this.next < 10_000) return;
    this.lately = this.lately.slice(this.next);
    this.next = 0;
  }
}
