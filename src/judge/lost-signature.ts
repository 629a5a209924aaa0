import { toSeconds } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { SignatureVerdict } from '../domain/signature.ts';
import { holderOfKey, type Law } from '../machine/law.ts';
import type { Actor } from '../machine/act.ts';
import { TIME_TOLERANCE } from '../machine/entry-check.ts';
import { entryOf, type ActHeader } from './entry-of.ts';
import { checkOneDecision } from './one-decision.ts';
import type { Recognised } from './recognise.ts';

/** Who the commit is signed by: somebody enrolled, a key nobody here has (null where it names none), or nobody. */
export type Sealed = Actor | { readonly unknown: string | null };

/** Who signed a commit that nobody enrolled signed: null where a signature is of an enrolled key, but wrong. */
export function strangerOf(signature: SignatureVerdict | null): Sealed | null {
  if (signature === null) return { unknown: null };
  if (signature.kind === 'good') return { unknown: signature.primary };
  // A platform signs with a key nobody enrolled, or in another way than OpenPGP.
  const isStrange = signature.fault === 'SIGNER_UNKNOWN' || signature.fault === 'SIGNATURE_MALFORMED';
  return isStrange ? { unknown: signature.key ?? null } : null;
}

/**
 * Recognises a squash, rebase or cherry-pick of what others signed. It only adds words to a refusal: a forger can make
 * a commit that looks the same, so nothing may ever follow from it. Entries that no enrolled person could have signed
 * are not taken for anything.
 */
export function lostSignature(law: Law, { acts, faults }: Recognised, by: Sealed): readonly Reason[] {
  if (faults.length > 0) return [];
  const entries = acts.flatMap((act) => entryOf(act)?.header ?? []);
  const makers = entries.map((entry) => makerOf(law, entry));
  const [maker] = makers;
  if (maker === undefined || maker === null || makers.includes(null)) return [];
  const of = [...new Set(entries.map((entry) => entry.principal))].sort();
  const isMany = of.length > 1 || checkOneDecision(acts, maker).length > 0;
  if ('unknown' in by) {
    const how = isMany ? 'squash' : 'squash, rebase or cherry-pick';
    return [reason('SIGNATURE_LOST', { how, by: by.unknown, of })];
  }
  if (entries.every((entry) => isSignedWith(by, entry))) return [];
  const isOwn = of.length === 1 && maker.id === by.principal.id;
  const how = isMany ? 'squash' : isOwn ? 'rebase' : 'cherry-pick or rebase';
  return [reason('SIGNATURE_LOST', { how, by: by.principal.id, of })];
}

function makerOf(law: Law, { repository, principal, key }: ActHeader) {
  const holder = repository === law.repository.id ? holderOfKey(law, key)?.principal : null;
  return holder?.id === principal ? holder : null;
}

/** Made when the commit was signed, by the one who signed it. An entry from later is wrong in some other way. */
function isSignedWith({ principal, key, signed }: Actor, entry: ActHeader): boolean {
  return (
    entry.principal === principal.id && entry.key === key && toSeconds(entry.time) >= signed - TIME_TOLERANCE
  );
}
