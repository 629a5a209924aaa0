import * as z from 'zod';
import { sha256, type Sha256 } from '../base/digest.ts';
import { isStrictlySorted } from './entry.ts';
import { EntryId, SafePath } from './names.ts';
import { RISK_TIERS, type RiskTier } from './tiers.ts';

/**
 * How strongly it is shown by which lock an artifact was trained, from least to most: the word of whoever asks; the id of
 * the lock in the artifact's own bytes; these bytes signed by a trainer whom the policy names.
 */
export const LOCK_STRENGTHS = ['declared', 'bound', 'attested'] as const;
export const LockStrength = z.enum(LOCK_STRENGTHS);
export type LockStrength = z.infer<typeof LockStrength>;

export function isAsStrong(one: LockStrength, other: LockStrength): boolean {
  return LOCK_STRENGTHS.indexOf(one) >= LOCK_STRENGTHS.indexOf(other);
}

/** What trainers write the id of the lock under, into the metadata of each file of weights. */
export const LOCK_KEY = 'modelsmith.lock';

/** The file beside the weights by which a trainer's signature says the same: the id of the lock and a line feed. */
export const LOCK_FILE = 'modelsmith.lock';

export function lockFileDigest(lock: EntryId): Sha256 {
  return sha256(`${lock}\n`);
}

/** The files of weights that carry the id of a lock, and of which. */
export const LockStamps = z
  .array(z.strictObject({ path: SafePath, lock: EntryId }).readonly())
  .min(1)
  .max(1000)
  .refine(
    (stamps) => isStrictlySorted(stamps.map(({ path }) => path)),
    'must be sorted by path, each path once',
  )
  .readonly();
export type LockStamps = z.infer<typeof LockStamps>;

/** Whether a file of an artifact holds weights, and so has room for the id of a lock. */
export function holdsWeights(path: string): boolean {
  return /\.(?:safetensors|gguf)$/.test(path);
}

const ByTier = z
  .strictObject({ low: LockStrength, standard: LockStrength, high: LockStrength })
  .refine(
    (by) =>
      RISK_TIERS.every(
        (tier, index) => index === 0 || isAsStrong(by[tier], by[RISK_TIERS[index - 1] ?? tier]),
      ),
    'must not ask for less where the risk is higher',
  )
  .readonly();

/** What a policy asks for: one strength, or one by how risky a change is. */
export const LockDemand = z.union(
  [LockStrength, ByTier],
  `must be one of ${LOCK_STRENGTHS.join(', ')}, or one of them for each of low, standard and high`,
);
export type LockDemand = z.infer<typeof LockDemand>;

/** Where nobody says how risky a change is, it is taken to be as risky as can be. */
export function demandedOf(demand: LockDemand | undefined, tier: RiskTier | null): LockStrength {
  if (demand === undefined) return 'declared';
  return typeof demand === 'string' ? demand : demand[tier ?? 'high'];
}
