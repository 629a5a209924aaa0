import type { HistoryStep } from './history.ts';

/** Says of a place in the order whether nothing after it comes from anything before it. */
export function narrowsIn(steps: readonly HistoryStep[]): (at: number) => boolean {
  const places = new Map(steps.map(({ id }, index) => [id, index] as const));
  const earliest = new Int32Array(steps.length + 1);
  earliest[steps.length] = steps.length;
  for (let at = steps.length - 1; at >= 0; at -= 1) {
    const parents = (steps[at]?.parents ?? []).map((parent) => places.get(parent) ?? steps.length);
    earliest[at] = Math.min(earliest[at + 1] ?? steps.length, ...parents);
  }
  return (at) => (earliest[at + 1] ?? 0) >= at;
}
