import { describe, expect, test } from 'vitest';
import { secondedFile } from '../../../src/domain/paths.ts';
import { fileAt, withoutFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { hasOtherApprover, isOnlyPerson } from '../../../src/judge/second-person.ts';
import { lawOf } from '../../../src/machine/law.ts';
import { lockNow } from '../support/acts.ts';
import { grants, overridden, teamTree, type Team } from '../support/changes.ts';
import { GUARDIANS, put, repairOf, secondingOf, Story, type RepairSpec } from '../support/history.ts';
import { lawDispute, SHARED } from '../support/law-dispute.ts';
import { keyOf, type LawChanges } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { at, done, hour } from '../support/world.ts';

const CARD = 'promotions/triage/1.0.0/model-card.md';
type Said = Omit<RepairSpec, 'stands'>;
const BY_LEE: Said = { by: ['lee', 11], role: 'policy-approver' };

/** A lock dated too late, and its repair by mia, which one person alone cannot make. */
function waiting(law: LawChanges = GUARDIANS, guarded: ReadonlyMap<string, string> = new Map()) {
  const root = treeAt('artifact-exported', law);
  const history = new Story(root, ['mia', 7.5], guarded);
  history.commit('late', 'root', { tree: done(root, lockNow({}, 50)), by: ['ci', 50], now: 10 });
  const { tree, incident } = repairOf(history, 'late', { by: ['mia', 10], role: 'policy-approver' });
  history.commit('repair', 'late', { tree, by: ['mia', 10], now: 10 });
  expect(history.codes('repair')).toEqual(['REPAIR_UNSECONDED']);
  return { history, tree, incident: incident.id, root };
}

function seconded(said: Said, changes: Parameters<Story['commit']>[2] = {}, law: LawChanges = GUARDIANS) {
  const { history, tree, incident } = waiting(law);
  const word = secondingOf(tree, incident, said);
  return history.commit('second', 'repair', { tree: word, by: said.by, now: 20, ...changes });
}

describe('the second person’s word', () => {
  test('makes the repair valid, and both answer for it', () => {
    const history = seconded(BY_LEE);
    expect(history.codes('second')).toEqual([]);
    expect(history.at('second').judgement).toMatchObject({
      kind: 'repair',
      signer: { id: 'lee' },
      vouchers: [{ principal: { id: 'mia' } }, { principal: { id: 'lee' } }],
    });
    const next = done(history.at('second').tree, lockNow({}, 12));
    expect(history.commit('next', 'second', { tree: next, by: ['ci', 12] }).codes('next')).toEqual([]);
  });

  test.each([
    ['of the person who made it', { ...BY_LEE, by: ['mia', 11] }, ['REPAIR_UNSECONDED']],
    [
      'in another role, where a policy approver could',
      { by: ['kim', 11], role: 'operator' },
      ['ROLE_CANNOT'],
    ],
    ['in a role that is not held', { by: ['gus', 11], role: 'policy-approver' }, ['ROLE_NOT_HELD']],
    ['of a pipeline', { by: ['ci', 11], role: 'pipeline' }, ['ROLE_CANNOT', 'ROLE_NOT_HELD']],
    ['in somebody else’s name', { ...BY_LEE, changes: { principal: 'dan' } }, ['ENTRY_NOT_SIGNERS']],
    ['with another key', { ...BY_LEE, changes: { key: keyOf('dan') } }, ['ENTRY_OTHER_KEY']],
    [
      'for another repository',
      { ...BY_LEE, changes: { repository: 'z'.repeat(26) } },
      ['ENTRY_OTHER_REPOSITORY'],
    ],
    ['from another time', { ...BY_LEE, changes: { time: at(13) } }, ['ENTRY_TIME']],
    ['on another incident', { ...BY_LEE, changes: { incident: 'e'.repeat(64) } }, ['ENTRY_UNRELATED']],
    [
      'that builds on something else',
      { ...BY_LEE, changes: { reliedOn: ['e'.repeat(64)] } },
      ['ENTRY_UNRELATED'],
    ],
    ['from before the repair', { ...BY_LEE, by: ['lee', 9] }, ['TIME_BACKWARDS']],
  ] as const)('%s is refused', (_what, said, codes) => {
    const history = seconded(said);
    expect(history.codes('second')).toEqual([...codes, 'PARENT_VOID'].sort());
    expect(history.at('second').force).toMatchObject({ bases: [history.at('root').id] });
  });

  test.each([
    ['unsigned', { signature: null }, ['UNSIGNED']],
    ['with a header of its own', { extraHeaders: ['x'] }, ['COMMIT_MALFORMED']],
    ['over broken objects', { structure: [{ code: 'TREE_MALFORMED' }] }, ['TREE_MALFORMED']],
  ])('%s is refused', (_what, changes, codes) => {
    const history = seconded(BY_LEE, { changes: changes as never });
    expect(history.codes('second')).toEqual([...codes, 'PARENT_VOID'].sort());
  });

  test('with an id that is none, or that cannot be read, is refused', () => {
    const { history, tree, incident } = waiting();
    const path = secondedFile(incident);
    const word = secondingOf(tree, incident, BY_LEE);
    const text = textAt(word, path).replace('I looked at both', 'I looked at one');
    history.commit('forged', 'repair', { tree: put(tree, path, text), by: ['lee', 11] });
    history.commit('unread', 'repair', { tree: put(tree, path, '{}'), by: ['lee', 11] });
    expect(history.codes('forged')).toEqual(['ENTRY_ID_FALSE', 'PARENT_VOID']);
    expect(history.codes('unread')).toEqual(['DOCUMENT_UNSOUND', 'PARENT_VOID']);
  });

  test('comes in the commit right after the repair, alone', () => {
    const { history, tree, incident } = waiting();
    const word = secondingOf(tree, incident, BY_LEE);
    const given = { by: ['lee', 11] as const, now: 20 };
    history.commit('more', 'repair', { tree: put(word, 'promotions/x', 'x'), ...given });
    history.commit('first', 'repair', { tree: put(word, 'changes/x', 'x'), ...given });
    history.commit('code', 'repair').commit('later', 'code', { tree: word, ...given });
    history.commit('dropped', 'repair', { tree: withoutFile(tree, CARD), ...given });
    expect(history.codes('more')).toEqual(['PARENT_VOID', 'REPAIR_NOT_RESTORED']);
    for (const name of ['first', 'code', 'later', 'dropped'])
      expect(history.codes(name)).toEqual(['PARENT_VOID']);
  });

  test('moves no guarded path', () => {
    const [old, moved] = [new Map([['ci', 'file 1']]), new Map([['ci', 'file 2']])];
    const law = { ...GUARDIANS, policy: { guarded: ['ci'] } };
    const { history, tree, incident } = waiting(law, old);
    const word = secondingOf(tree, incident, BY_LEE);
    history.commit('second', 'repair', { tree: word, guarded: moved, by: ['lee', 11] });
    expect(history.codes('second')).toEqual(['PARENT_VOID', 'REPAIR_NOT_RESTORED']);
  });

  test('of a key that has ended is refused', () => {
    const lee = {
      ...GUARDIANS.people?.lee,
      keys: [{ fingerprint: keyOf('lee'), retired: { reason: 'left' } }],
    };
    const kim = { roles: grants(['operator', 'policy-approver', 'override']) };
    const history = seconded(BY_LEE, {}, { people: { ...GUARDIANS.people, lee, kim } });
    expect(history.codes('second')).toEqual(['KEY_ENDED', 'PARENT_VOID']);
  });

  test('is one person’s under every law that is in force', () => {
    const history = lawDispute();
    const stands = [{ strand: 'law', commit: 'left' }];
    const { tree, incident } = repairOf(history, 'merge', {
      by: ['otto', 5],
      role: 'policy-approver',
      stands,
    });
    history.commit('repair', 'merge', { tree, by: ['otto', 5] });
    const said = (name: string, principal: string) =>
      secondingOf(tree, incident.id, { by: [name, 6], role: 'policy-approver', changes: { principal } });
    history.commit('shared', 'repair', { tree: said(SHARED, 'ana'), by: [SHARED, 6] });
    history.commit('second', 'repair', { tree: said('mia', 'mia'), by: ['mia', 6] });
    expect(history.codes('shared')).toEqual(['ENTRY_NOT_SIGNERS', 'PARENT_VOID', 'ROLE_NOT_HELD']);
    expect(history.codes('second')).toEqual([]);
  });

  test('of anybody is enough where no other policy approver is enrolled, but not of one who only looks', () => {
    const lee = { roles: grants(['operator', 'team-lead', 'override']) };
    const dan = { roles: grants(['domain-expert', 'auditor']) };
    const law = { people: { ...GUARDIANS.people, lee, dan } };
    expect(seconded({ by: ['kim', 11], role: 'operator' }, {}, law).codes('second')).toEqual([]);
    expect(seconded({ by: ['dan', 11], role: 'auditor' }, {}, law).codes('second')).toEqual([
      'PARENT_VOID',
      'ROLE_CANNOT',
    ]);
    expect(seconded({ by: ['dan', 11], role: 'recovery' }, {}, law).codes('second')).toEqual([
      'PARENT_VOID',
      'ROLE_CANNOT',
      'ROLE_NOT_HELD',
    ]);
  });

  test('does not come after a brake on the repair: that is repaired again, and the brake stays', () => {
    const { history, tree, incident } = waiting();
    const braked = overridden(tree, { act: 'stop-candidates', lines: ['*'] });
    history.commit('brake', 'repair', { tree: braked, by: ['mia', 11] });
    const word = secondingOf(braked, incident, { ...BY_LEE, by: ['lee', 12] });
    history.commit('second', 'brake', { tree: word, by: ['lee', 12] });
    expect(history.codes('second')).toEqual(['PARENT_VOID']);
    const again = repairOf(history, 'brake', { by: ['mia', 12], role: 'policy-approver' });
    history.commit('again', 'brake', { tree: again.tree, by: ['mia', 12], now: 13 });
    expect(history.codes('again')).toEqual(['REPAIR_UNSECONDED']);
    expect(again.tree.children.get('overrides')).toMatchObject({ kind: 'folder' });
  });
});

describe('who there is to agree', () => {
  const lawWith = (people: Team, suspended: readonly string[] = []) =>
    lawOf(
      suspended.reduce<TreeFolder>(
        (tree, signer) => overridden(tree, { act: 'suspend-signer', signer }),
        teamTree({ people }),
      ),
    );
  const two: Team = { ana: ['policy-approver'], ben: ['policy-approver'] };
  const [one, other] = [{ ana: ['policy-approver'] }, { ana: ['policy-approver'], ben: ['operator'] }];

  test('one person alone is one under every law', () => {
    expect(isOnlyPerson([lawWith(one)], hour(1))).toBe(true);
    expect(isOnlyPerson([lawWith(one), lawWith(two)], hour(1))).toBe(false);
  });

  test('whom a brake suspends still counts', () => {
    expect(isOnlyPerson([lawWith(two, ['ben'])], hour(1))).toBe(false);
  });

  test('another approver is one under every law', () => {
    expect(hasOtherApprover([lawWith(two)], 'ana', hour(1))).toBe(true);
    expect(hasOtherApprover([lawWith(two), lawWith(other)], 'ana', hour(1))).toBe(false);
    expect(hasOtherApprover([lawWith(one)], 'ana', hour(1))).toBe(false);
  });
});

function textAt(tree: TreeFolder, path: string): string {
  return new TextDecoder().decode(fileAt(tree, path)?.bytes);
}
