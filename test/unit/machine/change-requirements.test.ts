import { describe, expect, test } from 'vitest';
import {
  policyRequirements,
  requirementsOf,
  type Requirement,
} from '../../../src/machine/change-requirements.ts';
import { lawOf } from '../../../src/machine/law.ts';
import type { Change } from '../../../src/domain/change.ts';
import { grants, key, overridden, TEAM, teamTree, type Member, type Team } from '../support/changes.ts';
import { at, hour } from '../support/world.ts';

const AT = hour(10);

/** Any of these people may be changed by one word. */
function renamed(people: Team, ids: readonly string[]): Team {
  return Object.fromEntries(
    Object.entries(people).map(([id, member]): [string, Member] => {
      if (!ids.includes(id)) return [id, member];
      const parts = Array.isArray(member) ? { roles: grants(member as string[]) } : (member as { roles: [] });
      return [id, { ...parts, name: `${id} renamed` }];
    }),
  );
}

const told = (way: readonly Requirement[] | undefined): readonly string[] =>
  (way ?? []).map(({ what, of, people }) => `${what}, ${of} of: ${[...people].sort().join(' ')}`);

/** What it takes to change the entries of these people. */
function toChange(
  people: Team,
  concerned: readonly string[],
  more: Team = {},
  overrides: readonly object[] = [],
) {
  const tree = overrides.reduce<ReturnType<typeof teamTree>>(
    (before, body, index) => overridden(before, body, 'abcdef'[index]),
    teamTree({ people }),
  );
  const proposed = lawOf(teamTree({ people: { ...renamed(people, concerned), ...more } }));
  return policyRequirements(lawOf(tree), proposed, AT).map(told);
}

const approver = ['policy-approver', 'model-owner'];
const one: Team = { ana: approver };
const two: Team = { ana: approver, ben: ['operator'] };
const three: Team = { ana: approver, ben: ['policy-approver'], cleo: ['operator'] };
const seven: Team = { ...three, dan: ['operator'], eve: ['operator'], fay: ['operator'], gil: ['operator'] };

describe('who has to approve a change of signers', () => {
  test.each<[string, Team, readonly string[], Team, readonly string[]]>([
    ['one person alone changes everything', one, ['ana'], {}, ['policy-approver, 1 of: ana']],
    [
      'one person enrols another',
      one,
      [],
      { ben: ['operator'] },
      ['people, 1 of: ana', 'policy-approver, 1 of: ana'],
    ],
    [
      'of two the other one',
      two,
      ['ben'],
      {},
      ['people other than ben, 1 of: ana', 'policy-approver other than ben, 1 of: ana'],
    ],
    [
      'of two the other one, and the only approver himself',
      two,
      ['ana'],
      {},
      ['people other than ana, 1 of: ben', 'policy-approver, 1 of: ana'],
    ],
    [
      'who makes it concern both needs both',
      two,
      ['ana', 'ben'],
      {},
      [
        'people other than ana, 1 of: ben',
        'policy-approver, 1 of: ana',
        'people other than ben, 1 of: ana',
        'policy-approver other than ben, 1 of: ana',
      ],
    ],
    [
      'of two both for a newcomer',
      two,
      [],
      { nora: ['operator'] },
      ['people, 2 of: ana ben', 'policy-approver, 1 of: ana'],
    ],
    [
      'of three the two others',
      three,
      ['cleo'],
      {},
      ['people other than cleo, 2 of: ana ben', 'policy-approver other than cleo, 1 of: ana ben'],
    ],
    [
      'of three with an approver concerned the other approver',
      three,
      ['ana'],
      {},
      ['people other than ana, 2 of: ben cleo', 'policy-approver other than ana, 1 of: ben'],
    ],
    [
      'of three with everybody concerned all three',
      three,
      ['ana', 'ben', 'cleo'],
      {},
      [
        'people other than ana, 2 of: ben cleo',
        'policy-approver other than ana, 1 of: ben',
        'people other than ben, 2 of: ana cleo',
        'policy-approver other than ben, 1 of: ana',
        'people other than cleo, 2 of: ana ben',
        'policy-approver other than cleo, 1 of: ana ben',
      ],
    ],
    [
      'of seven any two others',
      seven,
      ['gil'],
      {},
      [
        'people other than gil, 2 of: ana ben cleo dan eve fay',
        'policy-approver other than gil, 1 of: ana ben',
      ],
    ],
  ])('%s', (_what, people, concerned, more, expected) => {
    expect(toChange(people, concerned, more)).toEqual([expected]);
  });

  test.each(Object.keys(seven))('of seven nobody who is concerned is asked about himself: %s', (id) => {
    const [way = []] = toChange(seven, [id]);
    expect(way.filter((line) => line.includes(`other than ${id}`))).toHaveLength(2);
    expect(way.filter((line) => new RegExp(`: .*\\b${id}\\b`).test(line))).toEqual([]);
  });

  test('a machine concerns whoever answers for it', () => {
    const people = { ...three, ci: { kind: 'automation', owner: 'cleo', roles: grants(['pipeline']) } };
    expect(toChange(people, ['ci'])).toEqual([
      ['people other than cleo, 2 of: ana ben', 'policy-approver other than cleo, 1 of: ana ben'],
    ]);
  });

  test.each<[string, Member]>([
    ['an auditor, who approves nothing', ['auditor']],
    ['somebody whose grant has ended', { roles: [{ role: 'operator', lines: ['*'], until: at(5) }] }],
    ['somebody whose grant has not begun', { roles: [{ role: 'operator', lines: ['*'], from: at(50) }] }],
    [
      'somebody whose key is retired',
      { roles: grants(['operator']), keys: [{ fingerprint: key('cleo'), retired: { reason: 'x' } }] },
    ],
    ['somebody without roles', { roles: [] }],
  ])('%s is not waited for', (_what, cleo) => {
    expect(toChange({ ...three, cleo }, ['ana'])).toEqual([
      ['people other than ana, 1 of: ben', 'policy-approver other than ana, 1 of: ben'],
    ]);
  });

  test('an approver for some lines is none of the whole policy', () => {
    const people = { ...three, ben: { roles: grants(['policy-approver'], ['triage']) } };
    expect(toChange(people, ['ana'])).toEqual([
      ['people other than ana, 2 of: ben cleo', 'policy-approver, 1 of: ana'],
    ]);
  });

  test('whoever pulls the brake on everybody else is not left alone with the law', () => {
    const brakes = [
      { act: 'suspend-signer', signer: 'ben' },
      { act: 'revoke-signer', keys: [key('cleo')], as: 'compromised' },
    ];
    expect(toChange(three, ['ana'], {}, brakes)).toEqual([
      ['people other than ana, 2 of: ', 'policy-approver other than ana, 1 of: '],
    ]);
    expect(toChange(three, [], { nora: ['operator'] }, brakes)).toEqual([
      ['people, 2 of: ana', 'policy-approver, 1 of: ana'],
    ]);
  });
});

