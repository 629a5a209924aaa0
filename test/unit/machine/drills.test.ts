import { describe, expect, test } from 'vitest';
import type { OverrideAct } from '../../../src/domain/override-acts.ts';
import { entryIdsIn } from '../../../src/machine/entries-in.ts';
import { drillsOf, drillStandings } from '../../../src/machine/drills.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { grants } from '../support/changes.ts';
import { drill, failedAfter, MIA } from '../support/drills.ts';
import { GUARDIANS } from '../support/history.ts';
import { pull } from '../support/brakes.ts';
import { keyOf, lawTree, type LawChanges, type Person } from '../support/law-files.ts';
import { done, hour, refusals, worldOf, type By, type Signed } from '../support/world.ts';

const EVERY_MONTH = { everyDays: 30, overrides: ['freeze', 'suspend-signer'] };
const LAW: LawChanges = {
  people: { ...GUARDIANS.people, gil: { roles: grants(['auditor', 'governance-approver']) } },
  policy: { drills: EVERY_MONTH },
};
const law = lawTree(LAW);
const DAY = 24;

const by = (name: Person, role: By['role'], hours = 7.5): By => ({ name, role, hours });
/** Recorded whoever says what, as a merge of two branches could bring it. */
const recorded = (tree: TreeFolder, ...drills: readonly ((tree: TreeFolder) => Signed)[]): TreeFolder =>
  done(tree, ...drills);

describe('a drill', () => {
  test('is recorded by whoever may pull the brake, passed or failed', () => {
    expect(refusals(law, drill())).toEqual([]);
    expect(refusals(law, drill(['freeze'], MIA, failedAfter(4)))).toEqual([]);
    expect(refusals(law, drill(['freeze'], by('kim', 'override')))).toEqual([]);
  });

  test.each([
    ['a machine', by('ci', 'pipeline'), {}, ['HUMAN_REQUIRED']],
    ['a machine that claims the role', by('ci', 'override'), {}, ['HUMAN_REQUIRED']],
    ['somebody who may not pull it', by('dana', 'override'), {}, ['ROLE_NOT_HELD']],
    ['an auditor', by('gil', 'auditor'), {}, ['ROLE_CANNOT']],
    ['somebody in another role of his', by('mia', 'policy-approver'), {}, ['ROLE_CANNOT']],
    ['somebody in the name of another', MIA, { principal: 'kim' }, ['ENTRY_NOT_SIGNERS']],
    ['somebody with the key of another', MIA, { key: keyOf('kim') }, ['ENTRY_OTHER_KEY']],
    [
      'somebody of another repository',
      MIA,
      { repository: `drill-${'1'.repeat(26)}` },
      ['ENTRY_OTHER_REPOSITORY'],
    ],
    ['somebody of another day', MIA, { time: '2026-03-02T07:30:00Z' }, ['ENTRY_TIME']],
    ['somebody who relied on something', MIA, { reliedOn: ['a'.repeat(64)] }, ['RELIED_ON_FALSE']],
  ] as const)('is not recorded by %s', (_who, author, changes, codes) => {
    expect(refusals(law, drill(['freeze'], author, changes))).toEqual(codes);
  });

  test('is not recorded by somebody who is suspended', () => {
    const suspended = done(law, pull({ act: 'suspend-signer', signer: 'mia' }, 'lee', 1));
    expect(refusals(suspended, drill())).toEqual(['ROLE_NOT_HELD']);
  });

  test('is recorded once', () => {
    const once = recorded(law, drill());
    expect(refusals(once, drill())).toEqual(['ENTRY_ALTERED']);
    const [known] = drillsOf(once);
    expect([...entryIdsIn(once)]).toEqual([known?.id]);
  });

  test('cannot have a false id', () => {
    const { act } = drill()(law);
    if (act.kind !== 'drill') throw new Error();
    const forged = { ...act, drill: { ...act.drill, id: 'f'.repeat(64) as never } };
    expect(refusals(law, () => ({ by: MIA, act: forged }))).toEqual(['ENTRY_ID_FALSE']);
  });
});

describe('what is overdue', () => {
  const overdue = (tree: TreeFolder, hours: number): readonly OverrideAct[] =>
    drillStandings(worldOf(tree), hour(hours)).flatMap((each) => (each.overdue ? [each.override] : []));

  test('is nothing where the policy asks for no drills', () => {
    expect(drillStandings(worldOf(lawTree(GUARDIANS)), hour(0))).toEqual([]);
  });

  test('is what was never drilled', () => {
    expect(overdue(law, 0)).toEqual(['freeze', 'suspend-signer']);
    const [first] = drillStandings(worldOf(law), hour(0));
    expect([first?.last, first?.due]).toEqual([null, null]);
  });

  test('is what was drilled as many days ago as the policy says, to the second', () => {
    const tree = recorded(law, drill(['freeze'], { ...MIA, hours: 1 }));
    const end = 1 + 30 * DAY;
    expect(overdue(tree, end - 1 / 3600)).toEqual(['suspend-signer']);
    expect(overdue(tree, end)).toEqual(['freeze', 'suspend-signer']);
    expect(drillStandings(worldOf(tree), hour(2))[0]?.due).toBe(hour(end));
  });

  test('goes by the latest drill that passed of each override', () => {
    const tree = recorded(
      law,
      drill(['freeze', 'suspend-signer'], { ...MIA, hours: 1 }),
      drill(['freeze'], { ...by('kim', 'override'), hours: 20 * DAY }),
      drill(['suspend-signer'], { ...MIA, hours: 25 * DAY }, failedAfter(5, ['suspend-signer'])),
    );
    expect(overdue(tree, 32 * DAY)).toEqual(['suspend-signer']);
    expect(drillStandings(worldOf(tree), hour(0)).map(({ last }) => last?.principal)).toEqual(['kim', 'mia']);
  });

  test('does not count a drill signed with a stolen key, unless the report of the theft keeps it', () => {
    const tree = recorded(law, drill(['freeze', 'suspend-signer']));
    const stolen = { act: 'revoke-signer', keys: [keyOf('mia')], as: 'compromised' };
    expect(overdue(done(tree, pull(stolen, 'lee', 8)), 8)).toEqual(['freeze', 'suspend-signer']);
    const keeps = drillsOf(tree).map(({ id }) => id);
    expect(overdue(done(tree, pull({ ...stolen, keeps }, 'lee', 8)), 8)).toEqual([]);
  });

  test('counts a drill of somebody who has left', () => {
    const tree = recorded(law, drill(['freeze', 'suspend-signer']));
    const gone = { act: 'revoke-signer', keys: [keyOf('mia')], as: 'retired' };
    expect(overdue(done(tree, pull(gone, 'lee', 8)), 8)).toEqual([]);
  });
});
