import type { TreeEntry } from './tree-object.ts';

/**
 * An entry that lies at a guarded path, or that stands for it: one whose name some file system takes for the name there, or
 * what bars the way to it.
 */
export interface GuardedEntry {
  readonly path: string;
  readonly kind: TreeEntry['kind'];
  readonly id: string;
}

/** What lies at a guarded path as one text that is equal where the same lies there; undefined for nothing. */
export function guardedValue(path: string, found: readonly GuardedEntry[]): string | undefined {
  if (found.length === 0) return undefined;
  return found
    .map(({ path: own, kind, id }) => (own === path ? `${kind} ${id}` : `${kind} ${id} ${own}`))
    .sort()
    .join('\0');
}

const VALUE = /^(file|executable|folder|link|submodule) ([0-9a-f]+)(?: (.*))?$/s;

/** What `guardedValue` was made of. */
export function guardedEntries(path: string, value: string | undefined): readonly GuardedEntry[] {
  return (value?.split('\0') ?? []).map((text) => {
    const [, kind, id, own = path] = VALUE.exec(text) ?? [];
    if (kind === undefined || id === undefined) throw new Error(`not a value of a guarded path: ${text}`);
    return { path: own, kind: kind as GuardedEntry['kind'], id };
  });
}
