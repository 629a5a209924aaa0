import { expect, test } from 'vitest';
import { verdictIn } from './gpg-verdict.ts';
import { compare } from './compare.ts';
import { ROUND } from './scenarios.ts';

// One round of every scenario; `npm run differential` goes through thousands of commits.
test('modelsmith and gpg say the same of commits of every kind, but for what decision 13 lists', async () => {
  const { commits, same, classes, misread, stale } = await compare(ROUND.length, 20_240_101);
  expect(classes.filter(({ listed }) => listed === null)).toEqual([]);
  expect(misread).toEqual([]);
  expect(stale).toEqual([]);
  expect(commits).toBe(ROUND.length);
  expect(same).toBeGreaterThan(150);
});

test('gpg’s status lines are read signature by signature', () => {
  const [key, primary] = ['A'.repeat(40), 'B'.repeat(40)];
  const good = `[GNUPG:] GOODSIG X Y\n[GNUPG:] VALIDSIG ${key} 2024-01-06 1704499200 0 4 0 22 10 00 ${primary}\n`;
  expect(verdictIn(good, 0)).toEqual({ word: 'GOODSIG', key, primary, time: 1_704_499_200 });
  expect(verdictIn(good, 2).word).toBe('GOODSIG-exit-2');
  expect(verdictIn(`${good}[GNUPG:] ERRSIG X 22 10 00 1704499200 9 ${key}\n`, 2).word).toBe(
    'GOODSIG+ERRSIG-9',
  );
  expect(verdictIn('[GNUPG:] NODATA 3\n', 1).word).toBe('NODATA');
  expect(verdictIn('', 2).word).toBe('NOTHING');
});
