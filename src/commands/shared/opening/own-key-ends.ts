import { CannotTell } from '../../../base/errors.ts';
import { toTime, type Fingerprint } from '../../../domain/names.ts';
import { holderOfKey, isKeyEnded, type Law } from '../../../machine/law.ts';
import type { CommonOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { certificateInForce, keyEnds, type KeyEnd } from './key-ends.ts';

/** A key of whoever runs the command that has ended, or ends within 60 days, by the certificate in force. */
export interface OwnKeyEnd {
  readonly key: Fingerprint;
  readonly principal: string;
  readonly end: KeyEnd;
}

/**
 * Looks at the certificates in force first: nearly always none ends soon, and then nobody is asked which keys are his.
 * @param at seconds since 1970.
 */
export async function ownKeyEnds(
  context: Context,
  law: Law,
  options: Pick<CommonOptions, 'keyFile'>,
  at: number,
): Promise<readonly OwnKeyEnd[]> {
  const enrolled = law.signers.principals.flatMap((principal) =>
    principal.keys.flatMap((key) => {
      const certificate = isKeyEnded(key) ? null : certificateInForce(law, key.fingerprint);
      return certificate === null ? [] : [certificate];
    }),
  );
  const ends = await keyEnds(context.verifier, enrolled, at);
  if (ends.size === 0) return [];
  const own = await keysAtHand(context, options);
  return own.flatMap((key) => {
    const end = ends.get(key);
    const holder = holderOfKey(law, key);
    if (end === undefined || holder === null) return [];
    const { principal } = holder;
    // An old key beside one that is alive is nothing to be reminded of.
    const replaced = principal.keys.some(
      (other) => !isKeyEnded(other) && ends.get(other.fingerprint)?.kind !== 'ended',
    );
    return end.kind === 'ended' && replaced ? [] : [{ key, principal: principal.id, end }];
  });
}

/** What becomes of one key about to be used; null where it lives long enough. */
export async function endOfKey(context: Context, law: Law, key: Fingerprint): Promise<OwnKeyEnd | null> {
  const certificate = certificateInForce(law, key);
  const holder = holderOfKey(law, key);
  if (certificate === null || holder === null) return null;
  const end = (await keyEnds(context.verifier, [certificate], context.now())).get(key);
  return end === undefined ? null : { key, principal: holder.principal.id, end };
}

/** One line. Somebody else brings the longer life: a key does not vouch for itself. */
export function ownKeyEndLine(own: OwnKeyEnd): string {
  const { key, end } = own;
  const when =
    end.kind === 'ended'
      ? 'has ended: nothing it signs counts'
      : `ends on ${toTime(end.at).slice(0, 10)} (in ${end.days} day${end.days === 1 ? '' : 's'})`;
  return `your key ${key} ${when}; next: ${longerLife(own)}`;
}

/** What its owner types, and then a colleague. */
export function longerLife({ key, principal }: Pick<OwnKeyEnd, 'key' | 'principal'>): string {
  return `gpg --quick-set-expire ${key} 2y, and a colleague runs: modelsmith signer refresh ${principal} --certificate <file>`;
}

/** Nothing is asked: a protected key file stays closed. */
async function keysAtHand(
  context: Context,
  { keyFile }: Pick<CommonOptions, 'keyFile'>,
): Promise<readonly Fingerprint[]> {
  const file = keyFile ?? context.environment['MODELSMITH_KEY_FILE'] ?? null;
  if (file === null) return (await context.signing.ownKeys()).map(({ primary }) => primary);
  try {
    const closed = (): Promise<string> => Promise.reject(new CannotTell('NOT_PERMITTED', 'protected'));
    const { signer } = await context.signing.keyFile(context.files.absolute(file), closed, context.now());
    return [signer.primary];
  } catch (error) {
    if (error instanceof CannotTell) return [];
    throw error;
  }
}
