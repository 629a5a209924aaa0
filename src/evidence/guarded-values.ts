import { parseTree, type TreeEntry } from '../judge/tree-object.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { ObjectReader } from '../ports/objects.ts';

/** More entries than this under one guarded path are not followed. */
const MAX_ENTRIES = 10_000;

/**
 * What lies at guarded paths: kind and object id, which is all that is compared. Every object below is hashed again.
 * A path may become guarded later, so what is known of earlier commits grows with the list.
 */
export class GuardedReader {
  private readonly objects: ObjectReader;
  private readonly idBytes: 20 | 32;
  private readonly paths = new Set<string>();
  private readonly values = new Map<string, Map<string, string>>();
  private readonly faults = new Map<string, Reason[]>();

  constructor(objects: ObjectReader, idBytes: 20 | 32) {
    this.objects = objects;
    this.idBytes = idBytes;
  }

  /** Values by path of one tree; the map gains what is guarded later. */
  async of(
    treeId: string,
  ): Promise<{ readonly values: ReadonlyMap<string, string>; readonly faults: readonly Reason[] }> {
    let values = this.values.get(treeId);
    if (values === undefined) {
      values = new Map();
      this.values.set(treeId, values);
      this.faults.set(treeId, []);
      for (const path of this.paths) await this.add(treeId, values, path);
    }
    return { values, faults: this.faults.get(treeId) ?? [] };
  }

  /** Reads these paths of every tree from now on, and of those that were read before. */
  async watch(paths: readonly string[]): Promise<void> {
    for (const path of paths.filter((each) => !this.paths.has(each))) {
      this.paths.add(path);
      for (const [treeId, values] of this.values) await this.add(treeId, values, path);
    }
  }

  private async add(treeId: string, values: Map<string, string>, path: string): Promise<void> {
    const entry = await this.find(treeId, path.split('/'));
    if (entry === null) return;
    if (typeof entry === 'string') {
      values.set(path, entry);
      return;
    }
    const sound = await this.isSound(entry, { left: MAX_ENTRIES });
    values.set(path, `${entry.kind} ${entry.id}`);
    if (!sound) this.faults.get(treeId)?.push(reason('OBJECT_CORRUPT', { object: entry.id }));
  }

  /**
   * What lies there. Where the way is barred – by a folder that git reads and this does not, by a link or a submodule – the
   * bar in words: what is behind it may be anything, so another bar is another value, and nothing is never taken for it.
   */
  private async find(
    treeId: string,
    [name = '', ...rest]: readonly string[],
  ): Promise<TreeEntry | string | null> {
    const entries = await this.entries(treeId);
    if (entries === null) return `unreadable ${treeId}`;
    const entry = entries.find((each) => each.name === name) ?? null;
    if (entry === null || rest.length === 0) return entry;
    if (entry.kind === 'folder') return await this.find(entry.id, rest);
    return entry.kind === 'link' || entry.kind === 'submodule' ? `behind ${entry.kind} ${entry.id}` : null;
  }

  private async isSound(entry: TreeEntry, budget: { left: number }): Promise<boolean> {
    budget.left -= 1;
    if (budget.left < 0) return false;
    if (entry.kind === 'submodule') return true;
    if (entry.kind !== 'folder') return (await this.objects.read(entry.id)).type === 'blob';
    const entries = await this.entries(entry.id);
    if (entries === null) return false;
    for (const child of entries) if (!(await this.isSound(child, budget))) return false;
    return true;
  }

  private async entries(treeId: string): Promise<readonly TreeEntry[] | null> {
    const object = await this.objects.read(treeId);
    if (object.type !== 'tree') return null;
    const parsed = parseTree(treeId, object.bytes, this.idBytes);
    return parsed.ok ? parsed.value : null;
  }
}
