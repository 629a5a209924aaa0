import { describe, expect, it } from 'vitest';
import { analyse, type Analysis } from '../../../src/analysis/analyse.ts';
import { Budget } from '../../../src/analysis/budget.ts';
import { analysisLines, analysisOut } from '../../../src/commands/policy-check/analysis-view.ts';
import { PolicyAnalysisOutput } from '../../../src/commands/shared/changes/policy-analysis-output.ts';
import { CHANGE_FLAGS } from '../../../src/domain/model-change.ts';
import { lawOf } from '../../../src/machine/law.ts';
import { lawTree, PEOPLE, policyValue, type LawChanges } from '../support/law-files.ts';
import { hour } from '../support/world.ts';

const owns = (...roles: readonly string[]) => ({ roles: roles.map((role) => ({ role, lines: ['*'] })) });
/** Somebody for everything, and two for what stands in the way of the requester. */
const STAFFED: LawChanges = {
  people: {
    eva: owns('evaluation-owner', 'software-owner'),
    may: owns('model-owner', 'security-owner'),
    dan: owns('data-owner', 'release-owner', 'domain-expert'),
    lee: owns('operator', 'override'),
  },
};
const of = (changes: LawChanges, budget?: Budget): Analysis =>
  analyse(lawOf(lawTree({ ...STAFFED, ...changes })), hour(0), budget);
const risky = (...rules: readonly object[]): LawChanges => ({ policy: { risk: { rules } } });
/** The same line rule as the usual one, for other lines. */
function withLines(...matches: readonly string[]): LawChanges {
  const { lines } = policyValue({}) as { lines: readonly object[] };
  return { policy: { lines: matches.map((match) => ({ ...structuredClone(lines[0]), match })) } };
}

