import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/base/digest.ts';
import { drawSample } from '../../../src/domain/draw-sample.ts';
import { itemKey } from '../../../src/domain/sample.ts';
import { SafeName } from '../../../src/domain/names.ts';

const run = SafeName.parse('run-1');
const keys = Array.from({ length: 12 }, (_none, index) =>
  itemKey({ run, task: 'claims', item: String(index) }),
);
const seed = sha256('a seed');

describe('a sample', () => {
  test('of known keys and a known seed is a known one', () => {
    expect(keys[3]).toBe('run-1/claims/3');
    expect(seed).toBe('8f44d509e0492acec4fc109a030a5c751f063fb743cc388f0ed722bacc3bc66c');
    expect(drawSample(keys, 4, seed)).toEqual(
      ['9', '7', '8', '4'].map((item) => itemKey({ run, task: 'claims', item })),
    );
    expect(drawSample(keys, 3, sha256('another seed'))).toEqual(
      ['6', '1', '5'].map((item) => itemKey({ run, task: 'claims', item })),
    );
  });

  test('is drawn the same by sha256sum and sort', () => {
    const script = `while IFS= read -r key; do
      printf '%s  %s\\n' "$(printf '%s%s' "$1" "$key" | sha256sum | cut -c 1-64)" "$key"
    done | LC_ALL=C sort | head -n 5 | cut -c 67-`;
    const drawn = spawnSync('bash', ['-c', script, 'draw', seed], {
      input: `${keys.join('\n')}\n`,
      encoding: 'utf8',
    });
    expect(drawn.stdout.trim().split('\n')).toEqual(drawSample(keys, 5, seed));
  });

  test('holds as many as were asked for or as there are, each once, in whatever order they are given', () => {
    const hex = fc.string().map((text) => sha256(text));
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 40 }), fc.nat(50), hex, (given, size, of) => {
        const drawn = drawSample(given, size, of);
        expect(drawn).toHaveLength(Math.min(size, new Set(given).size));
        expect(new Set(drawn).size).toBe(drawn.length);
        expect(drawn.every((key) => given.includes(key))).toBe(true);
        expect(drawSample([...given, ...given].reverse(), size, of)).toEqual(drawn);
      }),
    );
  });

  test('begins with every smaller one of the same seed, and nothing is drawn of less than one', () => {
    expect(drawSample(keys, 9, seed).slice(0, 4)).toEqual(drawSample(keys, 4, seed));
    expect(drawSample(keys, 0, seed)).toEqual([]);
    expect(drawSample(keys, -1, seed)).toEqual([]);
  });

  test('takes each item about as often as any other, over many seeds', () => {
    const counts = new Map(keys.map((key) => [key, 0]));
    for (let round = 0; round < 3000; round += 1)
      for (const key of drawSample(keys, 3, sha256(`round ${round}`)))
        counts.set(key, (counts.get(key) ?? 0) + 1);
    // 750 are expected, with a standard deviation below 24.
    for (const count of counts.values()) expect(Math.abs(count - 750)).toBeLessThan(120);
  });
});
