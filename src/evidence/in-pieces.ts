import { CannotTell } from '../base/errors.ts';
import type { Anchor } from '../ports/anchors.ts';
import type { ObjectReader } from '../ports/objects.ts';
import type { Piece, SoundPiece } from '../ports/pieces.ts';
import type { SignatureVerifier } from '../ports/signatures.ts';
import { anchorsIn } from './anchors.ts';
import { claimedClock, cutsOf } from './cuts.ts';
import type { History } from './history.ts';
import { TREE_LIMITS } from './limits.ts';
import type { Verification, VerifyOptions } from './verification.ts';
import { isSound, verifyFrom } from './verify-from.ts';

const NOTHING: Anchor['counts'] = { commits: 0, governed: 0, signatures: 0 };

/** Judges a piece for somebody who judges another one meanwhile. @returns null where not everything in it is valid. */
export async function judgePiece(
  objects: ObjectReader,
  verifier: SignatureVerifier,
  { after, ...piece }: Piece,
): Promise<SoundPiece | null> {
  const idLength = piece.objectFormat === 'sha1' ? 40 : 64;
  const assumed = after === null ? null : await claimedClock(objects, verifier, after, idLength);
  if (after !== null && assumed === null) return null;
  const from = after === null || assumed === null ? null : beginningAt(after, assumed);
  const judged = await verifyFrom(from, objects, verifier, { ...piece, tipOnly: true });
  if (judged?.anchors == null) return null;
  const { clock, counts, anchors, heldBytes } = judged;
  return { assumed, clock, counts, anchors, heldBytes };
}

/**
 * Judges a long history in pieces at once. Each but the first takes for granted that what lies before it is valid, and when its last
 * signature was made; so it counts only together with all before it, where they found just that. @returns null where
 * it does not pay, or anything at all is not valid: judging everything in its order finds out what.
 */
export async function verifyInPieces(
  objects: ObjectReader,
  verifier: SignatureVerifier,
  options: VerifyOptions,
  history: History,
): Promise<Verification | null> {
  const { pieces, tipOnly = false, known = [], sides = [] } = options;
  if (pieces === undefined || !tipOnly || known.length > 0) return null;
  const besides = sides.map(({ commit }) => commit);
  const idLength = options.objectFormat === 'sha1' ? 40 : 64;
  const sources = { objects, verifier, idLength } as const;
  const cuts = await readable(() => cutsOf(sources, history, pieces, besides));
  const last = cuts?.at(-1);
  if (cuts === null || last === undefined) return null;
  const { root, now, objectFormat } = options;
  const before = cuts.map(({ commit }, index) =>
    pieces.judge({ root, after: cuts[index - 1]?.commit ?? null, tip: commit, now, objectFormat }),
  );
  try {
    const rest = { line: history.line.slice(last.at), outside: [], holdsRoot: true };
    const places = new Map(history.line.map(({ id }, place) => [id, place] as const));
    const isUpTo = (side: string, commit: string): boolean =>
      (places.get(side) ?? Infinity) <= (places.get(commit) ?? -1);
    const mergedAt = (commit: string): readonly string[] => besides.filter((side) => isUpTo(side, commit));
    const from = { ...beginningAt(last.commit, last.clock), merged: mergedAt(last.commit) };
    const own = await readable(() => verifyFrom(from, objects, verifier, { ...options, anchors: [] }, rest));
    if (own === null || !isSound(own)) return null;
    const joined = together(await Promise.all(before), own.heldBytes);
    if (joined?.clock !== last.clock) return null;
    const earlier = joined.anchors.map((anchor) => ({ ...anchor, merged: mergedAt(anchor.commit) }));
    const { history: judged, counts, promotions } = own;
    const start = { ...from, counts: joined.counts };
    return {
      ...own,
      before: null,
      counts: sum(joined.counts, counts),
      anchors: anchorsIn(
        { line: rest.line, history: judged, from: start, sides: besides, promotions },
        earlier,
      ),
    };
  } finally {
    await pieces.stop();
  }
}

function beginningAt(commit: string, clock: number): Anchor {
  return { commit, clock, counts: NOTHING, merged: [], promotions: null };
}

/** Pieces one after the other, where each began as the one before it ended. @param held by the piece after them. */
function together(pieces: readonly (SoundPiece | null)[], held: number): Omit<SoundPiece, 'assumed'> | null {
  let counts = NOTHING;
  let clock: number | null = null;
  let heldBytes = held;
  const anchors: Anchor[] = [];
  for (const piece of pieces) {
    if (piece?.assumed !== clock) return null;
    for (const anchor of piece.anchors) anchors.push({ ...anchor, counts: sum(counts, anchor.counts) });
    counts = sum(counts, piece.counts);
    ({ clock } = piece);
    heldBytes += piece.heldBytes;
  }
  // What may be held is a limit on the history, however many read it.
  return clock === null || heldBytes > TREE_LIMITS.heldBytes ? null : { counts, clock, anchors, heldBytes };
}

function sum(a: Anchor['counts'], b: Anchor['counts']): Anchor['counts'] {
  return {
    commits: a.commits + b.commits,
    governed: a.governed + b.governed,
    signatures: a.signatures + b.signatures,
  };
}

/** Null also where it cannot be told: whoever judges everything says why. */
async function readable<T>(read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CannotTell) return null;
    throw error;
  }
}
