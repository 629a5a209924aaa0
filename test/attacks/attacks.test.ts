import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { workshop } from './bench.ts';
import type { AttackCase } from './case.ts';
import { CASES, casesNamed } from './cases.ts';
import { commandIn, warmCommand } from './command.ts';
import { judgeAll, type Judged } from './judge.ts';
import { lacking } from '../real/support/command.ts';
import { PLAIN, settingsOf, type Setting } from './setting.ts';
import { attacksTable } from './table.ts';

/** They take long on a busy machine, and that is no failure. */
const MINUTES = { timeout: 1_500_000 };
/** Judged by the quick ways and by the plain one; `npm run attacks` compares all of them. */
const COMPARED = CASES.filter(({ expected }, index) => index % 8 === 0 || expected === 'CANNOT');
const isCompared = (attack: AttackCase): boolean => COMPARED.includes(attack);
const SILENT = (): void => undefined;
const AMID_ENEMIES: Setting = { ...PLAIN, bare: true, hostile: true };

const shop = workshop(inject('shared'));
const warm = [1, 2, 3].map(() => warmCommand(shop.box.env));
afterAll(() => {
  for (const { stop } of warm) stop();
  shop.dispose();
});

const asks = warm.map(({ ask }) => ask);
const unexpected = (results: readonly Judged[]): readonly Judged[] => results.filter(({ passed }) => !passed);

describe.skipIf(lacking('gpg'))('attacks on an honest history', () => {
  // The two settings that are furthest from each other; `npm run attacks -- --matrix` goes through all eight, with all cases.
  test('all end as expected', MINUTES, async () => {
    const both = CASES.filter((attack, index) => index % 8 === 4 || attack.bareLacks !== undefined);
    const one = CASES.filter((attack) => !both.includes(attack));
    const results = [
      ...(await judgeAll(both, shop, [PLAIN, AMID_ENEMIES], asks, SILENT, isCompared)),
      ...(await judgeAll(one, shop, [PLAIN], asks, SILENT, isCompared)),
    ];
    expect(unexpected(results)).toEqual([]);
    expect(results).toHaveLength(CASES.length + both.length);
    const left = results.filter(({ actual }) => actual === 'NOT_APPLICABLE').map(({ id }) => id);
    expect(left).toEqual(CASES.filter(({ bareLacks }) => bareLacks !== undefined).map(({ id }) => id));
    expect(left).toHaveLength(5);
    // Whatever can be judged was judged by the quick ways and by the plain one, with the same result.
    const judged = new Set(results.flatMap(({ id, ways }) => (ways === null ? [] : [id])));
    const unjudged = COMPARED.filter(({ id }) => !judged.has(id));
    expect(unjudged.filter(({ expected }) => expected !== 'CANNOT')).toEqual([]);
    expect(results.filter(({ ways }) => ways === 'cannot tell').length).toBeGreaterThan(3);
  });

  test('end the same with SHA-256: each twenty-fourth of them', MINUTES, async () => {
    const some = CASES.filter((_, index) => index % 24 === 4);
    const results = await judgeAll(some, shop, settingsOf('sha256').slice(1, 3), asks, SILENT, isCompared);
    expect(unexpected(results)).toEqual([]);
  });

  // A process of its own each, as people start it: one case of every kind of answer.
  test('end the same for the command as it is started', async () => {
    const some = casesNamed(['S0', 'S1.outsider', 'G3.stale', 'H2.short-root', 'T5b.packed-tree']);
    const results = await judgeAll(some, shop, [PLAIN], [commandIn(shop.box.env)]);
    expect(unexpected(results)).toEqual([]);
  });

  test('what works for the attacker there does fool git', async () => {
    const [outsider] = casesNamed(['S1.outsider']);
    const built = await outsider?.build(shop.bench('sha1'));
    if (built === undefined) throw new Error('there is no such case');
    const { target, env, sprung, clear } = await shop.place(built, AMID_ENEMIES);
    const only = Object.fromEntries(Object.entries(env ?? {}).filter(([name]) => !name.startsWith('GIT_')));
    const git = (...args: readonly string[]): number | null =>
      spawnSync('git', args, { cwd: target.directory, env: only }).status;
    expect(git('rev-parse', '--is-bare-repository')).toBe(0);
    expect(sprung()).toContain('--is-bare-repository');
    expect(git('verify-commit', target.revision ?? '')).toBe(0);
    expect(sprung()).toContain('--verify');
    clear();
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
