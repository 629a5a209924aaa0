import { generateKey } from 'openpgp';
import { signerOf } from '../../src/adapters/openpgp/keyfile.ts';
import type { Fingerprint } from '../../src/domain/names.ts';
import type { CommitSigner } from '../../src/ports/signatures.ts';

/** Who works in generated histories, with keys of the kinds people have. The last one is a machine. */
export const CREW = {
  eva: { roles: ['evaluation-owner'], key: 'ed25519' },
  mia: { roles: ['model-owner', 'policy-approver', 'ml-manager', 'override'], key: 'ed25519' },
  otto: { roles: ['policy-approver', 'security-owner', 'override'], key: 'p256' },
  kim: { roles: ['operator'], key: 'rsa3072' },
  lee: { roles: ['operator', 'team-lead'], key: 'rsa4096' },
  dana: { roles: ['domain-expert'], key: 'ed25519' },
  dan: { roles: ['domain-expert'], key: 'rsa3072' },
  gus: { roles: ['governance-approver'], key: 'p256' },
  gil: { roles: ['governance-approver'], key: 'ed25519' },
  ci: { roles: ['pipeline'], key: 'ed25519' },
} as const;
export type Member = keyof typeof CREW;
export const MEMBERS = Object.keys(CREW) as readonly Member[];

const KINDS = {
  ed25519: { type: 'ecc', curve: 'ed25519Legacy' },
  p256: { type: 'ecc', curve: 'nistP256' },
  rsa3072: { type: 'rsa', rsaBits: 3072 },
  rsa4096: { type: 'rsa', rsaBits: 4096 },
} as const;

export interface Keyed {
  readonly fingerprint: Fingerprint;
  readonly publicArmored: string;
  readonly privateArmored: string;
  readonly signer: CommitSigner;
}
export type Crew = Readonly<Record<Member, Keyed>>;

/** New keys for everybody. @param start when they were made, seconds since 1970. */
export async function assemble(start: number): Promise<Crew> {
  const made = await Promise.all(
    MEMBERS.map(async (name) => {
      const { privateKey, publicKey } = await generateKey({
        ...KINDS[CREW[name].key],
        userIDs: [{ name, email: `${name}@example.org` }],
        subkeys: [],
        date: new Date(start * 1000),
        format: 'object',
      });
      const keyed: Keyed = {
        fingerprint: publicKey.getFingerprint().toUpperCase() as Fingerprint,
        publicArmored: publicKey.armor(),
        privateArmored: privateKey.armor(),
        signer: await signerOf(privateKey.armor(), { now: start }),
      };
      return [name, keyed] as const;
    }),
  );
  return Object.fromEntries(made) as Record<Member, Keyed>;
}
