import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import type { GitObject, ObjectReader, ObjectType } from '../../src/ports/objects.ts';

/** A repository's objects, read and written as files: a process for each would be most of the time that a case takes. */
export class LooseObjects implements ObjectReader {
  private readonly directory: string;
  private readonly format: 'sha1' | 'sha256';

  private readonly packed: ReadonlyMap<string, GitObject>;

  /** @param packed what the repository began with. */
  constructor(directory: string, format: 'sha1' | 'sha256', packed: ReadonlyMap<string, GitObject>) {
    this.directory = directory;
    this.format = format;
    this.packed = packed;
  }

  /** Stores whatever bytes they are; git would look at some of them first. */
  write(type: ObjectType, content: string | Uint8Array): string {
    const bytes = Buffer.from(content);
    const whole = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
    const id = createHash(this.format).update(whole).digest('hex');
    const path = this.pathOf(id);
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) writeFileSync(path, deflateSync(whole, { level: 1 }), { mode: 0o444 });
    return id;
  }

  get(id: string): GitObject {
    const known = this.packed.get(id);
    if (known !== undefined) return known;
    const whole = inflateSync(readFileSync(this.pathOf(id)));
    const nul = whole.indexOf(0);
    const [type = ''] = whole.toString('latin1', 0, nul).split(' ');
    return { id, type: type as ObjectType, bytes: whole.subarray(nul + 1) };
  }

  read(id: string): Promise<GitObject> {
    return Promise.resolve(this.get(id));
  }

  measure(id: string): Promise<{ readonly type: ObjectType; readonly size: number }> {
    const { type, bytes } = this.get(id);
    return Promise.resolve({ type, size: bytes.length });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private pathOf(id: string): string {
    return join(this.directory, 'objects', id.slice(0, 2), id.slice(2));
  }
}

/** Every object of a repository by its id. */
export function everyObject(directory: string, env: NodeJS.ProcessEnv): ReadonlyMap<string, GitObject> {
  const args = ['cat-file', '--batch-all-objects', '--batch'];
  const { stdout, status } = spawnSync('git', args, { cwd: directory, env, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error('git cat-file failed');
  const objects = new Map<string, GitObject>();
  for (let at = 0; at < stdout.length;) {
    const end = stdout.indexOf(0x0a, at);
    const [id = '', type = '', size = ''] = stdout.subarray(at, end).toString().split(' ');
    const bytes = Buffer.from(stdout.subarray(end + 1, end + 1 + Number(size)));
    objects.set(id, { id, type: type as ObjectType, bytes });
    at = end + 1 + Number(size) + 1;
  }
  return objects;
}
