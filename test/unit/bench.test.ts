import { describe, expect, it, vi } from 'vitest';
import { compared, inTurns, median } from '../bench/measure.ts';
import { run } from '../bench/run.ts';

describe('npm run bench', () => {
  it.each([
    [[], 'no bench is named'],
    [['nonsense'], 'there is no bench nonsense'],
    [['toString'], 'there is no bench toString'],
    [['startup', '--rounds', '2'], '--rounds must be 3 or more'],
    [['startup', '--mb', '5'], "Unknown option '--mb'"],
    [['export', '--mb', 'many'], '--mb must be a whole number, 1 or more'],
    [['queue', '--iterations', '0'], '--iterations must be a whole number, 1 or more'],
  ])('%j measures nothing, and says what there is to measure', async (words, fault) => {
    const said: string[] = [];
    const error = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    try {
      expect(await run(words)).toBe(64);
    } finally {
      error.mockRestore();
    }
    expect(said.join('')).toContain(fault);
    for (const name of ['export', 'export-killed', 'queue', 'startup', 'verify', 'verify-growth'])
      expect(said.join('')).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it('lets contenders take turns and tells the median of each, and what it is to the first', () => {
    const order: string[] = [];
    const [bare, full] = [
      [3, 1, 2],
      [9, 4, 4],
    ];
    const took = (name: string, times: number[] | undefined) => () => {
      order.push(name);
      return times?.shift() ?? NaN;
    };
    const quiet = { rounds: 3, say: () => undefined };
    const medians = inTurns(quiet, { bare: took('bare', bare), full: took('full', full) });
    expect(order).toEqual(['bare', 'full', 'bare', 'full', 'bare', 'full']);
    expect(compared(medians)).toEqual({ bare_s: 2, full_s: 4, full_ratio: 2 });
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});
