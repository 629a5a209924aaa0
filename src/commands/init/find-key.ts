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
  const own = await context.signing.ownKeys();
  const present = own.flatMap(({ primary, fault }) => (fault === null ? [primary] : []));
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
        facts: own
          .filter(({ primary }) => candidates.includes(primary))
          .map(({ primary, userIds }) => `${primary}  ${userIds[0] ?? ''}`),
        // Which of them cannot be guessed: a wrong guess would be the root that everybody trusts.
        remedy:
          choice === undefined
            ? 'make one with: gpg --quick-generate-key "Your Name <you@example.org>" ed25519 sign 2y'
            : 'git config --global user.signingkey <fingerprint>',
      },
    );
  }
  return {
    signer: await context.signing.gpg(choice),
    certificate: await context.signing.gpgCertificate(choice),
  };
}
