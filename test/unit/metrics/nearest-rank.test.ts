import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearestRank } from '../../../src/metrics/nearest-rank.ts';

test.each([
  [[], 50, null],
  [[7], 50, 7],
  [[7], 90, 7],
  [[1, 2], 50, 1],
  [[1, 2], 90, 2],
  [[1, 2, 3], 50, 2],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 50, 5],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90, 9],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 90, 10],
  // The example of the textbooks.
  [[15, 20, 35, 40, 50], 30, 20],
  [[15, 20, 35, 40, 50], 40, 20],
  [[15, 20, 35, 40, 50], 100, 50],
] as const)('of %j the percentile %i is %j', (sorted, percent, value) => {
  expect(nearestRank(sorted, percent)).toBe(value);
});

test('is the smallest value measured that enough others do not exceed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1000), { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 100 }),
      (values, percent) => {
        const sorted = values.toSorted((a, b) => a - b);
        const rank = nearestRank(sorted, percent) ?? -1;
        const reach = (limit: number): number => sorted.filter((value) => value <= limit).length * 100;
        expect(sorted).toContain(rank);
        expect(reach(rank)).toBeGreaterThanOrEqual(percent * sorted.length);
        for (const smaller of sorted.filter((value) => value < rank))
          expect(reach(smaller)).toBeLessThan(percent * sorted.length);
      },
    ),
  );
});
