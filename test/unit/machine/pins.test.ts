import { describe, expect, test } from 'vitest';
import { aliasesDocument, aliasTargets, pinOf } from '../../../src/domain/aliases.ts';
import { aliasWords } from '../../../src/machine/pins.ts';
import type { LineName } from '../../../src/domain/names.ts';
import { aliasesFile } from '../../../src/domain/paths.ts';
import type { ReasonCode } from '../../../src/domain/reason.ts';
import type { Role } from '../../../src/domain/roles.ts';
import type { AliasName } from '../../../src/domain/states.ts';
import { withFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { heldAliases } from '../../../src/machine/held-aliases.ts';
import { fallbackOf } from '../../../src/machine/way-back.ts';
import { aliasesOf } from '../../../src/machine/world.ts';
import { deprecateIt } from '../support/acts.ts';
import { reaffirm } from '../support/brakes.ts';
import { overridden } from '../support/changes.ts';
import { encode, keyOf, LINE, lawTree, type Person } from '../support/law-files.ts';
import { PIN_LAW, pinIt, served, unpinIt, validated } from '../support/pins.ts';
import { treeAt } from '../support/stages.ts';
import { at, decision, done, hour, refusals, worldOf } from '../support/world.ts';

const line = LINE as LineName;
const pointsTo = (tree: TreeFolder, alias: AliasName = 'serving') =>
  aliasTargets(aliasesOf(tree, line)).get(alias) ?? null;
const pinnedAt = (tree: TreeFolder, alias: AliasName = 'serving') =>
  pinOf(aliasesOf(tree, line), alias)?.version ?? null;
const fallback = (tree: TreeFolder, alias: AliasName = 'serving') => fallbackOf(worldOf(tree), line, alias);
const held = (tree: TreeFolder, hours = 60) =>
  heldAliases(worldOf(tree), hour(hours)).map(
    ({ alias, to, because }) => `${alias} ${String(to)} ${because.map(({ kind }) => kind).join()}`,
  );
const steal = (tree: TreeFolder, name: Person, hours: number, id = 'a', keeps: readonly string[] = []) =>
  overridden(tree, { act: 'revoke-signer', keys: [keyOf(name)], as: 'compromised', keeps }, id, hours);

const one = treeAt('production-validated', PIN_LAW);
const two = validated(served(one, '1.1.0', 20), '1.1.0', 21);
const three = served(two, '1.2.0', 30);
const four = served(three, '1.3.0', 40);
/** 1.0.0, 1.1.0 and 1.2.0 served; 1.1.0 is in production. */
const back = done(three, pinIt('1.1.0', 'kim', 'operator', 50));

describe('a pin puts an alias where people want it and keeps it there', () => {
  test('an operator or a release owner goes back to what served before, alone', () => {
    for (const [name, role] of [
      ['kim', 'operator'],
      ['gil', 'release-owner'],
    ] as const)
      expect(pointsTo(done(three, pinIt('1.1.0', name, role, 50)))).toBe('1.1.0');
    expect([pointsTo(back, 'production'), pinnedAt(back), pinnedAt(back, 'production')]).toEqual([
      '1.1.0',
      '1.1.0',
      null,
    ]);
  });

  test('what is promoted meanwhile is recorded and moves nothing', () => {
    const later = served(back, '1.3.0', 51);
    expect(pointsTo(later)).toBe('1.1.0');
    expect(aliasesOf(later, line)?.steps.at(-1)).toMatchObject({
      cause: 'transition',
      version: '1.3.0',
      moves: [],
    });
    const both = done(later, pinIt('1.1.0', 'kim', 'operator', 52, {}, 'production'));
    expect(pointsTo(validated(both, '1.3.0', 53), 'production')).toBe('1.1.0');
    expect(pointsTo(validated(later, '1.3.0', 53), 'production')).toBe('1.3.0');
  });

  test('without a pin it stays where it is until the next step moves it', () => {
    const free = done(back, unpinIt('gil', 'release-owner', 51));
    expect([pointsTo(free), pinnedAt(free)]).toEqual(['1.1.0', null]);
    expect(pointsTo(served(free, '1.3.0', 52))).toBe('1.3.0');
  });

  test('the end of the bad iteration moves nothing either', () => {
    const ended = done(back, deprecateIt({}, { name: 'lee', role: 'operator', hours: 51 }, '1.2.0'));
    expect(pointsTo(ended)).toBe('1.1.0');
  });

  test('what is pinned is not ended before people let it go', () => {
    const end = (tree: TreeFolder) =>
      deprecateIt({}, { name: 'lee', role: 'operator', hours: 52 }, '1.1.0')(tree);
    expect(refusals(back, end)).toEqual(['ALIAS_PINNED']);
    const free = done(back, unpinIt('kim', 'operator', 51));
    expect([refusals(free, end), pointsTo(done(free, end))]).toEqual([[], null]);
  });

  test('a step that is pinned elsewhere meanwhile can be gone on to, by one person', () => {
    const later = served(back, '1.3.0', 51);
    const on = done(later, pinIt('1.3.0', 'gil', 'release-owner', 52));
    expect([pointsTo(on), fallback(on)]).toEqual(['1.3.0', '1.1.0']);
  });

  test('one person does not go back twice by ending in between what it was put at', () => {
    const free = done(back, unpinIt('kim', 'operator', 51));
    const nowhere = done(free, deprecateIt({}, { name: 'lee', role: 'operator', hours: 52 }, '1.1.0'));
    const first = done(nowhere, pinIt('1.0.0', 'kim', 'operator', 53));
    expect([pointsTo(first), pinnedAt(first)]).toEqual([null, null]);
    expect(pointsTo(done(first, pinIt('1.0.0', 'gil', 'release-owner', 54)))).toBe('1.0.0');
    // Where nobody had gone back, ending what is bad and going back is one person's.
    const ended = done(three, deprecateIt({}, { name: 'lee', role: 'operator', hours: 52 }, '1.2.0'));
    expect(pointsTo(done(ended, pinIt('1.1.0', 'kim', 'operator', 53)))).toBe('1.1.0');
  });

  test('on a frozen alias it is signed and held', () => {
    const frozen = overridden(three, { act: 'freeze', line, alias: 'serving' }, 'f', 45);
    expect(held(done(frozen, pinIt('1.1.0', 'kim', 'operator', 50)))).toEqual(['serving 1.1.0 frozen']);
  });
});

describe('who may, and what an alias can be put at', () => {
  test.each<[string, ReturnType<typeof pinIt>, readonly ReasonCode[]]>([
    ['a team lead', pinIt('1.1.0', 'lee', 'team-lead', 50), ['ROLE_CANNOT']],
    ['somebody without the role', pinIt('1.1.0', 'gus', 'operator', 50), ['ROLE_NOT_HELD']],
    ['the pipeline', pinIt('1.1.0', 'ci', 'pipeline', 50), ['HUMAN_REQUIRED']],
    ['a machine that says it is an operator', pinIt('1.1.0', 'ci', 'operator', 50), ['HUMAN_REQUIRED']],
    ['an iteration nobody knows', pinIt('9.0.0', 'kim', 'operator', 50), ['ITERATION_UNKNOWN']],
    [
      'one for which it relies on nothing',
      pinIt('1.1.0', 'kim', 'operator', 50, { reliedOn: [] }),
      ['RELIED_ON_FALSE'],
    ],
    [
      'another repository',
      pinIt('1.1.0', 'kim', 'operator', 50, { repository: 'z'.repeat(26) }),
      ['ENTRY_OTHER_REPOSITORY'],
    ],
    ['another time', pinIt('1.1.0', 'kim', 'operator', 50, { time: at(40) }), ['ENTRY_TIME']],
    [
      'production at what is only deployed',
      pinIt('1.2.0', 'kim', 'operator', 50, {}, 'production'),
      ['STATE_OTHER'],
    ],
    ['production at what was validated', pinIt('1.0.0', 'kim', 'operator', 50, {}, 'production'), []],
    ['where it points anyway', pinIt('1.2.0', 'kim', 'operator', 50), []],
  ])('%s', (_what, act, codes) => {
    expect(refusals(three, act)).toEqual(codes);
  });

  test('never what no customer ever had, or what is deprecated', () => {
    const early = done(treeAt('artifact-exported', PIN_LAW));
    expect(refusals(early, pinIt('1.0.0', 'kim', 'operator', 50))).toEqual(['STATE_OTHER']);
    const ended = done(three, deprecateIt({}, { name: 'lee', role: 'operator', hours: 45 }, '1.1.0'));
    expect(refusals(ended, pinIt('1.1.0', 'kim', 'operator', 50))).toEqual(['STATE_OTHER']);
  });

  test('never what rests on a stolen key, is contested, or has a capability that is disabled', () => {
    const pin = pinIt('1.1.0', 'lee', 'operator', 50);
    expect(refusals(steal(three, 'dana', 45), pin)).toEqual(['TAINTED']);
    const objection = decision('reject', 'domain-validation', 'dana', 45, {}, 'domain-expert', '1.1.0');
    expect(refusals(done(three, objection), pin)).toEqual(['CONTESTED']);
    const off = overridden(three, { act: 'disable', capability: 'summarise', lines: ['*'] }, 'd', 45);
    expect(refusals(off, pin)).toEqual(['CAPABILITY_DISABLED']);
  });

  test('nothing is signed twice, and nothing let go that is not kept', () => {
    const built = pinIt('1.1.0', 'kim', 'operator', 50)(three);
    expect(
      refusals(
        done(three, () => built),
        () => built,
      ),
    ).toEqual(['ENTRY_ALTERED']);
    expect(refusals(three, unpinIt('kim', 'operator', 50))).toEqual(['NOT_PINNED']);
    expect(refusals(back, unpinIt('kim', 'operator', 50, {}, 'production'))).toEqual(['NOT_PINNED']);
    expect(refusals(back, unpinIt('kim', 'operator', 51, { version: '1.0.0' }))).toEqual(['ENTRY_UNRELATED']);
    expect(refusals(back, unpinIt('lee', 'team-lead', 51))).toEqual(['ROLE_CANNOT']);
    expect(refusals(back, unpinIt('ci', 'operator', 51))).toEqual(['HUMAN_REQUIRED']);
  });
});

describe('going back further than to what served before takes both', () => {
  const far = pinIt('1.0.0', 'kim', 'operator', 50);

  test('the first word moves nothing, the other moves it', () => {
    const first = done(three, far);
    expect([pointsTo(first), pinnedAt(first)]).toEqual(['1.2.0', null]);
    const both = done(first, pinIt('1.0.0', 'gil', 'release-owner', 51));
    expect([pointsTo(both), pinnedAt(both)]).toEqual(['1.0.0', '1.0.0']);
    const other = done(
      three,
      pinIt('1.0.0', 'gil', 'release-owner', 50),
      pinIt('1.0.0', 'kim', 'operator', 51),
    );
    expect(pointsTo(other)).toBe('1.0.0');
  });

  test.each<[string, (tree: TreeFolder) => TreeFolder]>([
    ['the same role', (tree) => done(tree, pinIt('1.0.0', 'lee', 'operator', 51))],
    [
      'another iteration',
      (tree) => done(served(tree, '1.3.0', 51), pinIt('1.0.0', 'gil', 'release-owner', 52)),
    ],
    [
      'the alias moved meanwhile',
      (tree) => done(tree, pinIt('1.2.0', 'lee', 'operator', 51), pinIt('1.0.0', 'gil', 'release-owner', 52)),
    ],
    [
      'who gave the first is suspended',
      (tree) =>
        done(
          overridden(tree, { act: 'suspend-signer', signer: 'kim' }, 'b', 51),
          pinIt('1.0.0', 'gil', 'release-owner', 52),
        ),
    ],
  ])('not completed: %s', (_what, go) => {
    expect(pointsTo(go(done(three, far)))).not.toBe('1.0.0');
  });

  test('not completed: the first was given with a stolen key', () => {
    const first = done(three, pinIt('1.0.0', 'may', 'release-owner', 50));
    const other = pinIt('1.0.0', 'kim', 'operator', 52);
    expect(pointsTo(done(first, other))).toBe('1.0.0');
    expect(pointsTo(done(steal(first, 'may', 51), other))).toBe('1.2.0');
  });

  test('one person gives both words only where separation is waived', () => {
    const kim = { roles: ['operator', 'release-owner'].map((role) => ({ role, lines: ['*'] })) };
    const people = {
      ...PIN_LAW.people,
      kim: { roles: [...kim.roles, ...['domain-expert'].map((role) => ({ role, lines: ['*'] }))] },
    };
    const alone = (changes: object): TreeFolder => {
      const law = { ...PIN_LAW, people, ...changes };
      const tree = served(
        served(served(treeAt('artifact-exported', law), '1.1.0', 20), '1.2.0', 30),
        '1.3.0',
        40,
      );
      return done(tree, pinIt('1.1.0', 'kim', 'operator', 50), pinIt('1.1.0', 'kim', 'release-owner', 50));
    };
    expect(pointsTo(alone({}))).toBe('1.3.0');
    const waived = { separation: { productionGates: 'same-person', reason: 'a small team' } };
    expect(pointsTo(alone(waived))).toBe('1.1.0');
  });

  test('nobody walks back alone, step by step', () => {
    const again = done(back, pinIt('1.0.0', 'kim', 'operator', 51));
    expect(pointsTo(again)).toBe('1.1.0');
    const free = done(back, unpinIt('kim', 'operator', 51), pinIt('1.0.0', 'kim', 'operator', 52));
    expect(pointsTo(free)).toBe('1.1.0');
  });

  test('what nothing came after is gone on to by one, also after going back', () => {
    expect(pointsTo(done(back, pinIt('1.2.0', 'gil', 'release-owner', 51)))).toBe('1.2.0');
  });

  test('what another came after takes both', () => {
    const fixed = served(back, '1.3.0', 51);
    expect(pointsTo(done(fixed, pinIt('1.2.0', 'gil', 'release-owner', 52)))).toBe('1.1.0');
  });

  test('what keeps it where it is does not use up the way back', () => {
    const kept = done(three, pinIt('1.2.0', 'kim', 'operator', 50));
    expect(pointsTo(done(kept, pinIt('1.1.0', 'kim', 'operator', 51)))).toBe('1.1.0');
  });
});

describe('where an alias falls back to', () => {
  test('what served before, or nothing', () => {
    expect([fallback(one), fallback(two), fallback(four)]).toEqual([null, '1.0.0', '1.2.0']);
    expect(fallback(two, 'production')).toBe('1.0.0');
  });

  test('not to what was left by going back', () => {
    expect(fallback(back)).toBe('1.0.0');
    const on = served(done(back, unpinIt('kim', 'operator', 51)), '1.3.0', 52);
    expect(fallback(on)).toBe('1.1.0');
  });

  test('past what is contested, which takes both: who objected could have done it for that', () => {
    const objection = decision('reject', 'operator-signoff', 'kim', 45, {}, 'operator', '1.1.0');
    const contested = done(three, objection);
    expect(fallback(contested)).toBe('1.0.0');
    const alone = done(contested, pinIt('1.0.0', 'kim', 'operator', 50));
    expect(pointsTo(alone)).toBe('1.2.0');
    expect(pointsTo(done(alone, pinIt('1.0.0', 'gil', 'release-owner', 51)))).toBe('1.0.0');
  });

  test('past what is deprecated, which takes one person', () => {
    const ended = done(three, deprecateIt({}, { name: 'lee', role: 'operator', hours: 45 }, '1.1.0'));
    expect(fallback(ended)).toBe('1.0.0');
    expect(pointsTo(done(ended, pinIt('1.0.0', 'kim', 'operator', 50)))).toBe('1.0.0');
  });

  test('where nothing serves, to what served last', () => {
    const ended = done(three, deprecateIt({}, { name: 'lee', role: 'operator', hours: 45 }, '1.2.0'));
    expect([pointsTo(ended), fallback(ended)]).toEqual([null, '1.1.0']);
    expect(pointsTo(done(ended, pinIt('1.1.0', 'kim', 'operator', 50)))).toBe('1.1.0');
  });
});

describe('a pin by a stolen key', () => {
  const words = (tree: TreeFolder): readonly string[] =>
    aliasWords(aliasesOf(tree, line)).map(({ id }) => id);
  const vouch = (
    tree: TreeFolder,
    name: Person,
    role: Role,
    version: string,
    hours: number,
    of = words(tree),
  ) => reaffirm(of, name, role, hours, {}, version);
  const thief = done(three, pinIt('1.1.0', 'gil', 'release-owner', 50));

  test('stands, and the alias is held until somebody else has vouched for it', () => {
    const stolen = steal(thief, 'gil', 51);
    expect([pointsTo(stolen), pinnedAt(stolen), ...held(stolen)]).toEqual([
      '1.1.0',
      '1.1.0',
      'serving 1.1.0 stolen-word',
    ]);
    expect(refusals(stolen, vouch(stolen, 'may', 'release-owner', '1.1.0', 52))).toEqual([]);
    expect(refusals(stolen, vouch(stolen, 'kim', 'operator', '1.1.0', 52))).toEqual(['REAFFIRM_NOT_YOURS']);
    expect(refusals(stolen, vouch(stolen, 'may', 'release-owner', '1.0.0', 52))).toEqual(['NOT_TAINTED']);
    const vouched = done(stolen, vouch(stolen, 'may', 'release-owner', '1.1.0', 52));
    expect(held(vouched)).toEqual([]);
    expect(held(steal(vouched, 'may', 53, 'b'))).toEqual(['serving 1.1.0 stolen-word']);
  });

  test('keeps nobody from pinning it there anew', () => {
    expect(refusals(steal(thief, 'gil', 51), pinIt('1.1.0', 'kim', 'operator', 52))).toEqual([]);
  });

  test('is over once somebody else has pinned, there or elsewhere', () => {
    for (const version of ['1.1.0', '1.2.0'])
      expect(held(done(steal(thief, 'gil', 51), pinIt(version, 'kim', 'operator', 52)))).toEqual([]);
  });

  test('letting it go does not make it clean, a step of people after that does', () => {
    const free = done(steal(thief, 'gil', 51), unpinIt('kim', 'operator', 52));
    expect(held(free)).toEqual(['serving 1.1.0 stolen-word']);
    expect(held(served(free, '1.3.0', 53))).toEqual([]);
  });

  test('that kept nothing in its place taints nothing later', () => {
    expect(held(steal(done(thief, pinIt('1.2.0', 'kim', 'operator', 51)), 'gil', 52))).toEqual([]);
    expect(held(steal(thief, 'gil', 51, 'a', words(thief)))).toEqual([]);
  });

  test('holds what moved because a stolen key let it go', () => {
    const free = done(back, unpinIt('gil', 'release-owner', 51));
    const moved = served(free, '1.3.0', 52);
    expect(held(moved)).toEqual([]);
    const stolen = steal(moved, 'gil', 53);
    expect(held(stolen)).toEqual(['serving 1.3.0 stolen-word']);
    const unpin = words(stolen).slice(1);
    expect(held(done(stolen, vouch(stolen, 'may', 'release-owner', '1.1.0', 54, unpin)))).toEqual([]);
    const ended = done(stolen, deprecateIt({}, { name: 'lee', role: 'operator', hours: 54 }, '1.1.0'));
    expect(held(done(ended, vouch(ended, 'may', 'release-owner', '1.1.0', 55, unpin)))).toEqual([]);
    expect(held(done(stolen, pinIt('1.3.0', 'kim', 'operator', 54)))).toEqual([]);
  });

  test('of two is vouched for by somebody who did not give the other', () => {
    const roles = ['operator', 'release-owner'].map((role) => ({ role, lines: ['*'] }));
    const law = lawTree({ ...PIN_LAW, people: { ...PIN_LAW.people, dan: { roles } } }, three);
    const both = done(law, pinIt('1.0.0', 'may', 'release-owner', 50), pinIt('1.0.0', 'dan', 'operator', 51));
    expect([pointsTo(both), ...held(both)]).toEqual(['1.0.0']);
    const stolen = steal(both, 'may', 52);
    expect(held(stolen)).toEqual(['serving 1.0.0 stolen-word']);
    const [first = ''] = words(stolen);
    const by = (name: Person) => vouch(stolen, name, 'release-owner', '1.0.0', 53, [first]);
    expect(refusals(stolen, by('dan'))).toEqual(['ALIAS_OTHER_WORD']);
    expect(held(done(stolen, by('gil')))).toEqual([]);
    const ended = done(stolen, unpinIt('gil', 'release-owner', 52.5));
    expect(refusals(ended, vouch(ended, 'dan', 'release-owner', '1.0.0', 53, [first]))).toEqual([
      'ALIAS_OTHER_WORD',
    ]);
    expect(refusals(ended, vouch(ended, 'gil', 'release-owner', '1.0.0', 53, [first]))).toEqual([]);
    const twice = steal(stolen, 'dan', 52, 'b');
    expect(refusals(twice, vouch(twice, 'gil', 'release-owner', '1.0.0', 53, [first]))).toEqual([]);
  });
});

test('what is signed for aliases leaves room for the steps of iterations', () => {
  const aliases = aliasesOf(back, line);
  const [step] = aliases?.steps.slice(-1) ?? [];
  if (aliases === null || step?.cause !== 'pin') throw new Error('nothing was pinned');
  const long = { ...step, signed: { ...step.signed, reason: 'x'.repeat(10_000) } };
  const steps = [...aliases.steps, ...Array.from({ length: 720 }, () => long)];
  const full = withFile(back, aliasesFile(line), encode(aliasesDocument.print({ ...aliases, steps })));
  expect(refusals(full, pinIt('1.1.0', 'kim', 'operator', 51))).toEqual(['RECORD_FULL']);
  expect(refusals(full, unpinIt('kim', 'operator', 51))).toEqual(['RECORD_FULL']);
  const end = deprecateIt({}, { name: 'lee', role: 'operator', hours: 51 }, '1.2.0');
  expect(refusals(full, end)).toEqual([]);
});
