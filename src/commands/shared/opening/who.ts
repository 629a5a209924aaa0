import { CannotTell } from '../../../base/errors.ts';
import type { Fingerprint } from '../../../domain/names.ts';
import type { Principal } from '../../../domain/signers.ts';
import { holderOfKey, isKeyEnded, principalNamed, type Law } from '../../../machine/law.ts';
import type { CommitSigner } from '../../../ports/signatures.ts';
import type { CommonOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { endOfKey, ownKeyEndLine } from './own-key-ends.ts';

/** Who signs: an enrolled principal and the key that will do it. */
export interface Who {
  readonly principal: Principal;
  readonly signer: CommitSigner;
}

/** Finds the one enrolled principal whose private key is at hand. @throws CannotTell NO_SIGNER with what was found. */
export async function findWho(
  context: Context,
  law: Law,
  options: Pick<CommonOptions, 'as' | 'keyFile'>,
): Promise<Who> {
  const file = options.keyFile ?? context.environment['MODELSMITH_KEY_FILE'] ?? null;
  const who =
    file === null
      ? await fromGpg(context, law, options.as)
      : await fromKeyFile(context, law, file, options.as);
  const end = await endOfKey(context, law, who.signer.primary);
  if (end !== null) context.terminal.say(`warning: ${ownKeyEndLine(end)}`);
  return who;
}

async function fromKeyFile(context: Context, law: Law, file: string, as: string | null): Promise<Who> {
  const given = context.environment['MODELSMITH_KEY_PASSPHRASE'];
  const passphrase = (): Promise<string> =>
    given === undefined ? context.terminal.secret(`passphrase of ${file}: `) : Promise.resolve(given);
  const { signer, warnings } = await context.signing.keyFile(
    context.files.absolute(file),
    passphrase,
    context.now(),
  );
  for (const warning of warnings) context.terminal.say(`warning: ${warning}`);
  const holder = holderOfKey(law, signer.primary);
  if (holder === null) throw notEnrolled([signer.primary]);
  if (as !== null && holder.principal.id !== as) {
    throw new CannotTell('NO_SIGNER', `the key in ${file} belongs to ${holder.principal.id}, not to ${as}`);
  }
  return { principal: holder.principal, signer };
}

async function fromGpg(context: Context, law: Law, as: string | null): Promise<Who> {
  if (as !== null && principalNamed(law, as) === null)
    throw new CannotTell('NO_SIGNER', `${as} is not enrolled in this repository`);
  const present = await context.signing.secretKeys();
  const { signingKey } = await context.signing.preferences();
  const enrolled = present.flatMap((key) => {
    const holder = holderOfKey(law, key);
    return holder === null || isKeyEnded(holder.key) || (as !== null && holder.principal.id !== as)
      ? []
      : [{ key, principal: holder.principal }];
  });
  const wanted = signingKey?.replace(/^0x|!$/g, '').toUpperCase() ?? null;
  const preferred = wanted === null ? [] : enrolled.filter(({ key }) => key.endsWith(wanted));
  const [choice, ...others] = preferred.length === 1 ? preferred : enrolled;
  if (choice === undefined) throw present.length === 0 ? noKeys() : notEnrolled(present);
  if (others.some(({ principal }) => principal.id !== choice.principal.id)) {
    throw new CannotTell('NO_SIGNER', 'keys of several enrolled principals are here; say which to use', {
      facts: [choice, ...others].map(({ key, principal }) => `${principal.id}  ${key}`),
      remedy: `add --as ${choice.principal.id}`,
    });
  }
  return { principal: choice.principal, signer: await context.signing.gpg(choice.key) };
}

function noKeys(): CannotTell {
  return new CannotTell('NO_SIGNER', 'no private key is here to sign with', {
    remedy:
      'name your key file in MODELSMITH_KEY_FILE (or --key-file, where something is signed), or use GnuPG with your key in it; ' +
      '`modelsmith doctor` checks both',
  });
}

function notEnrolled(keys: readonly Fingerprint[]): CannotTell {
  return new CannotTell('NO_SIGNER', 'none of the private keys here is enrolled in this repository', {
    facts: keys,
    remedy: 'modelsmith signer enroll --me   (gets your key ready for a policy approver)',
  });
}
