import { parseTree, type TreeEntry } from '../judge/tree-object.ts';

/** A raw folder listing and what it says. */
export interface RawListing {
  readonly bytes: Uint8Array;
  readonly list: readonly TreeEntry[];
}

/** Where a listing differs from an older one: `list.slice(from, to)` of the older gave way to `entries`. */
export interface ChangedEntries {
  readonly from: number;
  readonly to: number;
  readonly entries: readonly TreeEntry[];
}

/**
 * Reads of a listing only what differs from an older one: a folder of hundreds of entries gains one at a time.
 * @returns null where it has to be read whole to tell, also whenever something is wrong with it.
 */
export function changedEntries(
  { bytes: before, list }: RawListing,
  bytes: Uint8Array,
  idBytes: 20 | 32,
): ChangedEntries | null {
  const ends = endsOf(list, idBytes);
  // Lengths in characters are lengths in bytes only where every name is ASCII.
  if ((ends.at(-1) ?? 0) !== before.length) return null;
  const common = Math.min(before.length, bytes.length);
  const head = commonStart(before, bytes, common);
  const tail = commonEnd(before, bytes, common - head);
  let from = 0;
  while (from < ends.length && (ends[from] ?? 0) <= head) from += 1;
  const start = from === 0 ? 0 : (ends[from - 1] ?? 0);
  const grown = bytes.length - before.length;
  let to = ends.length;
  const startOf = (index: number): number => (index === 0 ? 0 : (ends[index - 1] ?? 0));
  while (to > from && startOf(to - 1) >= before.length - tail && startOf(to - 1) + grown >= start) to -= 1;
  const end = (to === ends.length ? before.length : startOf(to)) + grown;
  if (end < start) return null;
  const middle = parseTree('', bytes.subarray(start, end), idBytes);
  if (!middle.ok) return null;
  const entries = middle.value;
  const old = list.slice(from, to);
  const isRenamed =
    old.length !== entries.length ||
    old.some(({ name, kind }, index) => name !== entries[index]?.name || kind !== entries[index].kind);
  if (isRenamed && !fits(list, { from, to, entries })) return null;
  return { from, to, entries };
}

/** Whether the whole would be in git's order, each name once. */
function fits(list: readonly TreeEntry[], { from, to, entries }: ChangedEntries): boolean {
  const around = [...list.slice(Math.max(0, from - 1), from), ...entries, ...list.slice(to, to + 1)];
  const keys = around.map(({ kind, name }) => (kind === 'folder' ? `${name}/` : name));
  // eslint-disable-next-line no-control-regex
  if (keys.some((key) => !/^[\x01-\x7f]+$/.test(key))) return false;
  if (keys.some((key, index) => index > 0 && (keys[index - 1] ?? '') >= key)) return false;
  const names = new Set(entries.map(({ name }) => name));
  return list.every(({ name }, index) => (index >= from && index < to) || !names.has(name));
}

/** Where each entry ends, were every name ASCII. */
function endsOf(list: readonly TreeEntry[], idBytes: number): readonly number[] {
  let at = 0;
  return list.map(({ kind, name }) => (at += (kind === 'folder' ? 5 : 6) + name.length + 2 + idBytes));
}

/** How many bytes are equal from the start. */
function commonStart(a: Uint8Array, b: Uint8Array, most: number): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (Buffer.compare(a.subarray(low, middle), b.subarray(low, middle)) === 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** How many bytes are equal at the end. */
function commonEnd(a: Uint8Array, b: Uint8Array, most: number): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const sameHere =
      Buffer.compare(
        a.subarray(a.length - middle, a.length - low),
        b.subarray(b.length - middle, b.length - low),
      ) === 0;
    if (sameHere) low = middle;
    else high = middle - 1;
  }
  return low;
}
