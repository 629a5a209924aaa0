import { stringify } from 'yaml';
import type { Fingerprint } from '../../domain/names.ts';
import type { DemonstrationParts } from '../../ports/demonstration.ts';

/** Everybody in the story: six people and a machine, each with a key of their own, and somebody from outside. */
const CAST = [
  { id: 'ana', name: 'Ana Ortiz', does: 'owns the model and asks for the promotion', roles: ['model-owner'] },
  {
    id: 'eli',
    name: 'Eli Berg',
    does: 'owns the evaluation, the software and the data',
    roles: ['data-owner', 'evaluation-owner', 'software-owner'],
  },
  {
    id: 'omar',
    name: 'Omar Haddad',
    does: 'operates the platform and answers for its security',
    roles: ['operator', 'security-owner'],
  },
  { id: 'dora', name: 'Dora Lind', does: 'is the domain expert', roles: ['domain-expert'] },
  {
    id: 'gus',
    name: 'Gus Moreau',
    does: 'approves for governance, and policy',
    roles: ['governance-approver', 'policy-approver'],
  },
  {
    id: 'mia',
    name: 'Mia Santos',
    does: 'approves policy and can override',
    roles: ['policy-approver', 'ml-manager', 'override'],
  },
  {
    id: 'trainer',
    name: 'Training pipeline',
    does: 'trains, evaluates, scans, exports; can approve nothing',
    roles: ['pipeline', 'checker:malware-scan'],
  },
] as const;

export type ActorName = (typeof CAST)[number]['id'] | 'mallory';

export interface Player {
  readonly id: ActorName;
  readonly name: string;
  readonly does: string;
  readonly privateArmored: string;
  readonly publicArmored: string;
  readonly fingerprint: Fingerprint;
}

/** Makes a key for everybody. `time`: seconds since 1970. */
export async function assembleCast(
  parts: DemonstrationParts,
  time: number,
): Promise<ReadonlyMap<ActorName, Player>> {
  const outsider = {
    id: 'mallory',
    name: 'Dora Lind',
    does: 'has a key that says it is Dora, and is not enrolled',
  } as const;
  const players = await Promise.all(
    [...CAST, outsider].map(async ({ id, name, does }) => {
      const key = await parts.generateKey({ name, email: `${id}@demo.invalid`, time });
      return [id, { id, name, does, ...key }] as const;
    }),
  );
  return new Map<ActorName, Player>(players);
}

/** `signers.yaml` of the story. */
export function signersOf(cast: ReadonlyMap<ActorName, Player>): string {
  const principals = CAST.map(({ id, name, roles }) => ({
    ...(id === 'trainer' ? { kind: 'automation', owner: 'ana' } : { kind: 'human' }),
    id,
    name,
    email: `${id}@demo.invalid`,
    keys: [{ fingerprint: cast.get(id)?.fingerprint }],
    roles: roles.map((role) => ({ role, lines: ['*'] })),
  }));
  return stringify({ schema: 'modelsmith/signers/v1', principals });
}
