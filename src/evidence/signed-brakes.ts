import { sha256 } from '../base/digest.ts';
import { CannotTell } from '../base/errors.ts';
import type { TreeFolder } from '../domain/tree.ts';
import { holderOfKey, holdsRole, isKeyEnded, parseLaw } from '../machine/law.ts';
import type { ObjectReader } from '../ports/objects.ts';
import type { SignatureVerifier } from '../ports/signatures.ts';
import { keyringOf } from './certificates.ts';
import { readCommit } from './history.ts';
import type { SideRef } from './side-overrides.ts';

export interface BrakeHolders {
  /** A tree that is in force. */
  readonly tree: TreeFolder;
  /** Seconds since 1970. */
  readonly clock: number;
  readonly idLength: 40 | 64;
}

/**
 * Of refs whose commits nobody has judged, those whose commit was signed by somebody who may pull the brake, one for each
 * that he signed: a look at one signature each, whatever lies behind. Who can push and cannot sign can make no others. What they bring is judged
 * as that of any other ref.
 */
export async function signedBrakes(
  objects: ObjectReader,
  verifier: SignatureVerifier,
  refs: readonly SideRef[],
  { tree, clock, idLength }: BrakeHolders,
): Promise<readonly SideRef[]> {
  const law = parseLaw(tree);
  if (!law.ok) return [];
  const keyring = keyringOf(tree).filter(({ fingerprint }) => {
    const holder = holderOfKey(law.value, fingerprint);
    return (
      holder?.principal.kind === 'human' &&
      !isKeyEnded(holder.key) &&
      holdsRole(holder.principal, 'override', null, clock)
    );
  });
  const signed = new Map<string, SideRef>();
  for (const side of refs) {
    const commit = await commitAt(objects, side.commit, idLength);
    if (commit?.signature == null) continue;
    // One signature can be spelled in many ways, each a commit of its own.
    const what = sha256(commit.payload);
    if (signed.has(what)) continue;
    // Judged at the clock of what is known, as a brake is: a clock that is off must not stop it.
    const verdict = await verifier.verify(commit.payload, commit.signature, keyring, clock, clock);
    if (verdict.kind === 'good') signed.set(what, side);
  }
  return [...signed.values()];
}

async function commitAt(objects: ObjectReader, id: string, idLength: 40 | 64) {
  try {
    return (await readCommit(objects, id, idLength)).commit;
  } catch (error) {
    if (error instanceof CannotTell) return null;
    throw error;
  }
}
