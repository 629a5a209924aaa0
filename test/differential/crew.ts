import { join } from 'node:path';
import type { Fingerprint } from '../../src/domain/names.ts';
import { at, exported, gpgKey, type GpgKey } from '../real/support/keys.ts';
import { sandbox, START, type Sandbox } from '../real/support/sandbox.ts';
import { runGpg } from './gpg-process.ts';

export const DAY = 86_400;
/** When most signatures are made, when keys end, and where gpg's clock stands when it verifies. */
export const SIGNED = START + 5 * DAY;
export const ENDED = START + 10 * DAY;
export const LATER = START + 20 * DAY;
export const NOW = START + 100 * DAY;

/** Kinds of keys GnuPG 2.2 makes that sign by themselves. */
const KINDS = {
  rsa1024: 'rsa1024',
  rsa2048: 'rsa2048',
  rsa3072: 'rsa3072',
  rsa4096: 'rsa4096',
  dsa1024: 'dsa1024',
  dsa2048: 'dsa2048',
  ed25519: 'ed25519',
  nistp256: 'nistp256',
  nistp384: 'nistp384',
  nistp521: 'nistp521',
  brainpoolP256r1: 'brainpoolP256r1',
  brainpoolP384r1: 'brainpoolP384r1',
  brainpoolP512r1: 'brainpoolP512r1',
  secp256k1: 'secp256k1',
} as const;
export type Kind = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as readonly Kind[];
export const STRONG = ['rsa3072', 'rsa4096', 'ed25519', 'nistp256', 'nistp384', 'nistp521'] as const;

/** Certificates that are about something else than the kind of key. */
const BUILT = {
  /** A primary that only certifies, a subkey that signs. */
  subkey: { usage: 'cert', subkeys: [['ed25519', 'sign', 'never']] },
  'subkey-nistp384': { usage: 'cert', subkeys: [['nistp384/ecdsa', 'sign', 'never']] },
  'subkey-rsa2048': { usage: 'cert', subkeys: [['rsa2048', 'sign', 'never']] },
  /** The primary signs too, but gpg takes the subkey. */
  'subkey-beside': { usage: 'cert,sign', subkeys: [['ed25519', 'sign', 'never']] },
  'subkey-expires': { usage: 'cert', subkeys: [['ed25519', 'sign', '10d']] },
  'subkey-revoked': { usage: 'cert', subkeys: [['ed25519', 'sign', 'never']] },
  'encrypt-subkey': { usage: 'cert,sign', subkeys: [['rsa3072', 'encr', 'never']] },
  expires: { expires: '10d' },
  /** Its expiry was put off after it had come, and only the newest self-signature is known. */
  renewed: { expires: '10d' },
  'two-names': {},
  /** Its self-signature is made over SHA-1, as those of old keys are. */
  'certified-sha1': { algorithm: 'rsa3072' },
  retired: {},
  superseded: {},
  compromised: {},
  'revoked-without-reason': {},
  stranger: {},
} as const satisfies Record<string, GpgKey & { subkeys?: readonly (readonly [string, string, string])[] }>;
export type Member = Kind | keyof typeof BUILT;

export interface Crew {
  /** Has the secret keys. */
  readonly box: Sandbox;
  /** Knows the public keys of all but the stranger, as somebody who verifies does. */
  readonly reader: Sandbox;
  /** The same public keys, as a file for the command. */
  readonly keyring: string;
  fingerprint(member: Member): Fingerprint;
  /** All secret keys of the certificate, armored. */
  secret(member: Member): string;
  dispose(): void;
}

/** Makes every key with the real gpg. */
export async function assemble(): Promise<Crew> {
  const box = sandbox();
  const fingerprints = new Map<Member, Fingerprint>();
  for (const kind of KIND_NAMES) fingerprints.set(kind, gpgKey(box, kind, { algorithm: KINDS[kind] }));
  for (const [name, spec] of Object.entries(BUILT) as [keyof typeof BUILT, GpgKey][]) {
    const primary = gpgKey(box, name, spec);
    fingerprints.set(name, primary);
    const { subkeys = [] } = spec as { subkeys?: readonly (readonly string[])[] };
    for (const words of subkeys) box.gpg([...at(START), '--quick-add-key', primary, ...words]);
  }
  const of = (member: Member): Fingerprint => {
    const found = fingerprints.get(member);
    if (found === undefined) throw new Error(`there is no ${member}`);
    return found;
  };
  const secrets = new Map<Member, string>();
  await changeKeys(box, of);
  const reader = sandbox();
  const armored = [...fingerprints.keys()]
    .filter((name) => name !== 'stranger')
    .map((name) => exported(box, of(name)));
  reader.gpg(['--import'], armored.join(''));
  return {
    box,
    reader,
    keyring: box.write(join(box.root, 'keyring.asc'), armored.join('')),
    fingerprint: of,
    secret(member) {
      const known = secrets.get(member) ?? box.gpg(['--armor', '--export-secret-keys', of(member)]);
      secrets.set(member, known);
      return known;
    },
    dispose() {
      box.dispose();
      reader.dispose();
    },
  };
}

/** What befalls some of the keys at the time they end. What was signed by then was signed before. */
async function changeKeys(box: Sandbox, of: (member: Member) => Fingerprint): Promise<void> {
  box.gpg([...at(ENDED + DAY), '--quick-set-expire', of('renewed'), '1000d']);
  // Nothing but another self-signature, which takes the place of the first.
  box.gpg([
    ...at(START + 60),
    '--cert-digest-algo=SHA1',
    '--quick-set-expire',
    of('certified-sha1'),
    '2000d',
  ]);
  box.gpg([...at(START), '--quick-add-uid', of('two-names'), 'another <another@example.org>']);
  box.gpg([...at(ENDED), '--quick-revoke-uid', of('two-names'), 'another <another@example.org>']);
  const reasons = { 'revoked-without-reason': 0, compromised: 1, superseded: 2, retired: 3 } as const;
  const answering = ['--command-fd=0', '--pinentry-mode=loopback', '--passphrase=', ...at(ENDED)];
  for (const [member, reason] of Object.entries(reasons) as [keyof typeof reasons, number][]) {
    const answers = `y\n${reason}\n\ny\n`;
    const made = await runGpg(box.env, [...answering, '--armor', '--gen-revoke', of(member)], answers);
    box.gpg(['--import'], made.out);
  }
  const edit = 'key 1\nrevkey\ny\n1\n\ny\nsave\n';
  await runGpg(box.env, [...answering, '--edit-key', of('subkey-revoked')], edit);
}
