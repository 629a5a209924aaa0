import { CannotTell } from '../base/errors.ts';
import { parseCommit, type CommitObject } from '../judge/commit-object.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { ObjectReader } from '../ports/objects.ts';
import { MAX_COMMIT_BYTES, MAX_COMMITS } from './limits.ts';

/** A commit as read: taken apart, or the reason why it cannot be. */
export interface HistoryCommit {
  readonly id: string;
  readonly commit: CommitObject | null;
  readonly fault: Reason | null;
  /** The parents git follows, also where the commit is refused. */
  readonly parents: readonly string[];
  /** The tree git would check out, also where the commit is refused; null where there is none to name. */
  readonly tree: string | null;
}

/** What is kept of every commit of a history: its place. */
export interface HistoryStep {
  readonly id: string;
  /** None where the commit cannot be taken apart. */
  readonly parents: readonly string[];
  /** Null where it has to be read again, because all of them together take too much memory. */
  readonly read: HistoryCommit | null;
}

/** The commits to judge, each after its parents, and those that do not belong to the root at all. */
export interface History {
  /** From the root on, in an order in which every parent comes first. */
  readonly line: readonly HistoryStep[];
  /** Reachable from the tip, but neither the root, nor before it, nor after it. */
  readonly outside: readonly HistoryStep[];
  /** Whether the root is reachable from the tip. */
  readonly holdsRoot: boolean;
}

export async function readCommit(
  objects: ObjectReader,
  id: string,
  idLength: 40 | 64,
): Promise<HistoryCommit> {
  const object = await objects.read(id);
  if (object.type === 'corrupt')
    return { id, commit: null, fault: reason('OBJECT_CORRUPT', { object: id }), tree: null, parents: [] };
  if (object.type === 'large')
    return { id, commit: null, fault: tooLarge(object.size), tree: null, parents: [] };
  if (object.type !== 'commit') throw new CannotTell('BAD_DATA', `${id} is a ${object.type}, not a commit`);
  // Its parents are read all the same, so that a brake on top of it holds and a repair can set it aside.
  const { length } = object.bytes;
  if (length > MAX_COMMIT_BYTES)
    return { id, commit: null, fault: tooLarge(length), ...asGitReads(object.bytes, idLength) };
  const parsed = parseCommit(id, object.bytes, { idLength });
  if (parsed.ok) {
    const { parents, tree } = parsed.value;
    return { id, commit: parsed.value, fault: null, parents, tree };
  }
  const fault = reason('COMMIT_MALFORMED', { message: parsed.problems[0].message });
  return { id, commit: null, fault, ...asGitReads(object.bytes, idLength) };
}

function tooLarge(size: number): Reason {
  return reason('COMMIT_MALFORMED', {
    message: `has ${size} bytes, more than the ${MAX_COMMIT_BYTES} a commit may have`,
  });
}

/** The tree on the first line and all the `parent` lines right after it, however many: that is all that git looks at. */
function asGitReads(
  bytes: Uint8Array,
  idLength: 40 | 64,
): { readonly tree: string | null; readonly parents: readonly string[] } {
  let at = 0;
  const take = (name: string): string | null => {
    const length = name.length + 1 + idLength + 1;
    const line = LATIN.decode(bytes.subarray(at, at + length));
    const id = line.slice(name.length + 1, -1);
    if (line !== `${name} ${id}\n` || id.length !== idLength || !/^[0-9a-f]+$/.test(id)) return null;
    at += length;
    return id;
  };
  const tree = take('tree');
  if (tree === null) at = bytes.indexOf(0x0a) + 1;
  const parents = new Set<string>();
  for (let id = take('parent'); id !== null; id = take('parent')) parents.add(id);
  return { tree, parents: [...parents] };
}

const LATIN = new TextDecoder('latin1');

const BATCH = 256;
const WORTH_FOLLOWING = 64;

/** Commits until this many bytes are kept from when the history is ordered until they are judged. */
const MAX_KEPT_BYTES = 8 * 1024 * 1024;

/** Reads everything reachable from `start` without going past `stop`. */
async function reach(
  objects: ObjectReader,
  start: string,
  stop: string | null,
  idLength: 40 | 64,
): Promise<ReadonlyMap<string, HistoryStep>> {
  const seen = new Map<string, HistoryStep>();
  const queue = [start];
  const met = new Set(queue);
  let kept = 0;
  let follows = false;
  for (let done = 0; done < queue.length; done = seen.size) {
    // In a history without branches each commit tells of one more, and asking for each takes longer than to read it.
    if (!follows && done >= WORTH_FOLLOWING) {
      objects.follow?.({ tip: queue[done] ?? start, from: stop, what: 'commits' });
      if (stop !== null) objects.prepare?.({ tip: start, from: stop, what: 'objects' });
      follows = true;
    }
    const ids = queue.slice(done, done + BATCH);
    for (const read of await Promise.all(ids.map((of) => readCommit(objects, of, idLength)))) {
      const { id, commit, parents } = read;
      kept += commit === null ? 0 : commit.payload.length + (commit.signature?.length ?? 0);
      seen.set(id, { id, parents, read: kept <= MAX_KEPT_BYTES ? read : null });
      for (const parent of id === stop ? [] : parents) {
        if (met.has(parent)) continue;
        met.add(parent);
        queue.push(parent);
      }
    }
    if (queue.length > MAX_COMMITS)
      throw new CannotTell('BAD_DATA', `the history has more than ${MAX_COMMITS} commits`);
  }
  return seen;
}

/** Sorts what is reachable from the tip by its relation to the root. */
export async function readHistory(
  objects: ObjectReader,
  tip: string,
  root: string,
  idLength: 40 | 64,
): Promise<History> {
  const seen = await reach(objects, tip, root, idLength);
  const ordered = parentsFirst(tip, seen);
  const descends = new Set<string>(seen.has(root) ? [root] : []);
  for (const { id, parents } of ordered) if (parents.some((parent) => descends.has(parent))) descends.add(id);
  const strangers = ordered.filter(({ id }) => !descends.has(id));
  const before = strangers.length === 0 ? new Set<string>() : await ancestorsOf(objects, root, idLength);
  return {
    line: ordered.filter(({ id }) => descends.has(id)),
    outside: strangers.filter(({ id }) => !before.has(id)),
    holdsRoot: seen.has(root),
  };
}

/** A commit and everything before it. */
async function ancestorsOf(
  objects: ObjectReader,
  id: string,
  idLength: 40 | 64,
): Promise<ReadonlySet<string>> {
  return new Set((await reach(objects, id, null, idLength)).keys());
}

function parentsFirst(tip: string, seen: ReadonlyMap<string, HistoryStep>): readonly HistoryStep[] {
  const ordered: HistoryStep[] = [];
  const done = new Set<string>();
  const stack: { id: string; entered: boolean }[] = [{ id: tip, entered: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const found = seen.get(top.id);
    if (found === undefined || done.has(top.id)) continue;
    if (top.entered) {
      done.add(top.id);
      ordered.push(found);
      continue;
    }
    stack.push({ id: top.id, entered: true });
    for (const parent of found.parents) if (!done.has(parent)) stack.push({ id: parent, entered: false });
  }
  return ordered;
}
