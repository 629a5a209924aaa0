import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PARSERS } from '../../fuzz/parsers.ts';
import { inputOf } from '../../fuzz/run.ts';

describe('whatever a stranger wrote', () => {
  test.each(PARSERS.map((parser) => [parser.name, parser] as const))(
    '%s reads its examples, and reads or refuses what was altered, alike each time',
    (_, parser) => {
      for (const seed of parser.seeds) expect(parser.parse(seed)).toBe('read');
      fc.assert(
        fc.property(fc.nat(), (seed) => {
          const bytes = inputOf(parser, seed);
          expect(parser.parse(bytes)).toBe(parser.parse(bytes));
        }),
        { numRuns: 200 },
      );
    },
  );
  test.each(PARSERS.map((parser) => [parser.name, parser] as const))(
    '%s refuses what is nothing at all',
    (_, parser) => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
          expect(parser.parse(bytes)).not.toBe('');
        }),
        { numRuns: 100 },
      );
    },
  );
});
