import { CannotTell } from '../base/errors.ts';
import type { TreeLimits } from './limits.ts';

/** Entries of folders that may be read anew for one tree: those of a line of many years, and what a commit brings. */
const ENTRIES_OF_A_TREE = 20_000;

/** Counts what is kept in memory. */
export class Held {
  private readonly limit: number;
  private readonly mostEntries: number;
  private bytes = 0;
  private entries = 0;

  /** @param mostEntries read anew over all trees, beyond what each may have. */
  constructor({ heldBytes, heldEntries }: Pick<TreeLimits, 'heldBytes' | 'heldEntries'>) {
    this.limit = heldBytes;
    this.mostEntries = heldEntries;
  }

  /** What was counted until here is somebody else's. */
  begin(): void {
    this.bytes = 0;
    this.entries = 0;
  }

  /** One more tree is read. */
  addTree(): void {
    this.entries = Math.max(-ENTRIES_OF_A_TREE, this.entries - ENTRIES_OF_A_TREE);
  }

  /**
   * What is put away on disk costs little; a folder of many names is made anew in memory for every commit that touches it, and
   * whoever can push makes as many as he likes. @throws CannotTell BAD_DATA where that is too much.
   */
  addEntries(count: number): void {
    this.entries += count;
    if (this.entries <= this.mostEntries) return;
    throw new CannotTell('BAD_DATA', 'commits change more files at once than are read', {
      facts: [
        `the limit is ${this.mostEntries} names in folders that change, beyond ${ENTRIES_OF_A_TREE} for each commit`,
      ],
      remedy: 'see what was added, and by whom: git log --stat',
    });
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
