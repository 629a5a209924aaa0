import { describe, expect, test } from 'vitest';
import type { EntryHeader } from '../../../src/domain/entry.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { taintOf } from '../../../src/machine/taint.ts';
import {
  grants,
  key,
  overridden,
  policyFiles,
  propose,
  proposeOther,
  putInForce,
  say,
  standingOf,
  TEAM,
  teamTree,
  type Member,
  type Team,
} from '../support/changes.ts';
import { at, done, worldOf } from '../support/world.ts';

/** A thief has mia's key, and lets otto believe that tom is a colleague. */
const stolen = { act: 'revoke-signer', keys: [key('mia')], as: 'compromised', keeps: [] };

interface Version {
  readonly people: Team;
  readonly version: number;
  readonly runs?: number;
  /** Who approves, in the role that is needed. */
  readonly by: readonly (readonly [string, string])[];
  readonly hours: number;
}

/** Proposes a version by ana, has it approved, and puts it in force by the last who approved. */
function next(tree: TreeFolder, { people, version, runs = 1, by, hours }: Version): TreeFolder {
  const files = policyFiles({ people, version, line: { runs } });
  const proposed = done(tree, propose(files, 'ana', hours, {}, 'model-owner'));
  const approved = done(proposed, ...by.map(([name, role]) => say(name, role, { hours })));
  const [name = '', role = ''] = by.at(-1) ?? [];
  return done(approved, putInForce(name, role, hours));
}

const BY_THIEF = [
  ['otto', 'policy-approver'],
  ['mia', 'policy-approver'],
] as const;
const BY_OTHERS = [
  ['eli', 'software-owner'],
  ['otto', 'policy-approver'],
] as const;
const RULES_BY_OTHERS = [
  ['ana', 'model-owner'],
  ['otto', 'security-owner'],
  ['eli', 'ml-manager'],
] as const;
/** Others can do all that mia can, so that a version needs nothing of the stolen key and the law lives on without it. */
const START_TEAM: Team = {
  ...TEAM,
  eli: ['evaluation-owner', 'software-owner', 'ml-manager', 'policy-approver', 'override', 'operator'],
};
const people: Team = { ...START_TEAM, tom: ['operator', 'policy-approver'] };
const enrolled = next(teamTree({ people: START_TEAM }), { people, version: 2, by: BY_THIEF, hours: 5 });
const reported = (tree: TreeFolder, hours: number): TreeFolder => overridden(tree, stolen, 'a', hours);

const entry = (name: string, role: string, hours: number): EntryHeader =>
  ({ id: 'e'.repeat(64), act: 'x', principal: name, role, key: key(name), time: at(hours) }) as never;
const tainted = (tree: TreeFolder, name: string, role: string, hours: number): boolean =>
  taintOf(worldOf(tree)).isTainted(entry(name, role, hours));
const held = (tree: TreeFolder): readonly number[] =>
  taintOf(worldOf(tree)).changes.map(({ change }) => change.version);

