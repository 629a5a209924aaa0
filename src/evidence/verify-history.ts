import { CLOCK_TOLERANCE } from '../judge/judgement.ts';
import type { ObjectReader } from '../ports/objects.ts';
import type { SignatureVerifier } from '../ports/signatures.ts';
import { anchorUnder } from './anchors.ts';
import { readHistory } from './history.ts';
import { verifyInPieces } from './in-pieces.ts';
import type { Verification, VerifyOptions } from './verification.ts';
import { isSound, verifyFrom } from './verify-from.ts';

/**
 * Judges everything from the root to the tip, each commit by the law of its parent. What lies before an anchor was judged
 * before; nothing but a whole yes is had from there, so whatever else is found is found by judging everything.
 * @throws NotRead where it takes what `sparing` leaves out.
 */
export async function verifyHistory(
  objects: ObjectReader,
  verifier: SignatureVerifier,
  options: VerifyOptions,
): Promise<Verification> {
  const { tip, root, now, objectFormat, anchors = [], sides = [] } = options;
  const idLength = objectFormat === 'sha1' ? 40 : 64;
  // By a clock that went ahead of itself something from the future may have been found valid.
  const anchor = await anchorUnder(
    objects,
    { tip, sides: sides.map(({ commit }) => commit) },
    anchors.filter(({ clock }) => clock <= now + CLOCK_TOLERANCE),
    idLength,
  );
  const since = anchor === null ? null : await verifyFrom(anchor, objects, verifier, options);
  if (since !== null && isSound(since)) return since;
  const history = await readHistory(objects, tip, root.commit, idLength);
  const inPieces = await verifyInPieces(objects, verifier, options, history);
  if (inPieces !== null) return inPieces;
  const whole = await verifyFrom(null, objects, verifier, options, history);
  if (whole === null) throw new Error('judging from the root on takes no anchor');
  return whole;
}
