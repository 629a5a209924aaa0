import { openpgpVerifier } from '../../../src/adapters/openpgp/verify.ts';
import { ComposedDocuments } from '../../../src/domain/composed-documents.ts';
import { GrownDocuments } from '../../../src/domain/grown-documents.ts';
import { Growth } from '../../../src/evidence/growth.ts';
import type { Verification, VerifyOptions } from '../../../src/evidence/verification.ts';
import { verifyHistory } from '../../../src/evidence/verify-history.ts';
import type { ObjectReader } from '../../../src/ports/objects.ts';

/** Each may say that it has no answer, and then everything is read. */
const QUICK: readonly (readonly [object, string])[] = [
  [Growth.prototype, 'governed'],
  [GrownDocuments.prototype, 'parse'],
  [GrownDocuments.prototype, 'print'],
  [ComposedDocuments.prototype, 'parse'],
  [ComposedDocuments.prototype, 'print'],
];

/**
 * The law by itself: every object asked for, every folder and document read whole, every signature looked at where it is
 * judged, nothing let go of. For as long as it judges nothing else in this process has a quick way either.
 */
export async function judgedPlainly(objects: ObjectReader, options: VerifyOptions): Promise<Verification> {
  const plain: ObjectReader = {
    read: (id, most) => objects.read(id, most),
    measure: (id) => objects.measure(id),
    close: () => objects.close(),
  };
  const giveBack = QUICK.map(([prototype, name]) => without(prototype, name));
  try {
    return await verifyHistory(plain, openpgpVerifier(), {
      ...options,
      tipOnly: false,
      followsFrom: Infinity,
    });
  } finally {
    for (const each of giveBack) each();
  }
}

function without(prototype: object, name: string): () => void {
  const own = Object.getOwnPropertyDescriptor(prototype, name);
  if (typeof own?.value !== 'function') throw new Error(`there is no way ${name} any more`);
  Object.defineProperty(prototype, name, { ...own, value: () => null });
  return () => void Object.defineProperty(prototype, name, own);
}
