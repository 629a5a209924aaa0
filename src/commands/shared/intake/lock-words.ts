import { escapeShown } from '../terminal/escape.ts';
import type { LockStanding } from '../../../machine/lock-strength.ts';

/** How strongly an iteration is tied to its lock, in words, safe to show. */
export function lockWords({ strength, because, demanded }: LockStanding): string {
  const asked = demanded === 'declared' ? '' : `; the policy asks for ${demanded}`;
  return escapeShown(`${strength}: ${because}${asked}`);
}