describe('what a thief brought in', () => {
  test('is nobody’s concern while nothing is known', () => {
    expect(held(enrolled)).toEqual([]);
    expect(tainted(enrolled, 'tom', 'operator', 6)).toBe(false);
  });

  test('is tainted with him, whatever date it bears', () => {
    const tree = reported(enrolled, 8);
    expect(held(tree)).toEqual([2]);
    for (const hours of [0, 6, 100]) expect(tainted(tree, 'tom', 'operator', hours)).toBe(true);
    expect(tainted(tree, 'otto', 'policy-approver', 6)).toBe(false);
  });

  test('unless the approval is kept', () => {
    const kept = taintOf(worldOf(enrolled)).isTainted(entry('mia', 'policy-approver', 5));
    expect(kept).toBe(false);
    const keeps = [entry('mia', 'policy-approver', 5).id];
    const tree = overridden(enrolled, { ...stolen, keeps }, 'a', 8);
    expect(tainted(tree, 'mia', 'policy-approver', 5)).toBe(false);
    expect(held(tree)).toEqual([2]); // another entry was
  });

  test('does not approve the version that is to clean up', () => {
    const tree = reported(enrolled, 8);
    const files = policyFiles({ people, version: 3, line: { runs: 2 } });
    const proposed = done(tree, propose(files, 'ana', 9, {}, 'model-owner'));
    const said = done(
      proposed,
      say('tom', 'policy-approver', { hours: 10 }),
      say('otto', 'security-owner', { hours: 10 }),
    );
    expect(standingOf(said, 11).counted.map(({ principal }) => principal)).toEqual(['otto']);
  });

  const another: Version = { people, version: 3, runs: 2, by: RULES_BY_OTHERS, hours: 7 };

  test('is not laundered by an unrelated version before the theft was known', () => {
    const tree = reported(next(enrolled, another), 8);
    expect(held(tree)).toEqual([2]);
    expect(tainted(tree, 'tom', 'operator', 9)).toBe(true);
  });

  test('is confirmed by a version of people who knew, from then on', () => {
    const tree = next(reported(enrolled, 6), another);
    expect(held(tree)).toEqual([]);
    expect(tainted(tree, 'tom', 'operator', 7)).toBe(false);
    expect(tainted(tree, 'tom', 'operator', 6.9)).toBe(true);
  });

  test('stays tainted when it is thrown out', () => {
    const tree = next(reported(enrolled, 6), { people: START_TEAM, version: 3, by: BY_OTHERS, hours: 7 });
    expect(held(tree)).toEqual([]);
    expect(tainted(tree, 'tom', 'operator', 6)).toBe(true);
    expect(tainted(tree, 'tom', 'operator', 9)).toBe(true);
  });

  test('is laundered by no date of a report', () => {
    for (const hours of [0, 6, 7, 99]) {
      const tree = reported(next(enrolled, another), hours);
      expect(held(tree)).toEqual([2]);
      expect(tainted(tree, 'tom', 'operator', 9)).toBe(true);
    }
  });

  test('is known to those whom an earlier report told the same, and not where it had kept more', () => {
    const keeps = ['e'.repeat(64)];
    const confirmed = next(overridden(enrolled, { ...stolen, keeps }, 'a', 6), another);
    expect(held(confirmed)).toEqual([]);
    expect(held(overridden(confirmed, { ...stolen, keeps }, 'b', 99))).toEqual([]);
    const stricter = overridden(confirmed, stolen, 'b', 0);
    expect(held(stricter)).toEqual([2]);
    expect(tainted(stricter, 'tom', 'operator', 9)).toBe(true);
  });

  const asStolen = (keeps: readonly string[]): Member => ({
    roles: grants(TEAM['mia'] as string[]),
    keys: [
      { fingerprint: key('mia'), compromised: { reason: 'a thief', keeps } },
      { fingerprint: key('mia2') },
    ],
  });
  const withMia = (keeps: readonly string[] = []): Team => ({ ...people, mia: asStolen(keeps) });

  test('is known by the version that reports the theft, and by what comes after', () => {
    const version3 = next(enrolled, { people: withMia(), version: 3, by: BY_OTHERS, hours: 7 });
    expect(held(version3)).toEqual([]);
    expect(tainted(version3, 'tom', 'operator', 7)).toBe(false);
    expect(tainted(version3, 'tom', 'operator', 6)).toBe(true);
    expect(tainted(version3, 'mia', 'operator', 1)).toBe(true);
    const before = next(enrolled, another);
    const version4 = next(before, { people: withMia(), version: 4, runs: 2, by: BY_OTHERS, hours: 8 });
    expect(tainted(version4, 'tom', 'operator', 7.5)).toBe(true);
    expect(tainted(version4, 'tom', 'operator', 8)).toBe(false);
  });

  test('a policy and an override that both report keep what both keep', () => {
    const id = 'e'.repeat(64);
    const version3 = next(enrolled, { people: withMia([id]), version: 3, by: BY_OTHERS, hours: 7 });
    expect(tainted(version3, 'mia', 'operator', 1)).toBe(false);
    expect(tainted(reported(version3, 8), 'mia', 'operator', 1)).toBe(true);
  });

  test('a root may report a theft', () => {
    const tree = teamTree({ people: { ...START_TEAM, mia: asStolen([]) } });
    expect(tainted(tree, 'mia', 'operator', 1)).toBe(true);
    expect(tainted(tree, 'mia', 'operator', 99)).toBe(true);
    expect(held(tree)).toEqual([]);
  });

  test('goes on through whom he brought in', () => {
    const friends: Team = { ...people, tim: ['operator'] };
    const deeper = next(enrolled, {
      ...{ people: friends, version: 3, hours: 7 },
      by: [
        ['otto', 'policy-approver'],
        ['tom', 'policy-approver'],
      ],
    });
    const tree = reported(deeper, 8);
    expect(held(tree)).toEqual([2, 3]);
    expect(tainted(tree, 'tim', 'operator', 7.5)).toBe(true);
  });

  test('two thieves who brought the same must both be known before it is confirmed', () => {
    const sam = ['policy-approver', 'operator', 'override'];
    const team: Team = { ...START_TEAM, sam };
    const promoted = (lines: readonly string[]): Team => ({
      ...team,
      ana: {
        roles: [...grants(['model-owner', 'domain-expert']), ...grants(['governance-approver'], lines)],
      },
    });
    const twice = next(
      next(teamTree({ people: team }), { people: promoted(['*']), version: 2, by: BY_THIEF, hours: 5 }),
      { people: promoted(['tri*']), version: 3, by: [...BY_OTHERS].reverse(), hours: 6 },
    );
    const ofEli = overridden(twice, { ...stolen, keys: [key('eli')] }, 'b', 7);
    const bySam = [
      ['otto', 'policy-approver'],
      ['sam', 'policy-approver'],
    ] as const;
    const more = (tree: TreeFolder, version: number, hours: number): TreeFolder => {
      const newcomers = Object.fromEntries(
        ['nora', 'nils'].slice(0, version - 3).map((id) => [id, ['operator']]),
      );
      const of = { ...promoted(['tri*']), ...newcomers };
      return next(tree, { people: of, version, by: bySam, hours });
    };
    const oneKnown = more(ofEli, 4, 8);
    expect(tainted(oneKnown, 'ana', 'governance-approver', 9)).toBe(false);
    const bothKnown = reported(oneKnown, 10);
    expect(held(bothKnown)).toEqual([2]);
    expect(tainted(bothKnown, 'ana', 'governance-approver', 9)).toBe(true);
    expect(tainted(bothKnown, 'ana', 'governance-approver', 99)).toBe(true);
    const confirmed = more(bothKnown, 5, 12);
    expect(held(confirmed)).toEqual([]);
    expect(tainted(confirmed, 'ana', 'governance-approver', 11)).toBe(true);
    expect(tainted(confirmed, 'ana', 'governance-approver', 12)).toBe(false);
  });

  test('stays as it is when an override, dated back, repeats what the policy reports', () => {
    const reporting = { people: withMia(), version: 4, runs: 2, by: BY_OTHERS, hours: 8 };
    const version4 = next(next(enrolled, another), reporting);
    for (const tree of [version4, overridden(version4, stolen, 'b', 0)]) {
      expect(held(tree)).toEqual([]);
      expect(tainted(tree, 'tom', 'operator', 7.5)).toBe(true);
      expect(tainted(tree, 'tom', 'operator', 8)).toBe(false);
    }
  });

  test('keeps of two overrides what both keep', () => {
    const [mine, other] = ['e'.repeat(64), 'f'.repeat(64)];
    const both = overridden(
      overridden(enrolled, { ...stolen, keeps: [mine, other] }, 'a', 6),
      { ...stolen, keeps: [mine] },
      'b',
      7,
    );
    expect(tainted(both, 'mia', 'operator', 1)).toBe(false);
    const none = overridden(both, { ...stolen, keeps: [other] }, 'c', 8);
    expect(tainted(none, 'mia', 'operator', 1)).toBe(true);
  });

  describe('and lifted', () => {
    const brake = 'd';
    const stop = (tree: TreeFolder): TreeFolder =>
      overridden(tree, { act: 'stop-candidates', lines: ['*'] }, brake);
    const lifted = (tree: TreeFolder, by: readonly (readonly [string, string])[], hours: number) => {
      const [name = '', role = ''] = by.at(-1) ?? [];
      const proposed = done(tree, proposeOther({ kind: 'lift', override: brake.repeat(64) }, 'eli', hours));
      const approved = done(proposed, ...by.map(([who, as]) => say(who, as, { hours })));
      return done(approved, putInForce(name, role, hours));
    };
    const second = next(teamTree({ people: START_TEAM }), {
      ...{ people, version: 2, by: BY_OTHERS, hours: 7 },
    });

    test('is held, whatever was known when the version it was made under came', () => {
      const tree = reported(lifted(stop(second), BY_THIEF, 8), 6);
      expect(taintOf(worldOf(tree)).changes.map(({ change }) => change.kind)).toEqual(['lift']);
    });

    test('is confirmed by the version that reports the theft', () => {
      const thief = lifted(stop(second), BY_THIEF, 8);
      const third = next(thief, { people: withMia(), version: 3, by: BY_OTHERS, hours: 9 });
      expect(held(third)).toEqual([]);
      expect(tainted(third, 'mia', 'policy-approver', 8)).toBe(true);
    });

    test('by honest people it is nobody’s concern, and confirms nothing', () => {
      const tree = reported(lifted(stop(enrolled), BY_OTHERS, 9), 8);
      expect(held(tree)).toEqual([2]);
      expect(tainted(tree, 'tom', 'operator', 10)).toBe(true);
    });
  });

  test('a role he gave to an honest person is tainted, their other roles are not', () => {
    const generous: Team = { ...START_TEAM, ana: ['model-owner', 'domain-expert', 'governance-approver'] };
    const tree = reported(
      next(teamTree({ people: START_TEAM }), { people: generous, version: 2, by: BY_THIEF, hours: 5 }),
      8,
    );
    expect(tainted(tree, 'ana', 'governance-approver', 6)).toBe(true);
    expect(tainted(tree, 'ana', 'model-owner', 6)).toBe(false);
  });

  test('no override taints the key of somebody kept for recovery', () => {
    const rescue: Team = { ...TEAM, rae: ['recovery'] };
    const tree = overridden(teamTree({ people: rescue }), { ...stolen, keys: [key('rae')] });
    expect(tainted(tree, 'rae', 'recovery', 1)).toBe(false);
  });

  test('a key that nobody holds any more stays stolen', () => {
    const tree = overridden(teamTree(), { ...stolen, keys: [key('zoe')] });
    expect(tainted(tree, 'zoe', 'operator', 1)).toBe(true);
  });
});
