import type { TreeFolder, TreeNode } from './tree.ts';

/** Somebody asked for what was left unread. Whoever reads more can answer; nobody is told that nothing is there. */
export class NotRead extends Error {
  override readonly name = 'NotRead';
  /** In whose iterations it lies. */
  readonly line: string;

  constructor(id: string, line: string) {
    super(`of the folder ${id} in ${line} not everything was read`);
    this.line = line;
  }
}

/** What is left unread at a tip that was judged before: of retired iterations everything, of some lines all but the record. */
export interface Sparing {
  /** Lines. */
  readonly recordsOf: ReadonlySet<string>;
}

/** Lines whose records are read one after the other, before everything is. */
const MOST_LINES = 3;

/**
 * Does something with as little read as it takes: where it asks for what was left out it is done again, with the records of
 * that line, or with everything. @param run has no effects before it ends.
 */
export async function sparingly<T>(run: (sparing: Sparing | null) => Promise<T>): Promise<T> {
  const recordsOf = new Set<string>();
  for (;;) {
    try {
      return await run({ recordsOf: new Set(recordsOf) });
    } catch (error) {
      if (!(error instanceof NotRead)) throw error;
      if (recordsOf.has(error.line) || recordsOf.size === MOST_LINES) return await run(null);
      recordsOf.add(error.line);
    }
  }
}

/** A folder of which only some of what lies in it was read. @param line whose iteration it is. */
export function partlyRead(id: string, line: string, read: ReadonlyMap<string, TreeNode>): TreeFolder {
  return { kind: 'folder', id, children: new PartOfChildren(id, line, read) };
}

export function isPartlyRead({ children }: TreeFolder): boolean {
  return children instanceof PartOfChildren;
}

class PartOfChildren implements ReadonlyMap<string, TreeNode> {
  private readonly id: string;
  private readonly line: string;
  private readonly read: ReadonlyMap<string, TreeNode>;

  constructor(id: string, line: string, read: ReadonlyMap<string, TreeNode>) {
    this.id = id;
    this.line = line;
    this.read = read;
  }

  get(name: string): TreeNode {
    return this.read.get(name) ?? this.refuse();
  }

  has(name: string): boolean {
    return this.read.has(name) || this.refuse();
  }

  get size(): number {
    return this.refuse();
  }

  forEach(): void {
    this.refuse();
  }

  entries(): never {
    return this.refuse();
  }

  keys(): never {
    return this.refuse();
  }

  values(): never {
    return this.refuse();
  }

  [Symbol.iterator](): never {
    return this.refuse();
  }

  private refuse(): never {
    throw new NotRead(this.id, this.line);
  }
}
