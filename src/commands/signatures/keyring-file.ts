import { CannotTell } from '../../base/errors.ts';
import type { Certificate, SignatureVerifier } from '../../ports/signatures.ts';
import type { Fingerprint } from '../../domain/names.ts';
import { escapeShown } from '../shared/terminal/escape.ts';

export const MOST_KEYRING_BYTES = 64 * 1024 * 1024;
const BLOCK =
  /^-----BEGIN PGP [A-Z ]+-----[ \t\r]*\n(?:(?!-----(?:BEGIN|END)).*\n)*-----END PGP [A-Z ]+-----[ \t\r]*$/gm;

export interface KeyringFile {
  readonly certificates: readonly Certificate[];
  /** Primary fingerprint by the fingerprint of each key, the primary's own included. */
  readonly primaries: ReadonlyMap<string, Fingerprint>;
  /** Blocks that cannot be used, with the reason, for people. */
  readonly unusable: readonly string[];
}

/**
 * Reads armored certificates one after the other; text between them means nothing, and a certificate that comes again
 * is united with the first.
 * @throws CannotTell BAD_DATA where not one can be used.
 */
export async function readKeyring(
  verifier: SignatureVerifier,
  bytes: Uint8Array,
  file: string,
): Promise<KeyringFile> {
  const text = new TextDecoder().decode(bytes);
  const found = new Map<Fingerprint, Certificate>();
  const primaries = new Map<string, Fingerprint>();
  const unusable: string[] = [];
  let place = 0;
  for (const [block] of text.matchAll(BLOCK)) {
    place += 1;
    const facts = await verifier.inspect(block);
    if (facts.kind === 'unusable') {
      unusable.push(`block ${place} of ${escapeShown(file)} is not used: ${escapeShown(facts.reason)}`);
      continue;
    }
    const { primary, keys } = facts;
    const known = found.get(primary);
    found.set(
      primary,
      known === undefined
        ? { fingerprint: primary, armored: block, refreshes: [] }
        : { ...known, refreshes: [...known.refreshes, block] },
    );
    for (const key of keys) primaries.set(key, primary);
  }
  if (found.size === 0)
    throw new CannotTell('BAD_DATA', `${file} holds no certificate that can be used`, {
      facts: unusable,
      remedy: 'one armored block a certificate: gpg --armor --export <FINGERPRINT> >> keyring.asc',
    });
  return { certificates: [...found.values()], primaries, unusable };
}
