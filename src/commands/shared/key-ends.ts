import type { Fingerprint } from '../../domain/names.ts';
import type { Certificate, SignatureVerifier } from '../../ports/signatures.ts';

const DAY = 86_400;
const SOON = 60;

/** When a key can sign no more. */
export type KeyEnd = { readonly kind: 'ended' } | { readonly kind: 'soon'; readonly days: number };

/**
 * Keys that have ended, or end within 60 days, by their certificates with all refreshes.
 * @param at seconds since 1970.
 */
export async function keyEnds(
  verifier: SignatureVerifier,
  keyring: readonly Certificate[],
  at: number,
): Promise<ReadonlyMap<Fingerprint, KeyEnd>> {
  const found = new Map<Fingerprint, KeyEnd>();
  const now = await verifier.ended(keyring, at);
  for (const key of now) found.set(key, { kind: 'ended' });
  const later = await verifier.ended(keyring, at + SOON * DAY);
  for (const certificate of keyring) {
    const key = certificate.fingerprint;
    if (now.has(key) || !later.has(key)) continue;
    found.set(key, { kind: 'soon', days: await lastDay(verifier, certificate, at) });
  }
  return found;
}

/** Whole days for which the key can still sign, found by halving. */
async function lastDay(verifier: SignatureVerifier, certificate: Certificate, at: number): Promise<number> {
  let [alive, gone] = [0, SOON];
  while (gone - alive > 1) {
    const middle = Math.floor((alive + gone) / 2);
    const ended = await verifier.ended([certificate], at + middle * DAY);
    if (ended.size > 0) gone = middle;
    else alive = middle;
  }
  return alive;
}
