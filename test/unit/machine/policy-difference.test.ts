import { describe, expect, test } from 'vitest';
import { broughtBy, policyDifference } from '../../../src/machine/policy-difference.ts';
import { grants, key, TEAM, teamLaw, type TeamLaw } from '../support/changes.ts';

const OTHER_LINE = {
  ...{ match: 'intake', owner: 'ana', rubric: 'claims', licenceTier: 'B', mutations: ['data'] },
  thresholds: { core: '0.5', heldOut: '0.5', maxRegressions: 0 },
  populationCeiling: 1,
};
const TRIAGE = { ...OTHER_LINE, match: 'triage*' };
const twoLines = (first: object, second: object): TeamLaw => ({ policy: { lines: [first, second] } });

/** The classes of a change, in the order of the question who must approve. */
function difference(before: TeamLaw, after: TeamLaw) {
  const { semantics, rubrics, thresholds, signers, lines, concerned } = policyDifference(
    teamLaw(before),
    teamLaw(after),
  );
  const classes = { semantics, rubrics, thresholds, signers };
  return {
    classes: Object.entries(classes).flatMap(([name, is]) => (is ? [name] : [])),
    lines,
    concerned: [...concerned].sort(),
  };
}

describe('what a change of policy is', () => {
  test.each<[string, TeamLaw, TeamLaw, readonly string[], readonly string[]]>([
    ['nothing', {}, {}, [], []],
    ['a version alone', {}, { version: 2 }, [], []],
    [
      'a threshold',
      {},
      { line: { thresholds: { core: '0.6', heldOut: '0.6', maxRegressions: 0 } } },
      ['thresholds'],
      ['triage*'],
    ],
    ['the number of runs', {}, { line: { runs: 2 } }, ['thresholds'], ['triage*']],
    ['the ceiling', {}, { line: { populationCeiling: 9 } }, ['semantics', 'thresholds'], ['triage*']],
    [
      'how strongly candidates are tied to their lock',
      { line: { lockStrength: 'bound' } },
      { line: { lockStrength: 'declared' } },
      ['semantics', 'thresholds'],
      ['triage*'],
    ],
    [
      'a trainer',
      {},
      { policy: { trainers: [{ id: 'cluster', lines: ['triage'], key: 'a'.repeat(64) }] } },
      ['semantics'],
      ['*'],
    ],
    ['a capability', {}, { line: { capabilities: ['classify'] } }, ['semantics'], ['triage*']],
    ['the licence tier', {}, { line: { licenceTier: 'C' } }, ['semantics'], ['triage*']],
    ['a gate', {}, { policy: { gates: { 'operator-signoff': { quorum: 2 } } } }, ['semantics'], ['*']],
    [
      'separation',
      {},
      { policy: { separation: { productionGates: 'distinct', requesterBarredFrom: [], reason: 'few' } } },
      ['semantics'],
      ['*'],
    ],
    ['a guarded path', {}, { policy: { guarded: ['.github'] } }, ['semantics'], ['*']],
    ['a word of description', {}, { policy: { description: 'ours' } }, ['semantics'], ['*']],
    ['the text of a rubric', {}, { rubric: { title: 'Another' } }, ['rubrics'], ['*']],
    ['what a rule matches', {}, { line: { match: 'triage' } }, ['semantics'], ['*']],
    [
      'one of two lines',
      twoLines(TRIAGE, OTHER_LINE),
      twoLines(TRIAGE, { ...OTHER_LINE, runs: 3 }),
      ['thresholds'],
      ['intake'],
    ],
    ['the order of rules', twoLines(TRIAGE, OTHER_LINE), twoLines(OTHER_LINE, TRIAGE), ['semantics'], ['*']],
    [
      'a rule more',
      { policy: { lines: [TRIAGE] } },
      twoLines(TRIAGE, OTHER_LINE),
      ['semantics', 'rubrics', 'thresholds'],
      ['*'],
    ],
    [
      'a rule less',
      twoLines(TRIAGE, OTHER_LINE),
      { policy: { lines: [TRIAGE] } },
      ['semantics', 'rubrics', 'thresholds'],
      ['*'],
    ],
  ])('%s', (_what, before, after, classes, lines) => {
    expect(difference(before, after)).toEqual({ classes, lines, concerned: [] });
  });

  test.each<[string, TeamLaw['people'], TeamLaw, readonly string[]]>([
    ['a newcomer', { ...TEAM, nora: ['operator'] }, {}, ['nora']],
    [
      'somebody who leaves',
      Object.fromEntries(Object.entries(TEAM).filter(([id]) => id !== 'eli')),
      {},
      ['eli'],
    ],
    ['a role', { ...TEAM, eli: ['evaluation-owner'] }, {}, ['eli']],
    [
      'one word of a name',
      { ...TEAM, eli: { name: 'Eli', roles: grants(['evaluation-owner', 'software-owner']) } },
      {},
      ['eli'],
    ],
    [
      'a key that ends',
      {
        ...TEAM,
        mia: {
          roles: grants(TEAM['mia'] as string[]),
          keys: [{ fingerprint: key('mia'), retired: { reason: 'x' } }],
        },
      },
      {},
      ['mia'],
    ],
    [
      'a machine, which concerns who answers for it',
      { ...TEAM, ci: { kind: 'automation', owner: 'ana', roles: [] } },
      {},
      ['ana', 'ci'],
    ],
    [
      'a machine that goes to another',
      { ...TEAM, ci: { kind: 'automation', owner: 'eli', roles: grants(['pipeline']) } },
      {},
      ['ana', 'ci', 'eli'],
    ],
    ['a certificate of somebody', TEAM, { certificates: { eli: 'another text\n' } }, ['eli']],
    ['a certificate of a machine', TEAM, { certificates: { ci: 'another text\n' } }, ['ana', 'ci']],
  ])('%s', (_what, people, more, concerned) => {
    expect(difference({}, { ...(people !== undefined && { people }), ...more })).toEqual({
      classes: ['signers'],
      lines: [],
      concerned,
    });
  });

  test('the order of people is nothing', () => {
    const people = Object.fromEntries(Object.entries(TEAM).reverse());
    expect(difference({}, { people }).classes).toEqual([]);
  });
});

describe('what a change brings', () => {
  test('keys and roles that nobody had, and no others', () => {
    const people = {
      ...TEAM,
      nora: ['operator'],
      eli: ['evaluation-owner', 'software-owner', 'auditor'],
      ana: { roles: grants(['model-owner'], ['triage']) },
    };
    expect(broughtBy(teamLaw(), teamLaw({ people }))).toEqual({
      keys: [key('nora')],
      roles: [
        { principal: 'ana', role: 'model-owner' },
        { principal: 'eli', role: 'auditor' },
        { principal: 'nora', role: 'operator' },
      ],
    });
  });

  test('in one order, however people are listed', () => {
    const listed = { ...TEAM, zoe: ['operator'], bo: ['team-lead', 'operator'] };
    const { roles } = broughtBy(teamLaw(), teamLaw({ people: listed }));
    expect(roles.map(({ principal, role }) => `${principal} ${role}`)).toEqual([
      'bo operator',
      'bo team-lead',
      'zoe operator',
    ]);
  });

  test('nothing by taking away', () => {
    const people = { ...TEAM, eli: ['evaluation-owner'] };
    expect(broughtBy(teamLaw(), teamLaw({ people }))).toEqual({ keys: [], roles: [] });
  });
});
