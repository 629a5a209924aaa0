import { CannotTell } from '../../base/errors.ts';
import type { CommitSigner } from '../../ports/signatures.ts';
import type { Context } from '../shared/context.ts';

export interface FoundKey {
  readonly signer: CommitSigner;
  /** Armored. */
  readonly certificate: string;
}

/** The key that will sign the trust root. Before there is a law nobody is enrolled, so exactly one may be at hand. */
export async function findKey(context: Context, option: string | null): Promise<FoundKey> {
  const file = option ?? context.environment['MODELSMITH_KEY_FILE'] ?? null;
  if (file !== null) {
    const given = context.environment['MODELSMITH_KEY_PASSPHRASE'];
    const passphrase = (): Promise<string> =>
      given === undefined ? context.terminal.secret(`passphrase of ${file}: `) : Promise.resolve(given);
    const { signer, certificate, warnings } = await context.signing.keyFile(
      context.files.absolute(file),
      passphrase,
      context.now(),
    );
    for (const warning of warnings) context.terminal.say(`warning: ${warning}`);
    return { signer, certificate };
  }
  const present = await context.signing.secretKeys();
  const { signingKey } = await context.signing.preferences();
  const wanted = signingKey?.replace(/^0x|!$/g, '').toUpperCase() ?? null;
  const candidates = wanted === null ? present : present.filter((key) => key.endsWith(wanted));
  const [choice, ...others] = candidates;
  if (choice === undefined || others.length > 0) {
    throw new CannotTell(
      'NO_SIGNER',
      choice === undefined
        ? 'no private key is here to sign with'
        : 'several private keys are here; say which is yours',
      {
        facts: candidates,
        remedy:
          choice === undefined
            ? 'make one with: gpg --quick-generate-key "Your Name <you@example.org>" ed25519 sign never'
            : `git config --global user.signingkey ${choice}`,
      },
    );
  }
  return {
    signer: await context.signing.gpg(choice),
    certificate: await context.signing.gpgCertificate(choice),
  };
}
