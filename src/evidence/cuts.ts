import { isGovernedName } from '../domain/paths.ts';
import { parseTree } from '../judge/tree-object.ts';
import type { ObjectReader } from '../ports/objects.ts';
import type { PieceJudges } from '../ports/pieces.ts';
import type { SignatureVerifier } from '../ports/signatures.ts';
import { readCommit, type History, type HistoryStep } from './history.ts';
import { narrowsIn } from './narrows.ts';

/** A commit at which a history may be cut: everything after it descends from it. */
export interface Cut {
  readonly commit: string;
  /** Its place in the order. */
  readonly at: number;
  /** What it says of when it was signed: very likely the latest signature time up to it, seconds since 1970. */
  readonly clock: number;
}

export interface Sources {
  readonly objects: ObjectReader;
  readonly verifier: SignatureVerifier;
  readonly idLength: 40 | 64;
}

/** Commits that are looked at for one cut. */
const MOST_LOOKS = 256;
/** Commits before a cut that were signed no later than it. */
const LOOKED_BACK = 16;
/** Commits of a ref beside the branch until it meets the branch: a brake is one commit. */
const MOST_BESIDE = 64;

/**
 * Where a history is cut into so many pieces, or fewer where it is short; nowhere, where not all of it can be judged so.
 * @param sides commits of refs beside the branch: they must meet it in the last piece, or lie before it.
 */
export async function cutsOf(
  sources: Sources,
  { line, outside, holdsRoot }: History,
  { count, leastCommits }: Pick<PieceJudges, 'count' | 'leastCommits'>,
  sides: readonly string[],
): Promise<readonly Cut[]> {
  const pieces = Math.min(count, Math.floor(line.length / leastCommits));
  if (pieces < 2 || !holdsRoot || outside.length > 0) return [];
  const end = await earliestMeeting(sources, line, sides);
  if (end === null) return [];
  const isNarrow = narrowsIn(line);
  const cuts: Cut[] = [];
  for (let piece = 1; piece < pieces; piece += 1) {
    const wanted = Math.min(end, Math.floor(line.length * shareBefore(piece / pieces)));
    const cut = await cutUpTo(sources, line, wanted, (at) => at > (cuts.at(-1)?.at ?? 0) && isNarrow(at));
    if (cut !== null) cuts.push(cut);
  }
  return cuts;
}

/** How much more the last commit of a history takes than the first: there is more beside what it changes. Measured. */
const GROWTH = 0.7;

/** The share of the commits, from the first on, that takes this share of the time. */
function shareBefore(time: number): number {
  return (Math.sqrt(1 + 2 * GROWTH * time * (1 + GROWTH / 2)) - 1) / GROWTH;
}

async function cutUpTo(
  sources: Sources,
  line: readonly HistoryStep[],
  wanted: number,
  isPossible: (at: number) => boolean,
): Promise<Cut | null> {
  for (let at = wanted; at > Math.max(0, wanted - MOST_LOOKS); at -= 1) {
    const commit = line[at]?.id;
    if (commit === undefined || !isPossible(at)) continue;
    const clock = await claimedClock(sources.objects, sources.verifier, commit, sources.idLength);
    if (clock === null) continue;
    const before = line.slice(Math.max(0, at - LOOKED_BACK), at);
    const signed = await Promise.all(before.map(({ id }) => signedAt(sources, id)));
    if (signed.every((time) => time === null || time <= clock)) return { commit, at, clock };
  }
  return null;
}

async function signedAt({ objects, verifier, idLength }: Sources, id: string): Promise<number | null> {
  const { commit } = await readCommit(objects, id, idLength);
  return commit?.signature == null ? null : (verifier.claimedTime?.(commit.signature) ?? null);
}

/**
 * When a commit says it was signed; null where its signature has no say in what the time is: there is none, or what it changed is not
 * governed.
 */
export async function claimedClock(
  objects: ObjectReader,
  verifier: SignatureVerifier,
  id: string,
  idLength: 40 | 64,
): Promise<number | null> {
  const { commit } = await readCommit(objects, id, idLength);
  const [parent, other] = commit?.parents ?? [];
  if (commit === null || parent === undefined || other !== undefined) return null;
  const before = await readCommit(objects, parent, idLength);
  const [tree, earlier] = await Promise.all(
    [commit.tree, before.tree].map((each) => governedIn(objects, each, idLength)),
  );
  if (tree == null || earlier == null || tree === earlier) return null;
  return await signedAt({ objects, verifier, idLength }, id);
}

/** The governed entries of a tree, as one text. */
async function governedIn(
  objects: ObjectReader,
  id: string | null,
  idLength: 40 | 64,
): Promise<string | null> {
  const object = id === null ? null : await objects.read(id);
  if (object?.type !== 'tree') return null;
  const entries = parseTree(object.id, object.bytes, idLength === 40 ? 20 : 32);
  if (!entries.ok) return null;
  const governed = entries.value.filter(({ name }) => isGovernedName(name));
  return JSON.stringify(governed.map((entry) => [entry.name, entry.kind, entry.id]));
}

/** The earliest place at which a ref beside the branch leaves it; null where that is not found soon. */
async function earliestMeeting(
  { objects, idLength }: Sources,
  line: readonly HistoryStep[],
  sides: readonly string[],
): Promise<number | null> {
  const places = new Map(line.map(({ id }, place) => [id, place] as const));
  let earliest = line.length - 1;
  const queue = sides.filter((side) => !places.has(side));
  const most = queue.length * MOST_BESIDE;
  const seen = new Set(queue);
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const { parents } = await readCommit(objects, id, idLength);
    if (parents.length === 0 || seen.size > most) return null;
    for (const parent of parents) {
      const place = places.get(parent);
      if (place !== undefined) earliest = Math.min(earliest, place);
      else if (!seen.has(parent)) queue.push(parent);
      seen.add(parent);
    }
  }
  return earliest;
}
