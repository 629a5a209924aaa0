import type { LockStanding } from '../../machine/lock-strength.ts';

/** How strongly an iteration is tied to its lock, in words. */
export function lockWords({ strength, because, demanded }: LockStanding): string {
  const asked = demanded === 'declared' ? '' : `; the policy asks for ${demanded}`;
  return `${strength}: ${because}${asked}`;
}
