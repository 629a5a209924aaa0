import { createHash } from 'node:crypto';
import type { GitObject, ObjectReader, ObjectType } from '../../src/ports/objects.ts';
import { everyObject } from '../attacks/loose-objects.ts';

export interface MemoryTreeEntry {
  readonly mode: string;
  readonly name: string;
  readonly id: string;
}

/** A git object database in memory: every object of a real repository, and whatever is put beside them. */
export class MemoryObjects {
  private readonly objects: Map<string, { readonly type: ObjectType; readonly bytes: Buffer }>;

  private constructor(objects: MemoryObjects['objects']) {
    this.objects = objects;
  }

  /** Reads a repository with SHA-1 ids whole. */
  static load(directory: string, env: NodeJS.ProcessEnv): MemoryObjects {
    const objects: MemoryObjects['objects'] = new Map(
      [...everyObject(directory, env)].map(([id, { type, bytes }]) => [
        id,
        { type, bytes: Buffer.from(bytes) },
      ]),
    );
    return new MemoryObjects(objects);
  }

  /** A copy that can be written to without touching this one. */
  fork(): MemoryObjects {
    return new MemoryObjects(new Map(this.objects));
  }

  reader(): ObjectReader {
    return {
      read: (id): Promise<GitObject> => {
        return Promise.resolve({ id, ...this.found(id) });
      },
      measure: (id) => {
        const { type, bytes } = this.found(id);
        return Promise.resolve({ id, type, size: bytes.length });
      },
      close: () => Promise.resolve(),
    };
  }

  bytes(id: string): Buffer {
    return this.found(id).bytes;
  }

  private found(id: string): { readonly type: ObjectType; readonly bytes: Buffer } {
    const found = this.objects.get(id);
    if (found === undefined) throw new Error(`no object ${id}`);
    return found;
  }

  put(type: ObjectType, bytes: Uint8Array): string {
    const id = createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
    this.objects.set(id, { type, bytes: Buffer.from(bytes) });
    return id;
  }

  /** Every file below a tree with its blob. */
  files(tree: string, prefix = ''): readonly (readonly [string, string])[] {
    return this.entries(tree).flatMap(({ mode, name, id }) =>
      mode === '40000' ? this.files(id, `${prefix}${name}/`) : [[`${prefix}${name}`, id] as const],
    );
  }

  /** The tree with a blob at a path; null takes it away, with folders that are empty then. */
  withFile(tree: string | null, path: string, blob: string | null): string | null {
    const [name = '', ...rest] = path.split('/');
    const entries = tree === null ? [] : this.entries(tree);
    const old = entries.find((entry) => entry.name === name);
    const below =
      rest.length === 0 ? blob : this.withFile(old?.mode === '40000' ? old.id : null, rest.join('/'), blob);
    const others = entries.filter((entry) => entry.name !== name);
    const mode = rest.length === 0 ? '100644' : '40000';
    const fresh = below === null ? others : [...others, { mode, name, id: below }];
    return fresh.length === 0 && tree !== null && path.includes('/') ? null : this.tree(fresh);
  }

  private tree(entries: readonly MemoryTreeEntry[]): string {
    const key = ({ mode, name }: MemoryTreeEntry): Buffer =>
      Buffer.from(mode === '40000' ? `${name}/` : name);
    const sorted = [...entries].sort((a, b) => Buffer.compare(key(a), key(b)));
    const parts = sorted.map(({ mode, name, id }) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]),
    );
    return this.put('tree', Buffer.concat(parts));
  }

  private entries(tree: string): readonly MemoryTreeEntry[] {
    const bytes = this.bytes(tree);
    const found: MemoryTreeEntry[] = [];
    for (let at = 0; at < bytes.length;) {
      const nul = bytes.indexOf(0, at);
      const [mode = '', ...name] = bytes.subarray(at, nul).toString().split(' ');
      found.push({ mode, name: name.join(' '), id: bytes.subarray(nul + 1, nul + 21).toString('hex') });
      at = nul + 21;
    }
    return found;
  }
}
