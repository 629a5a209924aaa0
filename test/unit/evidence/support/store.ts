import { createHash } from 'node:crypto';
import type { GitObject, ObjectReader, ObjectType } from '../../../../src/ports/objects.ts';

type Node = string | Entries;
export interface Entries {
  [name: string]: Node;
}

const MODES = { file: '100644', executable: '100755', link: '120000' } as const;

/** Git objects in memory, made from what trees hold. */
export class Store implements ObjectReader {
  reads = 0;
  private readonly objects = new Map<string, GitObject>();

  put(type: ObjectType, bytes: Buffer): string {
    const id = createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
    this.objects.set(id, { id, type, bytes });
    return id;
  }

  /** A name that begins with `!` is an executable, with `@` a link. */
  tree(entries: Entries): string {
    const rows = Object.entries(entries).map(([name, node]) => {
      const id = typeof node === 'string' ? this.put('blob', Buffer.from(node)) : this.tree(node);
      const kind = name.startsWith('!') ? 'executable' : name.startsWith('@') ? 'link' : 'file';
      const mode = typeof node === 'string' ? MODES[kind] : '40000';
      const plain = name.replace(/^[!@]/, '');
      return {
        key: typeof node === 'string' ? plain : `${plain}/`,
        row: Buffer.from(`${mode} ${plain}\0`),
        id,
      };
    });
    rows.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
    return this.put('tree', Buffer.concat(rows.flatMap(({ row, id }) => [row, Buffer.from(id, 'hex')])));
  }

  read(id: string): Promise<GitObject> {
    this.reads += 1;
    const found = this.objects.get(id);
    return found === undefined ? Promise.reject(new Error(`no ${id}`)) : Promise.resolve(found);
  }

  async measure(id: string) {
    const { type, bytes } = await this.read(id);
    return { type, size: bytes.length };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
