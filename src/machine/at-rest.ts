import type { PromotionRecord } from '../domain/record.ts';

/** Retired: nothing more can happen to it, and what is told of it is in its record. Most of a long history is. */
export function isAtRest({ state }: Pick<PromotionRecord, 'state'>): boolean {
  return state === 'deprecated';
}
