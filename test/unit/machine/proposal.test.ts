import { describe, expect, test } from 'vitest';
import { livelihoodProblems } from '../../../src/machine/livelihood.ts';
import { lawOf } from '../../../src/machine/law.ts';
import { policyProblems } from '../../../src/machine/policy-invariants.ts';
import { lawWith, proposalProblems } from '../../../src/machine/proposal.ts';
import {
  grants,
  key,
  overridden,
  policyFiles,
  TEAM,
  teamLaw,
  teamTree,
  type Team,
  type TeamLaw,
} from '../support/changes.ts';
import { at, hour } from '../support/world.ts';

const AT = hour(10);
const problems = (people: Team): readonly string[] => livelihoodProblems(teamLaw({ people }), AT);
const LOCK = (id: string): string =>
  `the loss of ${id} would lock the policy for ever: a second policy-approver is needed, or people for recovery`;
const NOBODY = 'nobody could change the policy: no person holds policy-approver for all lines';
const NO_BRAKE = 'nobody could stop anything: no person holds override for all lines';

describe('a law nobody could live under', () => {
  const ana = ['policy-approver', 'override'];
  test.each<[string, Team, readonly string[]]>([
    ['one person alone', { ana }, []],
    ['two with one approver', { ana, ben: ['operator'] }, []],
    ['three with one approver', { ana, ben: ['operator'], cleo: ['operator'] }, [LOCK('ana')]],
    ['three with two', { ana, ben: ['policy-approver'], cleo: ['operator'] }, []],
    ['nobody to change it', { ana: ['override'] }, [NOBODY]],
    ['nobody to stop anything', { ana: ['policy-approver'] }, [NO_BRAKE]],
    ['neither', { ana: ['operator'] }, [NOBODY, NO_BRAKE]],
    [
      'an approver for some lines only',
      { ana: { roles: [...grants(['policy-approver'], ['triage']), ...grants(['override'])] } },
      [NOBODY],
    ],
    [
      'an approver whose grant has ended',
      { ana: { roles: [{ role: 'policy-approver', lines: ['*'], until: at(5) }, ...grants(['override'])] } },
      [NOBODY],
    ],
    ['three with one approver and one kept for recovery', { ana, ben: ['operator'], rae: ['recovery'] }, []],
    [
      'recovery by two alone, of whom one may be lost',
      { ana: ['override'], rae: ['recovery'], roy: ['recovery'] },
      [LOCK('rae'), LOCK('roy')],
    ],
    [
      'recovery by three alone',
      { ana: ['override'], rae: ['recovery'], roy: ['recovery'], rue: ['recovery'] },
      [],
    ],
    ['recovery by one alone', { ana: ['override'], rae: ['recovery'] }, []],
    [
      'recovery by one alone among three',
      { ana: ['override'], ben: ['operator'], rae: ['recovery'] },
      [LOCK('rae')],
    ],
    ['auditors are not lost', { ana, ben: ['operator'], aud: ['auditor'] }, []],
  ])('%s', (_what, people, expected) => {
    const owner = 'ana' in people ? 'ana' : '';
    expect(owner).toBe('ana');
    expect(problems(people)).toEqual(expected);
  });
});

describe('a gate that nobody could open', () => {
  const stuck = (match: string, lines: readonly string[]): readonly string[] => {
    const ana = { roles: [...grants(['model-owner']), ...grants(['domain-expert'], lines)] };
    return policyProblems(teamLaw({ line: { match }, people: { ...TEAM, ana } }), AT);
  };

  test('is asked of a line that a pattern matches', () => {
    expect(stuck('triage', ['triage'])).toEqual([]);
    expect(stuck('triage', ['intake'])).toHaveLength(1);
    expect(stuck('triage', ['intake'])[0]).toContain('can never become production-validated');
    expect(stuck('triage*', ['triage*'])).toEqual([]);
    expect(stuck('triage*', ['triage'])).toHaveLength(1);
  });
});

describe('what can never be applied', () => {
  const present = teamLaw();
  const codes = (law: TeamLaw, before = present): readonly string[] =>
    proposalProblems(before, lawWith(teamTree(), policyFiles(law)), AT).map(({ code }) => code);

  test.each<[string, TeamLaw, readonly string[]]>([
    ['the next version with another runs', { version: 2, line: { runs: 2 } }, []],
    ['the same version', { version: 1, line: { runs: 2 } }, ['CHANGE_DIFFERS']],
    ['a version left out', { version: 3, line: { runs: 2 } }, ['CHANGE_DIFFERS']],
    ['a version alone', { version: 2 }, ['CHANGE_NOTHING']],
    [
      'a gate that never opens',
      { version: 2, policy: { gates: { 'operator-signoff': { quorum: 2 } } } },
      ['LAW_UNLIVABLE'],
    ],
    [
      'one approver left of four people',
      { version: 2, people: { ...TEAM, otto: ['security-owner', 'governance-approver'] } },
      ['LAW_UNLIVABLE'],
    ],
    [
      'nobody with a brake',
      { version: 2, people: { ...TEAM, mia: ['policy-approver', 'ml-manager', 'operator'] } },
      ['LAW_UNLIVABLE'],
    ],
    ['an owner who is nobody', { version: 2, line: { owner: 'zoe' } }, ['DOCUMENT_UNSOUND']],
    ['a rubric that is not there', { version: 2, line: { rubric: 'other' } }, ['DOCUMENT_UNSOUND']],
  ])('%s', (_what, law, expected) => {
    expect([...new Set(codes(law))]).toEqual(expected);
  });

  const stolen = (keeps: readonly string[]): Team => ({
    ...TEAM,
    eli: {
      roles: grants(TEAM['eli'] as string[]),
      keys: [{ fingerprint: key('eli'), compromised: { reason: 'a thief', keeps } }],
    },
    nora: ['evaluation-owner', 'software-owner'],
  });
  const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
  test.each<[string, Team, readonly string[]]>([
    ['kept as it was', stolen([a]), []],
    ['keeping less', stolen([]), []],
    ['keeping more', stolen([a, b]), ['COMPROMISE_CLEARED']],
    ['taken back', { ...TEAM, nora: ['evaluation-owner', 'software-owner'] }, ['COMPROMISE_CLEARED']],
    [
      'gone with the person',
      Object.fromEntries(Object.entries(stolen([a])).filter(([id]) => id !== 'eli')),
      ['COMPROMISE_CLEARED'],
    ],
  ])('a report of a theft, %s', (_what, people, expected) => {
    const before = teamLaw({ people: stolen([a]) });
    expect(codes({ version: 2, people, line: { runs: 2 } }, before)).toEqual(expected);
  });

  test('a stolen key takes no shelter with recovery', () => {
    const before = lawOf(
      overridden(teamTree(), { act: 'revoke-signer', keys: [key('eli')], as: 'compromised' }),
    );
    const people = { ...TEAM, eli: ['recovery'], nora: ['evaluation-owner', 'software-owner'] };
    expect(codes({ version: 2, people }, before)).toEqual(['COMPROMISE_CLEARED']);
    expect(codes({ version: 2, people })).toEqual([]);
    const kept = lawOf(
      overridden(teamTree({ people }), { act: 'revoke-signer', keys: [key('eli')], as: 'compromised' }),
    );
    expect(codes({ version: 2, people, line: { runs: 2 } }, kept)).toEqual([]);
  });
});
