import { expect, test } from 'vitest';
import { trial } from './trial.ts';

// The long form: npm run mutate
test('no altered history passes for the honest one', { timeout: 120_000 }, async () => {
  expect(await trial(400, 1)).toEqual([]);
});
