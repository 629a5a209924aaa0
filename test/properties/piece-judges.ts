import { judgePiece } from '../../src/evidence/in-pieces.ts';
import type { ObjectReader } from '../../src/ports/objects.ts';
import type { PieceJudges } from '../../src/ports/pieces.ts';
import type { SignatureVerifier } from '../../src/ports/signatures.ts';

/** Judges pieces here, however short they are. */
export function judgedHere(
  open: () => ObjectReader,
  verifier: SignatureVerifier,
  count: number,
): PieceJudges {
  return {
    count,
    leastCommits: 1,
    judge: async (piece) => {
      const objects = open();
      try {
        return await judgePiece(objects, verifier, piece);
      } catch {
        return null;
      } finally {
        await objects.close();
      }
    },
    stop: () => Promise.resolve(),
  };
}
