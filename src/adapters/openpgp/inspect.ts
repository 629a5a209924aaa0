import type { CertificateFacts } from '../../ports/signatures.ts';
import { readCertificate } from './certificate.ts';
import { algorithmOf, weaknessOf } from './strength.ts';
import { expiryOf, historyOf, mayEverSign } from './validity.ts';

/** What a certificate file holds, or why it cannot be taken into a policy. Never throws for bad input. */
export async function inspectCertificate(armored: string): Promise<CertificateFacts> {
  const read = await readCertificate(armored);
  if (read.kind === 'unreadable') return unusable(read.reason);
  const history = await historyOf(read.parts);
  const { primary, subkeys } = history;
  const keys = [primary, ...subkeys];
  const fingerprints = keys.map(({ fingerprint }) => fingerprint);
  if (new Set(fingerprints).size !== fingerprints.length) return unusable('it holds one key twice');
  if (primary.bindings.length === 0) return unusable('its primary key has no valid self-signature');
  const unbound = subkeys.find(({ bindings }) => bindings.length === 0);
  if (unbound !== undefined)
    return unusable(`the subkey ${unbound.fingerprint} is not bound to the primary key`);
  // The primary vouches for the subkeys, so it must be as strong as a key that signs.
  for (const key of [primary, ...subkeys.filter(mayEverSign)]) {
    const weakness = weaknessOf(key.key);
    if (weakness !== null) return unusable(weakness);
  }
  return {
    kind: 'certificate',
    primary: primary.fingerprint,
    keys: fingerprints,
    userIds: history.userIds,
    algorithm: algorithmOf(primary.key),
    expires: expiryOf(primary),
    canSign: keys.some(mayEverSign),
  };
}

function unusable(reason: string): CertificateFacts {
  return { kind: 'unusable', reason };
}
