import { CannotTell } from '../../base/errors.ts';
import type { Fingerprint } from '../../domain/names.ts';
import type { OwnKey, TouchPolicy } from '../../ports/signing.ts';
import { gpgFailure } from './gpg-failure.ts';
import { runGpg, terminalName, type GpgOptions } from './gpg-process.ts';

/** One line of a listing: a primary key or a subkey, its secret part known here. */
interface Part {
  readonly validity: string;
  readonly signs: boolean;
  /** `+` here, `#` elsewhere, else the serial number of a card. */
  readonly token: string;
}

/** Every certificate whose private part GnuPG has or had, whether it can sign with it now or not. */
export async function listSecretKeys(options: GpgOptions): Promise<readonly OwnKey[]> {
  const { stdout } = await runGpg(options, [
    ...['--batch', '--no-tty', '--with-colons', '--fixed-list-mode', '--list-secret-keys'],
  ]);
  return stdout.split(/^(?=sec:)/m).flatMap((text) => {
    const lines = text.split('\n').map((line) => line.split(':'));
    // doc/DETAILS of GnuPG: 2 validity, 10 fingerprint or user id, 12 capabilities, 15 where the secret part is.
    const primary = lines.find(([kind]) => kind === 'fpr')?.[9] as Fingerprint | undefined;
    const parts = lines.flatMap((field): readonly Part[] =>
      field[0] === 'sec' || field[0] === 'ssb'
        ? [
            {
              validity: field[1] ?? '',
              signs: (field[11] ?? '').includes('s'),
              token: field[14] ?? '',
            },
          ]
        : [],
    );
    const userIds = lines.flatMap(([kind, , , , , , , , , name]) =>
      kind === 'uid' && name !== undefined ? [unescaped(name)] : [],
    );
    return primary === undefined ? [] : [{ primary, userIds, ...abilityOf(parts) }];
  });
}

function abilityOf([primary, ...subkeys]: readonly Part[]): Pick<OwnKey, 'fault' | 'card'> {
  const signing = [primary, ...subkeys].filter((part) => part?.signs === true);
  const faults = signing.map((part) => faultOf(primary?.validity) ?? faultOf(part?.validity) ?? absent(part));
  const able = faults.indexOf(null);
  const token = signing[able < 0 ? 0 : able]?.token ?? '';
  return {
    // The newest subkey comes last and is what its owner means.
    fault: signing.length === 0 ? 'cannot sign' : able < 0 ? (faults.at(-1) ?? null) : null,
    card: /^[0-9A-F]{8,}$/i.test(token) ? token : null,
  };
}

function faultOf(validity: string | undefined): OwnKey['fault'] {
  switch (validity?.charAt(0) ?? '') {
    case 'e':
      return 'expired';
    case 'r':
      return 'revoked';
    case 'i':
    case 'd':
    case 'n':
      return 'disabled';
    default:
      return null;
  }
}

function absent(part: Part | undefined): OwnKey['fault'] {
  return part?.token === '#' ? 'private part is elsewhere' : null;
}

/** In listings a colon is `\x3a`, and so on. */
function unescaped(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** A new Ed25519 key for signing that lives two years. The agent asks for its passphrase; none is ever in an argument. */
export async function makeKey(userId: string, options: GpgOptions): Promise<Fingerprint> {
  const tty = await terminalName(options.ambient ?? process.env);
  const { stdout, stderr } = await runGpg(
    options,
    ['--batch', '--status-fd=1', '--quick-generate-key', '--', userId, 'ed25519', 'sign', '2y'],
    undefined,
    tty === null ? {} : { GPG_TTY: tty },
  );
  const [, made] = /^\[GNUPG:\] KEY_CREATED \w ([0-9A-F]{40})/m.exec(stdout) ?? [];
  if (made !== undefined) return made as Fingerprint;
  throw gpgFailure('the new key', `${stdout}\n${stderr}`, '', 'a key');
}

/** Of libgpg-error: `ERR` carries it in its low 16 bits. */
const CARD_NOT_PRESENT = 112;

/**
 * Whether the card with that serial number wants to be touched for every signature, as far as it tells: OpenPGP cards
 * answer it in UIF-1. Nothing is asked for and nothing is changed.
 */
export async function touchPolicy(serial: string, ambient: NodeJS.ProcessEnv): Promise<TouchPolicy> {
  try {
    const { stdout } = await runGpg({ program: 'gpg-connect-agent', ambient }, [
      ...['SCD SERIALNO openpgp', 'SCD GETATTR UIF-1', '/bye'],
    ]);
    const [, inserted] = /^S SERIALNO ([0-9A-F]+)/im.exec(stdout) ?? [];
    const [, value] = /^S UIF-1 (.*)$/m.exec(stdout) ?? [];
    const [, error = '0'] = /^ERR (\d+)/m.exec(stdout) ?? [];
    if (inserted === undefined) return (Number(error) & 0xffff) === CARD_NOT_PRESENT ? 'absent' : 'unknown';
    if (inserted.toUpperCase() !== serial.toUpperCase()) return 'absent';
    if (value === undefined) return 'unknown';
    // OpenPGP card 3.4, section 4.4.3.6: 0 off, 1 on, 2 for good, 3 and 4 the same with a touch that lasts a while.
    const first = value.startsWith('%') ? Number.parseInt(value.slice(1, 3), 16) : value.charCodeAt(0);
    return ({ 0: 'off', 1: 'on', 2: 'on', 3: 'cached', 4: 'cached' } as const)[first] ?? 'unknown';
  } catch (error) {
    if (error instanceof CannotTell) return 'unknown';
    throw error;
  }
}