describe('who has to approve a change of rules', () => {
  const needs = (people: Team, law: object): readonly (readonly string[])[] =>
    policyRequirements(lawOf(teamTree({ people })), lawOf(teamTree({ people, ...law })), AT).map(told);
  const roles = (way: readonly string[] | undefined): readonly string[] =>
    (way ?? []).map((line) => line.split(',')[0] ?? '');
  const thresholds = { line: { thresholds: { core: '0.5', heldOut: '0.5', maxRegressions: 0 } } };

  test.each<[string, object, readonly string[]]>([
    ['what it means', { policy: { guarded: ['.github'] } }, ['model-owner', 'security-owner', 'people']],
    ['thresholds', thresholds, ['model-owner', 'security-owner', 'ml-manager', 'people']],
    [
      'a rubric',
      { rubric: { title: 'x' } },
      ['model-owner', 'security-owner', 'software-owner', 'evaluation-owner', 'people'],
    ],
  ])('%s', (_what, law, expected) => {
    const [way, ...others] = needs(TEAM, law);
    expect(roles(way)).toEqual(expected);
    expect(others).toEqual([]);
  });

  test('rules and people together take both', () => {
    const people = renamed(TEAM, ['eli']);
    const proposed = lawOf(teamTree({ people, ...thresholds }));
    const [way] = policyRequirements(lawOf(teamTree()), proposed, AT).map(told);
    expect(roles(way)).toEqual([
      ...['model-owner', 'security-owner', 'ml-manager'],
      ...['people other than eli', 'policy-approver other than eli'],
    ]);
  });

  test('one person in all these roles is not two people', () => {
    const all = ['policy-approver', 'model-owner', 'security-owner', 'ml-manager'];
    const [way = []] = needs({ ana: all, ben: ['operator'] }, thresholds);
    expect(way.at(-1)).toBe('people, 2 of: ana ben');
    const [alone = []] = needs({ ana: all }, thresholds);
    expect(alone.at(-1)).toBe('people, 1 of: ana');
  });

  test('a role that is held for other lines, or by nobody, counts for nothing', () => {
    const people = {
      ...TEAM,
      ana: { roles: grants(['model-owner'], ['intake']) },
      otto: ['policy-approver'],
    };
    const [way = []] = needs(people, thresholds);
    expect(way.slice(0, 2)).toEqual(['model-owner, 1 of: ', 'security-owner, 1 of: ']);
    const scoped = { ...TEAM, ana: { roles: grants(['model-owner'], ['triage*', 'x']) } };
    expect(needs(scoped, thresholds)[0]?.[0]).toBe('model-owner, 1 of: ana');
    expect(needs(scoped, { rubric: { title: 'x' } })[0]?.[0]).toBe('model-owner, 1 of: ');
  });
});

