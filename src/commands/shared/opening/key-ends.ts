import type { Fingerprint } from '../../../domain/names.ts';
import type { Law } from '../../../machine/law.ts';
import type { Certificate, SignatureVerifier } from '../../../ports/signatures.ts';

const DAY = 86_400;
/** How long before people are told, in days: an extension takes a colleague, and colleagues take holidays. */
const SOON = 60;

/** When a key can sign no more. */
export type KeyEnd =
  | { readonly kind: 'ended' }
  | {
      readonly kind: 'soon';
      /** Seconds since 1970. */
      readonly at: number;
      /** Whole days until then. */
      readonly days: number;
    };

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
    const end = await firstSecondWithout(verifier, certificate, at);
    found.set(key, { kind: 'soon', at: end, days: Math.floor((end - at) / DAY) });
  }
  return found;
}

/** From when on none of its keys can sign, found by halving: which of several signs is for the certificate to say. */
async function firstSecondWithout(
  verifier: SignatureVerifier,
  certificate: Certificate,
  at: number,
): Promise<number> {
  let [alive, gone] = [at, at + SOON * DAY];
  while (gone - alive > 1) {
    const middle = Math.floor((alive + gone) / 2);
    const ended = await verifier.ended([certificate], middle);
    if (ended.size > 0) gone = middle;
    else alive = middle;
  }
  return gone;
}

/** The certificate in force of an enrolled key: not the one its owner has at home. */
export function certificateInForce(law: Law, key: Fingerprint): Certificate | null {
  const armored = law.certificates.get(key);
  return armored === undefined
    ? null
    : { fingerprint: key, armored, refreshes: law.refreshes.get(key) ?? [] };
}
