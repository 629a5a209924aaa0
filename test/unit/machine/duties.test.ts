import { describe, expect, it } from 'vitest';
import type { Role } from '../../../src/domain/roles.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { filling, policyRequirements } from '../../../src/machine/change-requirements.ts';
import { standingOf } from '../../../src/machine/standing.ts';
import {
  addBaseline,
  deprecateIt,
  evaluateIt,
  exportIt,
  lockNow,
  moveTo,
  requestIt,
} from '../support/acts.ts';
import { keyOf, lawTree, policyValue, type LawChanges, type Person } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import {
  bundleAt,
  decision,
  done,
  hour,
  refusals,
  withdrawal,
  worldOf,
  type Signed,
} from '../support/world.ts';

/** What nobody may do alone or at all, role by role. */

const all = (...roles: readonly string[]) => ({ roles: roles.map((role) => ({ role, lines: ['*'] })) });

describe('who may not do what', () => {
  const law: LawChanges = {
    people: { eva: all('evaluation-owner', 'auditor', 'release-owner'), lee: all('auditor', 'operator') },
  };
  /** Where the entry of an act lies. */
  const ENTRY: Readonly<Record<string, string>> = {
    ...{ baseline: 'baseline', lock: 'lock', request: 'request', evaluate: 'evaluation' },
    ...{ export: 'export', decide: 'approval', deprecate: 'step' },
  };
  /** The same act by somebody else in another role. */
  const inRole =
    (build: (tree: TreeFolder) => Signed, name: Person, role: Role) =>
    (tree: TreeFolder): Signed => {
      const { act, by } = build(tree);
      const member = ENTRY[act.kind] ?? '';
      const entry = (act as unknown as Readonly<Record<string, object>>)[member];
      const other = { ...entry, principal: name, role, key: keyOf(name) };
      return { by: { ...by, name, role }, act: { ...act, [member]: other } };
    };
  const STAGED = [
    ['baseline', 'law', addBaseline()],
    ['lock', 'baseline', lockNow()],
    ['request', 'locked', requestIt()],
    ['evaluation', 'candidate', evaluateIt()],
    ['export', 'eval-accepted', exportIt()],
    ['approval', 'artifact-exported', decision('approve', 'operator-signoff', 'kim', 8)],
    ['rejection', 'artifact-exported', decision('reject', 'operator-signoff', 'kim', 8)],
    ['deprecation', 'customer-deployed', deprecateIt()],
  ] as const;

  it.each(STAGED)('an auditor makes no %s', (_what, stage, build) => {
    const codes = refusals(treeAt(stage, law), inRole(build, 'eva', 'auditor'));
    expect(
      codes.some((code) => code === 'ROLE_CANNOT' || code === 'HUMAN_REQUIRED'),
      codes.join(),
    ).toBe(true);
  });

  it('an auditor takes back nothing', () => {
    const tree = treeAt('signedOff', law);
    const back = withdrawal(bundleAt(tree).approvals[0]?.id ?? '', 'operator-signoff', 'kim', 9);
    expect(refusals(tree, inRole(back, 'eva', 'auditor'))).toContain('ROLE_CANNOT');
  });

  it.each(STAGED.filter(([what]) => ['baseline', 'lock', 'evaluation'].includes(what)))(
    'a release owner makes no %s',
    (_what, stage, build) => {
      expect(refusals(treeAt(stage, law), inRole(build, 'eva', 'release-owner'))).toContain('ROLE_CANNOT');
    },
  );

  it('a release owner’s word counts for no rubric, and for other rules as one of two people', () => {
    const present = worldOf(lawTree(law)).law;
    const proposed = (changes: LawChanges) => worldOf(lawTree({ ...law, ...changes })).law;
    const word = { principal: 'eva', role: 'release-owner' } as never;
    const counts = (changes: LawChanges) =>
      (policyRequirements(present, proposed(changes), hour(1))[0] ?? []).some(
        (requirement) => filling(requirement, [word]).size > 0,
      );
    expect(counts({ rubric: { title: 'Another' } })).toBe(false);
    expect(counts({ line: { populationCeiling: 9 } })).toBe(true);
  });
});

/** The first of them is the one the promotion is for. */
const TEAM = ['mia', 'kim', 'dana', 'gus', 'gil', 'lee', 'dan'] as const;
const [LINE] = (policyValue({}) as { readonly lines: readonly [object] }).lines;

describe('one person at both production gates', () => {
  const deployed = treeAt('customer-deployed');
  const cases = (['A', 'B', 'C'] as const).flatMap((tier) =>
    (['distinct', 'same-person'] as const).flatMap((gates) =>
      [true, false].flatMap((barred) =>
        TEAM.map((_name, index) => ({ tier, gates, barred, people: index + 1 })),
      ),
    ),
  );

  it.each(cases)('tier $tier, $gates, requester barred: $barred, people: $people', (of) => {
    const { tier, gates, barred, people } = of;
    const team: readonly string[] = TEAM.slice(0, people);
    const tree = lawTree(
      {
        // A policy whose lines are all of tier C cannot waive anything, so there is another line.
        policy: {
          lines: [
            { ...LINE, licenceTier: tier },
            { ...structuredClone(LINE), match: 'other', licenceTier: 'A' },
          ],
        },
        separation: {
          productionGates: gates,
          requesterBarredFrom: barred ? ['governance-approval'] : [],
          reason: 'a small team',
        },
        people: Object.fromEntries(
          TEAM.map((name) => [
            name,
            all(...(team.includes(name) ? ['domain-expert', 'governance-approver'] : ['data-owner'])),
          ]),
        ),
      },
      deployed,
    );
    const one = done(tree, decision('approve', 'domain-validation', 'mia', 9));
    const mayFollow = team.filter(
      (name) => refusals(one, decision('approve', 'governance-approval', name as Person, 10)).length === 0,
    );
    const parted = tier === 'C' || gates === 'distinct';
    const kept = tier === 'C' || barred;
    expect(mayFollow).toEqual(team.filter((name) => name !== 'mia' || !(parted || kept)));
    const [second] = mayFollow as readonly Person[];
    if (second === undefined) {
      expect(people).toBe(1);
      return;
    }
    const both = done(one, decision('approve', 'governance-approval', second, 10));
    const by = { name: second, role: 'governance-approver', hours: 11 } as const;
    expect(refusals(both, moveTo('production-validated', by))).toEqual([]);
    const { separationWaived } = standingOf(worldOf(both), bundleAt(both), hour(11));
    expect(separationWaived).toBe(tier !== 'C' && (gates === 'same-person' || !barred));
  });
});
