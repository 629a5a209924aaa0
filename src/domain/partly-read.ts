import type { TreeFolder, TreeNode } from './tree.ts';

/** Somebody asked for what was left unread. Whoever reads everything can answer; nobody is told that nothing is there. */
export class NotRead extends Error {
  override readonly name = 'NotRead';
}

/** A folder of which only some of what lies in it was read. */
export function partlyRead(id: string, read: ReadonlyMap<string, TreeNode>): TreeFolder {
  return { kind: 'folder', id, children: new PartOfChildren(id, read) };
}

export function isPartlyRead({ children }: TreeFolder): boolean {
  return children instanceof PartOfChildren;
}

class PartOfChildren implements ReadonlyMap<string, TreeNode> {
  private readonly id: string;
  private readonly read: ReadonlyMap<string, TreeNode>;

  constructor(id: string, read: ReadonlyMap<string, TreeNode>) {
    this.id = id;
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
    throw new NotRead(`of the folder ${this.id} only a part was read`);
  }
}
