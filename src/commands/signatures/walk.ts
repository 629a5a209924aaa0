import { parseCommit, type CommitObject } from '../../judge/commit-object.ts';
import { CannotTell } from '../../base/errors.ts';
import type { ObjectReader } from '../../ports/objects.ts';

/** A commit of any repository. Where git's own spelling is broken it is not taken apart, and the walk goes on. */
export interface WalkedCommit {
  readonly id: string;
  readonly commit: CommitObject | null;
  /** Why it was not taken apart. */
  readonly fault: 'OBJECT_CORRUPT' | 'COMMIT_MALFORMED' | null;
  readonly parents: readonly string[];
}

const BATCH = 256;

/**
 * Every commit reachable from `start` and not in `seen`, in batches, nearest first. Only ids are kept: memory grows by
 * one id a commit, whatever the commits hold.
 * @param seen gains the ids handed out. @throws CannotTell OBJECT_MISSING, BAD_DATA.
 */
export async function* walk(
  objects: ObjectReader,
  start: string,
  idLength: 40 | 64,
  seen: Set<string>,
): AsyncGenerator<readonly WalkedCommit[]> {
  if (seen.has(start)) return;
  seen.add(start);
  for (let queue: readonly string[] = [start]; queue.length > 0;) {
    const batch = await Promise.all(queue.slice(0, BATCH).map((id) => readAny(objects, id, idLength)));
    const found: string[] = [];
    for (const parent of batch.flatMap(({ parents }) => parents)) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      found.push(parent);
    }
    queue = [...queue.slice(BATCH), ...found];
    yield batch;
  }
}

async function readAny(objects: ObjectReader, id: string, idLength: 40 | 64): Promise<WalkedCommit> {
  const object = await objects.read(id);
  // Bytes that are not those of the id name no parents: what lies behind cannot be reached through them.
  if (object.type === 'corrupt') return { id, commit: null, fault: 'OBJECT_CORRUPT', parents: [] };
  if (object.type !== 'commit') throw new CannotTell('BAD_DATA', `${id} is a ${object.type}, not a commit`);
  const parsed = parseCommit(id, object.bytes, { idLength });
  if (parsed.ok) return { id, commit: parsed.value, fault: null, parents: parsed.value.parents };
  return { id, commit: null, fault: 'COMMIT_MALFORMED', parents: parentsIn(object.bytes, idLength) };
}

/** Where git would go on from a commit it did not write itself. */
function parentsIn(bytes: Uint8Array, idLength: 40 | 64): readonly string[] {
  const headers = new TextDecoder('latin1').decode(bytes).split('\n\n', 1)[0] ?? '';
  const line = new RegExp(`^parent ([0-9a-f]{${idLength}})$`, 'gm');
  return [...headers.matchAll(line)].flatMap(([, parent]) => parent ?? []);
}
