import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { workshop } from './bench.ts';
import { CASES, casesNamed } from './cases.ts';
import { commandIn, warmCommand } from './command.ts';
import { judgeAll, type Judged } from './judge.ts';
import { lacking } from '../real/support/command.ts';
import { attacksTable } from './table.ts';

const shop = workshop();
const warm = [1, 2, 3].map(() => warmCommand(shop.box.env));
afterAll(() => {
  for (const { stop } of warm) stop();
  shop.dispose();
});

const asks = warm.map(({ ask }) => ask);
const unexpected = (results: readonly Judged[]): readonly Judged[] => results.filter(({ passed }) => !passed);

describe.skipIf(lacking('gpg'))('attacks on an honest history', () => {
  test('all end as expected', { timeout: 300_000 }, async () => {
    const results = await judgeAll(CASES, shop.bench('sha1'), asks);
    expect(unexpected(results)).toEqual([]);
    expect(results).toHaveLength(CASES.length);
  });

  // A process of its own each, as people start it: one case of every kind of answer.
  test('end the same for the command as it is started', async () => {
    const some = casesNamed(['S0', 'S1.outsider', 'G3.stale', 'H2.short-root', 'T5b.packed-tree']);
    const results = await judgeAll(some, shop.bench('sha1'), [commandIn(shop.box.env)]);
    expect(unexpected(results)).toEqual([]);
  });

  test('end the same in a repository with SHA-256 ids', async () => {
    const some = casesNamed(['S0', 'S1', 'S4', 'P1', 'P3', 'H3', 'H8', 'T5b', 'G6']);
    const results = await judgeAll(some, shop.bench('sha256'), asks);
    expect(unexpected(results)).toEqual([]);
  });
});

test('every case has an id of its own', () => {
  const ids = CASES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('docs/attacks.md is made from the cases', () => {
  const written = readFileSync(new URL('../../docs/attacks.md', import.meta.url), 'utf8');
  expect(written).toBe(attacksTable(CASES));
});
