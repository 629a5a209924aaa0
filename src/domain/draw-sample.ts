import { sha256, type Sha256 } from '../base/digest.ts';

/**
 * Some items drawn at random, the same ones for the same seed: those whose SHA-256 over the 64 digits of the seed and the
 * key is lowest, in that order. Anybody who has the keys, one a line, draws the same sample:
 *
 *     while IFS= read -r key; do
 *       printf '%s  %s\n' "$(printf '%s%s' "$seed" "$key" | sha256sum | cut -c 1-64)" "$key"
 *     done < keys | LC_ALL=C sort | head -n "$size"
 *
 * A key given twice counts once. Each sample begins with every smaller one of the same seed, so that more can be drawn.
 */
export function drawSample(keys: readonly string[], size: number, seed: Sha256): readonly string[] {
  return [...new Set(keys)]
    .map((key) => ({ key, lot: sha256(`${seed}${key}`) }))
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
    .slice(0, Math.max(0, size))
    .map(({ key }) => key);
}
