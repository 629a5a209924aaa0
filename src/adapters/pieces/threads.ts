import { Worker } from 'node:worker_threads';
import type { Piece, PieceJudges, SoundPiece } from '../../ports/pieces.ts';

const LEAST_COMMITS = 1000;

/** What a thread is told. */
export interface PieceOrder {
  /** Absolute path of the repository. */
  readonly directory: string;
  readonly piece: Piece;
}

/**
 * Judges pieces on threads, one each. Whatever goes wrong with one, nothing was judged.
 * @param script what a thread runs. @param count how many pieces are judged at once, the asker's among them.
 */
export function pieceThreads(
  script: URL,
  count: number,
  directory: string,
  leastCommits = LEAST_COMMITS,
): PieceJudges {
  const threads = new Set<Worker>();
  return {
    count,
    leastCommits,
    judge: (piece) =>
      new Promise((resolve) => {
        const thread = begun(script, { directory, piece });
        if (thread === null) {
          resolve(null);
          return;
        }
        threads.add(thread);
        const end = (found: SoundPiece | null): void => {
          threads.delete(thread);
          resolve(found);
        };
        thread.once('message', end);
        thread.once('error', () => end(null));
        thread.once('exit', () => end(null));
      }),
    stop: async () => {
      await Promise.all([...threads].map((thread) => thread.terminate()));
    },
  };
}

/** Null where the machine, or whoever restricts this process, gives none. */
function begun(script: URL, order: PieceOrder): Worker | null {
  try {
    return new Worker(script, { workerData: order });
  } catch {
    return null;
  }
}
