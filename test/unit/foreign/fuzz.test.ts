import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PARSERS } from '../../fuzz/parsers.ts';
import { inputOf } from '../../fuzz/run.ts';

describe('whatever a stranger wrote', () => {
  test.each(PARSERS.map((parser) => [parser.name, parser] as const))(
    '%s reads its examples, and reads or refuses what was altered, alike each time',
    async (_, parser) => {
      for (const seed of parser.seeds) expect(await parser.parse(seed)).toBe('read');
      await fc.assert(
        fc.asyncProperty(fc.nat(), async (seed) => {
          const bytes = inputOf(parser, seed);
          expect(await parser.parse(bytes)).toBe(await parser.parse(bytes));
        }),
        { numRuns: 200 },
      );
    },
  );
  test.each(PARSERS.map((parser) => [parser.name, parser] as const))(
    '%s refuses what is nothing at all',
    async (_, parser) => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
          expect(await parser.parse(bytes)).not.toBe('');
        }),
        { numRuns: 100 },
      );
    },
  );
});
