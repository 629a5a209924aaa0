import { expect, inject, test } from 'vitest';
import { trial } from './trial.ts';

// The long form: npm run mutate
test('no altered history passes for the honest one', { timeout: 600_000 }, async () => {
  expect(await trial(60, 1, undefined, inject('shared'))).toEqual([]);
});