describe('recovery, lifts and roots', () => {
  const rescue = { rae: ['recovery'], roy: ['recovery'] };
  const law = (people: Team, ...overrides: readonly object[]) =>
    lawOf(
      overrides.reduce<ReturnType<typeof teamTree>>(
        (tree, body, index) => overridden(tree, body, 'abcdef'[index]),
        teamTree({ people }),
      ),
    );
  const change = (body: object): Change => body as Change;

  test('people kept for recovery replace signers by themselves, and write no rules', () => {
    expect(toChange({ ...three, ...rescue }, ['ana'])[1]).toEqual(['recovery, 2 of: rae roy']);
    expect(toChange({ ...three, rae: ['recovery'] }, ['ana'])[1]).toEqual(['recovery, 1 of: rae']);
    const proposed = lawOf(teamTree({ people: { ...three, ...rescue }, line: { runs: 2 } }));
    expect(policyRequirements(law({ ...three, ...rescue }), proposed, AT)).toHaveLength(1);
    const ended = { rae: { roles: [{ role: 'recovery', lines: ['*'], until: at(5) }] } };
    expect(toChange({ ...three, ...ended }, ['ana'])).toHaveLength(1);
  });

  test('they are not counted among the others, and no brake touches them', () => {
    const brakes = [{ act: 'suspend-signer', signer: 'rae' }];
    const [way, other] = toChange({ ...two, ...rescue }, ['ben'], {}, brakes);
    expect(way?.[0]).toBe('people other than ben, 1 of: ana');
    expect(other).toEqual(['recovery, 2 of: rae roy']);
  });

  const lift = change({ kind: 'lift', override: 'a'.repeat(64) });
  test.each<[string, object, readonly string[]]>([
    [
      'a stop concerns nobody',
      { act: 'stop-candidates', lines: ['*'] },
      ['people, 2 of: ana ben cleo', 'policy-approver, 1 of: ana ben'],
    ],
    [
      'a suspension him who is suspended',
      { act: 'suspend-signer', signer: 'cleo' },
      ['people other than cleo, 2 of: ana ben', 'policy-approver other than cleo, 1 of: ana ben'],
    ],
    [
      'a suspension of a machine who answers for it',
      { act: 'suspend-signer', signer: 'ci' },
      ['people other than ben, 2 of: ana cleo', 'policy-approver other than ben, 1 of: ana'],
    ],
    [
      'a suspension of somebody unheard of nobody',
      { act: 'suspend-signer', signer: 'zoe' },
      ['people, 2 of: ana ben cleo', 'policy-approver, 1 of: ana ben'],
    ],
    [
      'a revocation whose key it is',
      { act: 'revoke-signer', keys: [key('cleo')], as: 'retired' },
      ['people other than cleo, 2 of: ana ben', 'policy-approver other than cleo, 1 of: ana ben'],
    ],
    [
      'a machine’s key who answers for it',
      { act: 'revoke-signer', keys: [key('ci')], as: 'retired' },
      ['people other than ben, 2 of: ana cleo', 'policy-approver other than ben, 1 of: ana'],
    ],
  ])('a lift: %s', (_what, body, expected) => {
    const people = { ...three, ci: { kind: 'automation', owner: 'ben', roles: grants(['pipeline']) } };
    expect(requirementsOf(law(people, body), lift, null, AT).map(told)).toEqual([expected]);
  });

  test('a lift by recovery; of what is gone by any two', () => {
    const people = { ...three, ...rescue };
    const ways = requirementsOf(law(people), lift, null, AT).map(told);
    expect(ways).toEqual([
      ['people, 2 of: ana ben cleo', 'policy-approver, 1 of: ana ben'],
      ['recovery, 2 of: rae roy'],
    ]);
  });

  test('a move of the root takes owners and two people', () => {
    const root = change({ kind: 'root' });
    const [way] = requirementsOf(law(TEAM), root, null, AT).map(told);
    expect(way).toEqual([
      'model-owner, 1 of: ana',
      'security-owner, 1 of: otto',
      'people, 2 of: ana eli mia otto',
      'policy-approver, 1 of: mia otto',
    ]);
  });

  test('a policy that cannot be read has no way', () => {
    expect(requirementsOf(law(TEAM), change({ kind: 'policy' }), null, AT)).toEqual([]);
  });
});
