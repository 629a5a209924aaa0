import { stringify } from 'yaml';
import { generateKey, type GeneratedKey } from '../../src/adapters/openpgp/keyfile.ts';
import type { Fingerprint } from '../../src/domain/names.ts';
import { toTime } from '../../src/domain/names.ts';
import { lacking } from '../real/support/command.ts';
import { exported, gpgKey } from '../real/support/keys.ts';
import type { Sandbox } from '../real/support/sandbox.ts';

const HOUR = 3600;

/** Hours after the founding when the key of `emil` expires and the grant of `uwe` ends. */
export const EMIL_EXPIRES = 100;
export const UWE_ENDS = 1;

/** Who is enrolled in every law here. `mallory` has a key and is enrolled nowhere. */
const ROLES = {
  ana: ['model-owner', 'operator', 'governance-approver'],
  eli: ['evaluation-owner', 'model-owner', 'software-owner'],
  omar: ['operator'],
  otto: ['operator', 'team-lead', 'policy-approver', 'security-owner', 'override'],
  dora: ['domain-expert'],
  gus: ['governance-approver', 'domain-expert'],
  mia: ['policy-approver', 'ml-manager', 'override'],
  aud: ['auditor'],
  emil: ['operator'],
  uwe: ['operator', 'override'],
  rita: ['operator'],
  sue: ['operator'],
  trainer: ['pipeline'],
} as const;

export type Person = keyof typeof ROLES;
/** Whose keys there are: `omar2` is a second key of omar. */
export type KeyName = Person | 'omar2' | 'mallory';

export interface People {
  readonly keys: ReadonlyMap<KeyName, GeneratedKey>;
  key(name: KeyName): GeneratedKey;
}

/** Keys for everybody: one expires, one lies in a signing subkey made by gpg. `start`: the founding, seconds since 1970. */
export async function assemble(box: Sandbox, start: number): Promise<People> {
  const plain = [...Object.keys(ROLES).filter((name) => name !== 'sue'), 'omar2', 'mallory'] as KeyName[];
  const made = await Promise.all(
    plain.map(async (name) => {
      const person = { name: name === 'mallory' ? 'dora' : name, email: `${name}@example.org` };
      const key = await generateKey({
        ...person,
        time: start - HOUR,
        ...(name === 'emil' && { lifetime: (EMIL_EXPIRES + 1) * HOUR }),
      });
      return [name, key] as const;
    }),
  );
  // Only gpg makes signing subkeys here; without it she signs with her primary key, and the cases about subkeys are skipped.
  const sue = lacking('gpg')
    ? await generateKey({ name: 'sue', email: 'sue@example.org', time: start - HOUR })
    : subkeyed(box, start - HOUR);
  return peopleWith(new Map<KeyName, GeneratedKey>([...made, ['sue', sue]]));
}

export function peopleWith(keys: ReadonlyMap<KeyName, GeneratedKey>): People {
  return {
    keys,
    key(name) {
      const key = keys.get(name);
      if (key === undefined) throw new Error(`nobody has the key ${name}`);
      return key;
    },
  };
}

/** A primary that only certifies, a subkey that signs, and one that only encrypts although its algorithm could sign. */
function subkeyed(box: Sandbox, time: number): GeneratedKey {
  const fingerprint = gpgKey(box, 'sue', { usage: 'cert', time });
  const stamp = new Date(time * 1000).toISOString().replace(/[-:]|\.\d+Z/g, '');
  for (const [algorithm, usage] of [
    ['ed25519', 'sign'],
    ['rsa3072', 'encr'],
  ] as const)
    box.gpg(['--faked-system-time', `${stamp}!`, '--quick-add-key', fingerprint, algorithm, usage, 'never']);
  return {
    fingerprint,
    publicArmored: exported(box, fingerprint),
    privateArmored: `${box.gpg(['--armor', '--export-secret-keys', fingerprint])}\n`,
  };
}

/** @param grants roles beyond the usual ones. */
export function signersYaml(
  people: People,
  start: number,
  grants: Partial<Record<Person, readonly string[]>> = {},
): string {
  const principals = Object.entries(ROLES).map(([id, roles]) => ({
    ...(id === 'trainer' ? { kind: 'automation', owner: 'ana' } : { kind: 'human' }),
    id,
    name: id,
    email: `${id}@example.org`,
    keys: [
      {
        fingerprint: people.key(id as Person).fingerprint,
        ...(id === 'rita' && { retired: { reason: 'left the company' } }),
      },
      ...(id === 'omar' ? [{ fingerprint: people.key('omar2').fingerprint }] : []),
    ],
    roles: [...roles, ...(grants[id as Person] ?? [])].map((role) => ({
      role,
      lines: ['*'],
      ...(id === 'uwe' && { until: toTime(start + UWE_ENDS * HOUR) }),
    })),
  }));
  return stringify({ schema: 'modelsmith/signers/v1', principals });
}

export function certificates(people: People): readonly (readonly [Fingerprint, string])[] {
  return [...people.keys]
    .filter(([name]) => name !== 'mallory')
    .map(([, key]) => [key.fingerprint, key.publicArmored] as const);
}
