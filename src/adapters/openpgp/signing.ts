import type { Signing } from '../../ports/signing.ts';
import { exportCertificate, gpgAgent, gpgSigner, gpgVersion } from './gpg.ts';
import { listSecretKeys, makeKey, touchPolicy } from './gpg-keys.ts';
import { surroundings } from './gpg-surroundings.ts';
import { generateKey, openKeyFile } from './keyfile.ts';

/** What the user's global git configuration says of signing. Never the repository's: its `gpg.program` could be anything. */
export interface SigningPreferences {
  readonly program: string;
  readonly signingKey: string | null;
  readonly format: string;
}

/** Signing with the user's own keys: through GnuPG and its agent, or from a key file. */
export function userSigning(
  preferences: () => Promise<SigningPreferences>,
  ambient: NodeJS.ProcessEnv,
): Signing {
  const gpg = async () => ({ program: (await preferences()).program, ambient });
  const ownKeys = async () => {
    const options = await gpg();
    return (await gpgVersion(options)) === null ? [] : await listSecretKeys(options);
  };
  return {
    keyFile: (file, passphrase, now) => openKeyFile({ file, passphrase, now }),
    preferences: async () => {
      const { program, signingKey, format } = await preferences();
      return { program, signingKey, format };
    },
    gpgVersion: async () => await gpgVersion(await gpg()),
    gpgAgent: () => gpgAgent(ambient),
    secretKeys: async () =>
      (await ownKeys()).flatMap(({ primary, fault }) => (fault === null ? [primary] : [])),
    ownKeys,
    makeKey: async (userId) => await makeKey(userId, await gpg()),
    throwAwayKey: (name, time) => generateKey({ name, email: `${name}@modelsmith.invalid`, time }),
    touchPolicy: (card) => touchPolicy(card, ambient),
    surroundings: () => surroundings(ambient),
    gpg: async (primary) => gpgSigner(primary, await gpg()),
    gpgCertificate: async (primary) => await exportCertificate(primary, await gpg()),
  };
}
