/**
 * The percentile by nearest rank: the smallest value that at least so many of a hundred do not exceed. It is always one that
 * was measured. Null where nothing was.
 * @param sorted ascending. @param percent from 1 to 100.
 */
export function nearestRank(sorted: readonly number[], percent: number): number | null {
  // Whole numbers only: 0.9 * 10 is not always 9.
  return sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? null;
}
