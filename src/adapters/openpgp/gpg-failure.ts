import { CannotTell } from '../../base/errors.ts';

/** What a failure of GnuPG means to the person in front of it. Status lines count, words do not: they are translated. */

/** Codes of libgpg-error, the low 16 bits of what `FAILURE sign <number>` gives. */
const CODE = {
  badPassphrase: 11,
  noSecretKey: 17,
  unusableSecretKey: 54,
  timeout: 62,
  notSupported: 60,
  noAgent: 77,
  agent: 78,
  noPinentry: 85,
  noPinEntry: 86,
  cancelled: 99,
  cardNotPresent: 112,
  keyExpired: 153,
  fullyCancelled: 198,
  notATty: 32768 + 102, // libgpg-error numbers system errors in its own way
} as const;

/**
 * @param validity what gpg's listing says of the certificate in one letter; its signing command only says "unusable".
 * @param made what was to be made.
 * @returns NO_SIGNER where no usable key is at hand, NOT_PERMITTED where the person or the terminal said no.
 */
export function gpgFailure(
  primary: string,
  stderr: string,
  validity: string,
  made = 'a signature',
): CannotTell {
  return askingFailure(stderr) ?? signingFailure(primary, stderr, validity, made);
}

/** What it means that GnuPG did not read a message. */
export function decryptionFailure(stderr: string): CannotTell {
  const asked = askingFailure(stderr);
  if (asked !== null) return asked;
  const { facts, begins } = said(stderr);
  // It tells how the data is encrypted once a key of the user's has opened the message.
  if (begins('DECRYPTION_FAILED') && !begins('DECRYPTION_INFO'))
    return new CannotTell('NO_SIGNER', 'GnuPG has no secret key that opens this', {
      facts,
      remedy: 'insert the card or import the key it is sealed to; see `gpg --list-secret-keys`',
    });
  return new CannotTell('BAD_DATA', 'GnuPG could not open the sealed file', { facts });
}

interface Said {
  readonly facts: readonly string[];
  readonly has: (...codes: readonly number[]) => boolean;
  /** Whether a status line begins with that word. */
  readonly begins: (word: string) => boolean;
}

function said(stderr: string): Said {
  const status = [...stderr.matchAll(/^\[GNUPG:\] ([^\n]*)/gm)].map(([, line = '']) => line.trim());
  const words = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('[GNUPG:]'));
  const codes = status.flatMap((line) => {
    const [, number] = /^(?:FAILURE|ERROR) \S+ (\d+)/.exec(line) ?? [];
    return number === undefined ? [] : [Number(number) & 0xffff];
  });
  const facts = words.slice(0, 8);
  return {
    facts,
    has: (...some) => codes.some((code) => some.includes(code)),
    begins: (word) => status.some((line) => line.startsWith(word)),
  };
}

/** Where the person or the terminal said no, or the agent could not be asked; null where that is not why. */
function askingFailure(stderr: string): CannotTell | null {
  const { facts, has } = said(stderr);
  if (has(CODE.cancelled, CODE.fullyCancelled)) {
    return new CannotTell('NOT_PERMITTED', 'the passphrase prompt was cancelled', {
      facts,
      remedy: 'run this again',
    });
  }
  if (has(CODE.badPassphrase)) {
    return new CannotTell('NOT_PERMITTED', 'the passphrase or PIN was wrong', {
      facts,
      remedy: 'run this again',
    });
  }
  if (has(CODE.noPinentry, CODE.noPinEntry, CODE.timeout, CODE.notATty)) {
    return new CannotTell(
      'NOT_PERMITTED',
      'GnuPG could not ask for the passphrase: it has no terminal or no pinentry',
      {
        facts,
        remedy: 'run this in a terminal after `export GPG_TTY=$(tty)`, and install a pinentry program',
      },
    );
  }
  if (has(CODE.noAgent, CODE.agent)) {
    return new CannotTell('NO_SIGNER', 'gpg-agent cannot be reached', {
      facts,
      remedy: 'start it with: gpgconf --launch gpg-agent',
    });
  }
  if (has(CODE.cardNotPresent)) {
    return new CannotTell('NO_SIGNER', 'the smartcard that holds this key is not there', {
      facts,
      remedy: 'insert it, then run this again',
    });
  }
  return null;
}

function signingFailure(primary: string, stderr: string, validity: string, made: string): CannotTell {
  const { facts, has, begins } = said(stderr);
  if (validity === 'e' || begins('KEYEXPIRED') || has(CODE.keyExpired)) {
    return new CannotTell('NO_SIGNER', `the key ${primary} has expired`, {
      facts,
      remedy: `extend it with: gpg --quick-set-expire ${primary} 1y, then have the refreshed certificate recorded`,
    });
  }
  if (validity === 'r' || begins('KEYREVOKED')) {
    return new CannotTell('NO_SIGNER', `the key ${primary} is revoked`, {
      facts,
      remedy: 'enroll a new key',
    });
  }
  if (begins('INV_SGNR') || has(CODE.noSecretKey, CODE.unusableSecretKey)) {
    return new CannotTell('NO_SIGNER', `GnuPG has no usable secret key for ${primary}`, {
      facts,
      remedy: 'look at `gpg --list-secret-keys`; insert the card or import the key it is on',
    });
  }
  return new CannotTell('NO_SIGNER', `GnuPG did not make ${made}`, { facts });
}

export function gpgMissing(program: string, cause: unknown): CannotTell {
  return new CannotTell('TOOL_MISSING', `${program} cannot be started`, {
    remedy:
      'install GnuPG 2.2 or newer, set gpg.program in your global git configuration, or use an OpenPGP key file',
    cause,
  });
}
