import { isNonEmpty } from '../../../base/nonempty.ts';
import type { Fingerprint } from '../../../domain/names.ts';
import type { Reason } from '../../../domain/reason.ts';
import { keyringOf } from '../../../evidence/certificates.ts';
import { isKeyEnded, type Law } from '../../../machine/law.ts';
import type { World } from '../../../machine/world.ts';
import type { SignatureVerifier } from '../../../ports/signatures.ts';

/** What stands beside the name of somebody who is asked for a signature and cannot give one. */
export const CANNOT_SIGN = 'cannot sign: the certificate has ended';

/** Names of those who hold roles and can sign nothing, since all certificates of their keys have expired or are revoked. */
export function endedPeople(law: Law, ended: (key: Fingerprint) => boolean): ReadonlySet<string> {
  return new Set(
    law.signers.principals
      .filter(({ keys }) => {
        const inUse = keys.filter((key) => !isKeyEnded(key));
        return isNonEmpty(inUse) && inUse.every(({ fingerprint }) => ended(fingerprint));
      })
      .map(({ id }) => id),
  );
}

/** The same, by what the certificates in a tree say. @param at seconds since 1970. */
export async function endedPeopleAt(
  verifier: Pick<SignatureVerifier, 'ended'>,
  { law, tree }: World,
  at: number,
): Promise<ReadonlySet<string>> {
  const ended = await verifier.ended(keyringOf(tree), at);
  return endedPeople(law, (key) => ended.has(key));
}

/** Reasons that name who can sign, without those who cannot. The law does not read certificates before something is signed. */
export function namingOnlyAble<R extends Reason>(why: R, ended: ReadonlySet<string>): R {
  if (why.code !== 'GATE_PENDING' && why.code !== 'CHANGE_PENDING') return why;
  const canSign = why.facts.canSign.filter((id) => !ended.has(id));
  return { ...why, facts: { ...why.facts, canSign } };
}
