import { CannotTell } from '../base/errors.ts';
import type { Parsed, Problem } from '../base/problem.ts';
import type { JsonDocument } from '../domain/document.ts';
import { fileAt, filesUnder, type TreeFile, type TreeFolder } from '../domain/tree.ts';

const parsedFiles = new WeakMap<TreeFile, Map<string, Parsed<unknown>>>();

/** The latest first: what the machine would write is read, and what was written, and they are the same. */
const latelyParsed: { readonly name: string; readonly bytes: Uint8Array; readonly seen: Parsed<unknown> }[] =
  [];
const MOST_LATELY = 8;

function parseBytes<T>(document: JsonDocument<T>, bytes: Uint8Array, path: string): Parsed<T> {
  const known = latelyParsed.find(
    (each) =>
      each.name === document.name &&
      each.bytes.length === bytes.length &&
      Buffer.compare(each.bytes, bytes) === 0,
  );
  if (known !== undefined) return known.seen as Parsed<T>;
  const seen = document.parse(bytes, path);
  latelyParsed.unshift({ name: document.name, bytes, seen });
  latelyParsed.length = Math.min(latelyParsed.length, MOST_LATELY);
  return seen;
}

function acceptedBefore<T>(document: JsonDocument<T>, file: TreeFile): Parsed<T> | null {
  const value = file.isAccepted === true ? document.acceptedBefore(file.bytes) : null;
  return value === null ? null : { ok: true, value };
}

/** Parses a file once, however many commits share it and at however many paths it lies. */
export function parseFile<T>(document: JsonDocument<T>, file: TreeFile, path: string): Parsed<T> {
  const memo = parsedFiles.get(file) ?? new Map<string, Parsed<unknown>>();
  parsedFiles.set(file, memo);
  const seen =
    (memo.get(document.name) as Parsed<T> | undefined) ??
    acceptedBefore(document, file) ??
    parseBytes(document, file.bytes, path);
  memo.set(document.name, seen);
  if (seen.ok) return seen;
  const [first, ...others] = seen.problems;
  const here = ({ place, message }: Problem): Problem => ({ place: { ...place, file: path }, message });
  return { ok: false, problems: [here(first), ...others.map(here)] };
}

/** Lets go of what was read out of files that hardly anybody asks about again; it is read anew where somebody does. */
export function forget(files: Iterable<TreeFile>): void {
  for (const file of files) parsedFiles.delete(file);
}

/**
 * Reads a file of a tree whose every file was accepted before.
 * @throws CannotTell BAD_DATA: the tree was never judged, or not by this law.
 */
export function trusted<T>(document: JsonDocument<T>, tree: TreeFolder, path: string): T | null {
  const file = fileAt(tree, path);
  return file === null ? null : trustedFile(document, file, path);
}

/** The same of a file that was found already. */
export function trustedFile<T>(document: JsonDocument<T>, file: TreeFile, path: string): T {
  const result = parseFile(document, file, path);
  if (result.ok) return result.value;
  const [{ place, message }] = result.problems;
  throw new CannotTell('BAD_DATA', `${place.file} ${message}`, { place, remedy: 'modelsmith verify' });
}

/** All entries of one kind below a folder, sorted by (time, id). */
export function entriesUnder<T extends { readonly time: string; readonly id: string }>(
  document: JsonDocument<T>,
  tree: TreeFolder,
  folder: string,
): readonly T[] {
  const files = filesUnder(tree, folder);
  return sortEntries(files.map(([name, file]) => trustedFile(document, file, `${folder}/${name}`)));
}

/** The order of the approval log: by time, then by id. */
export function sortEntries<T extends { readonly time: string; readonly id: string }>(
  entries: readonly T[],
): readonly T[] {
  return [...entries].sort((a, b) => (a.time < b.time || (a.time === b.time && a.id < b.id) ? -1 : 1));
}