describe('an analysis of a policy', () => {
  it('proves what it went through, and says how much that was', () => {
    const { attended, openable, combinations, examined } = of(risky());
    expect([attended.answer, openable.answer]).toEqual(['proved', 'proved']);
    expect(combinations).toBeGreaterThan(3n ** 10n);
    expect(examined).toBeGreaterThan(100);
  });

  it('shows a promotion that could never be brought to its end, with who asks for it', () => {
    const people = { ...STAFFED.people, lee: owns('override') };
    const { openable } = of({
      people,
      separation: { requesterBarredFrom: ['operator-signoff', 'governance-approval'] },
    });
    expect(openable.answer).toBe('refuted');
    expect(openable.examples[0]).toMatchObject({
      behind: ['kim', 'mia'],
      edge: { to: 'customer-deployed' },
      missing: [{ what: 'operator-signoff', holders: ['kim'] }],
    });
  });

  it('shows an owner or a check that nobody is there for', () => {
    const lacking = of(risky({ id: 'data', when: { flag: 'sensitive-task' }, approvals: ['ml-manager'] }));
    expect(lacking.openable.examples[0]).toMatchObject({ missing: [{ roles: ['ml-manager'], holders: [] }] });
    const unchecked = of({ policy: { risk: { checks: [{ name: 'scan', from: 'high' }] } } });
    expect(unchecked.openable.examples[0]?.missing[0]?.what).toBe('check scan');
  });

  it('shows a lock that nobody could attest, on the lines and for the changes it is asked for', () => {
    const demand = {
      line: { match: '*', lockStrength: { low: 'bound', standard: 'bound', high: 'attested' } },
    };
    const key = 'a'.repeat(64);
    const law = (risk: object, trainers: readonly object[]): LawChanges => ({
      ...demand,
      policy: { ...risk, ...(trainers.length > 0 && { trainers }) },
    });
    expect(of(law({}, [])).openable.examples).toMatchObject([
      { missing: [{ what: 'a lock that is attested', roles: ['trainer'], holders: [] }] },
    ]);
    const some = of(law({ risk: {} }, [{ id: 'cluster', lines: ['claims-*'], key }]));
    expect(some.openable.answer).toBe('refuted');
    expect(some.openable.examples.every(({ line }) => !line.startsWith('claims-'))).toBe(true);
    expect(some.openable.examples[0]?.missing[0]?.what).toBe('a lock that is attested');
    const all = of(law({ risk: {} }, [{ id: 'cluster', lines: ['*'], key }]));
    expect(all.openable.answer).toBe('proved');
    const hasty = new Budget({ rules: 1 });
    expect(of(law({ risk: {} }, []), hasty).openable.answer).not.toBe('proved');
  });

  it('shows that nobody can ask where everybody who could reads the held-out items', () => {
    const { openable } = of({ line: { evidenceReaders: ['mia', 'may'] } });
    expect(openable.examples[0]?.missing[0]?.what).toBe('request');
  });

  it('shows that nobody could record the baseline, without which nothing is ever asked for', () => {
    const { openable } = of({ people: { ...STAFFED.people, eva: owns('software-owner') } });
    expect(openable).toMatchObject({
      answer: 'refuted',
      examples: [{ change: null, missing: [{ what: 'baseline', roles: ['evaluation-owner'] }] }],
    });
  });

  it('shows that machines are missing', () => {
    const none = of({ people: { ...STAFFED.people, ci: { roles: [] } } });
    expect(none.openable.examples[0]).toMatchObject({ change: null, missing: [{ what: 'export' }] });
  });

  it('names those without whom an edge cannot be opened, for every change or for some', () => {
    const { lines } = of({ ...risky(), line: { targets: [], jurisdictions: ['EU'] } });
    const needed = [...(lines[0]?.needed ?? [])].flatMap(([edge, people]) =>
      people.map((each) => `${edge.to} ${each.person} ${each.always}`),
    );
    expect(needed).toEqual([
      'customer-deployed dan false',
      'customer-deployed eva false',
      'customer-deployed may false',
    ]);
    expect(
      of({ line: { licenceTier: 'A' }, gates: { 'operator-signoff': { roles: ['team-lead'] } }, people: {} })
        .lines[0]?.needed?.values()
        .next().value,
    ).toEqual([{ person: 'lee', always: true }]);
  });

  it('names those without whom the law could not be changed, and what nobody could do today', () => {
    const { acts } = of({
      people: { ...STAFFED.people, gus: owns('governance-approver', 'policy-approver') },
    });
    expect(acts.find(({ what }) => what === 'pull a brake')?.needed).toEqual([
      { person: 'lee', always: true },
    ]);
    expect(acts.find(({ what }) => what === 'lift an override')?.needed).toEqual([
      { person: 'gus', always: true },
    ]);
    expect(acts.find(({ what }) => what === 'change thresholds')?.unfilled).toEqual(['ml-manager (0 of 1)']);
  });

  it('shows who alone could lock all others out, unless people are there for recovery', () => {
    expect(of({}).unlockable).toMatchObject({ answer: 'refuted', examples: [{ person: 'lee', others: 8 }] });
    const rescued = of({ people: { ...STAFFED.people, gil: owns('recovery') } });
    expect(rescued.unlockable).toEqual({ answer: 'proved', examples: [] });
  });

  it('shows that of two each could lock the other out, and one alone nobody', () => {
    const only = (...names: readonly string[]): LawChanges => ({
      people: Object.fromEntries(
        Object.keys(PEOPLE).map((name) => [
          name,
          names.includes(name) ? owns('override', 'policy-approver') : null,
        ]),
      ),
    });
    expect(of(only('mia', 'gus')).unlockable.examples).toEqual([
      { person: 'gus', others: 1 },
      { person: 'mia', others: 1 },
    ]);
    expect(of(only('mia')).unlockable).toEqual({ answer: 'proved', examples: [] });
  });

  it.each<readonly [string, LawChanges, string, RegExp]>([
    [
      'behind a broader line',
      withLines('triage*', 'triage-de', 'other'),
      'triage-de',
      /triage\* stands before it/,
    ],
    [
      'never true',
      risky({ id: 'no', when: { all: [{ line: 'triage' }, { line: 'other' }] }, tier: 'high' }),
      'no',
      /can meet/,
    ],
    [
      'about a permission that no request may ask for',
      risky({ id: 'x', when: { permission: 'exec' }, tier: 'high' }),
      'x',
      /can meet/,
    ],
    [
      'that adds nothing',
      risky({ id: 'mine', when: { flag: 'modifies-code' }, approvals: ['model-owner'] }),
      'mine',
      /same without/,
    ],
  ])('finds a rule %s', (_title, changes, rule, why) => {
    const { idle } = of(changes);
    expect(idle.map((each) => each.rule)).toEqual([rule]);
    expect(idle[0]?.why).toMatch(why);
  });

  it('finds the lines and permissions that are left where every letter and digit is taken', () => {
    const [small, digits] = ['abcdefghijklmnopqrstuvwxyz', '0123456789'];
    const taken = Array.from(`${small}${digits}`).filter((each) => each !== 'a');
    const lines = [
      ...taken.map((each) => `${each}*`),
      'a',
      ...[...taken, 'a'].map((each) => `a${each}*`),
      '*',
    ];
    // What is left begins with "a-".
    expect(of(withLines(...lines)).idle).toEqual([]);
    expect(of(withLines(...lines)).lines.at(-1)?.of.line).toMatch(/^a-/);
    expect(of(withLines(...lines, 'a-*')).idle.map(({ rule }) => rule)).toEqual(['a-*']);
    const letters = Array.from(`${small}${small.toUpperCase()}${digits}`);
    const prohibitedPermissions = [
      ...letters.filter((each) => each !== 'a').map((each) => `tool:${each}*`),
      ...letters.map((each) => `tool:a${each}*`),
    ].sort();
    const rule = { id: 'tools', when: { permission: 'tool:a*' }, approvals: ['ml-manager'] };
    const { openable } = of({ ...risky(rule), line: { prohibitedPermissions } });
    expect(openable.examples[0]).toMatchObject({ missing: [{ roles: ['ml-manager'] }] });
    const narrow = { ...rule, when: { all: [{ permission: 'tool:a*' }, { not: { permission: 'tool:a' } }] } };
    expect(of({ ...risky(narrow), line: { prohibitedPermissions } }).openable.answer).toBe('refuted');
  });

  it('finds no fault with a rule that some change needs', () => {
    const rule = {
      id: 'more',
      when: { all: [{ flag: 'sensitive-task' }, { not: { flag: 'modifies-code' } }] },
      tier: 'high',
    };
    expect(of({ ...risky(rule), line: { jurisdictions: ['EU'] } }).idle).toEqual([]);
    // Where nobody says where the line runs every change is of high risk already.
    expect(of(risky(rule)).idle).toHaveLength(1);
  });

  it('says that it cannot tell where there is too much, unless more seats than any change has could be filled', () => {
    const rules = CHANGE_FLAGS.map((flag) => ({ id: flag, when: { flag }, approvals: ['model-owner'] }));
    const few = new Budget({ rules: 1000 });
    const much = of(risky(...rules), few);
    expect(much).toMatchObject({ openable: { answer: 'proved' }, idleComplete: false });
    const lacking = risky(...rules, {
      id: 'z',
      when: {
        all: [{ flag: 'offline-only' }, { not: { flag: 'offline-only' } }, { flag: 'sensitive-task' }],
      },
      approvals: ['ml-manager'],
    });
    const unsure = of(lacking, new Budget({ rules: 10 }));
    expect(unsure.openable).toEqual({ answer: 'cannot-tell', examples: [] });
    expect(unsure.lines[0]?.needed).toBeNull();
    expect(analysisLines(analysisOut(unsure), 200).join(' ')).toMatch(/cannot tell: whatever is asked for/);
    expect(of({}, new Budget({ people: 1 })).openable.answer).toBe('cannot-tell');
  });

  it('prints what its schema says', () => {
    for (const changes of [{}, risky(), withLines('a', 'b*', '*')])
      expect(PolicyAnalysisOutput.parse(analysisOut(of(changes)))).toBeDefined();
  });
});
