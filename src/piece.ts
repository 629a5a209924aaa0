import { parentPort, workerData } from 'node:worker_threads';
import { openRepository } from './adapters/git/repository.ts';
import { ForeseeingThreads } from './adapters/openpgp/foreseeing-threads.ts';
import { openpgpVerifier } from './adapters/openpgp/verify.ts';
import type { PieceOrder } from './adapters/pieces/threads.ts';
import { judgePiece } from './evidence/in-pieces.ts';

// What a thread runs that judges a piece of a history. An error ends it, and then nothing was judged.
const port = parentPort;
if (port === null) throw new Error('this is run by a thread of modelsmith');
const { directory, piece } = workerData as PieceOrder;
const objects = (await openRepository(directory)).openObjects();
try {
  const verifier = openpgpVerifier(new ForeseeingThreads(new URL('./foresee.js', import.meta.url), 1));
  port.postMessage(await judgePiece(objects, verifier, piece));
} finally {
  await objects.close();
}
