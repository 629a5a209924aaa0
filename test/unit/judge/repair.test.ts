import { describe, expect, test } from 'vitest';
import { incidentDocument } from '../../../src/domain/incident.ts';
import { incidentFile } from '../../../src/domain/paths.ts';
import { withFolder, withoutFile } from '../../../src/domain/tree.ts';
import { restoredAt } from '../../../src/judge/judge-repair.ts';
import { lawOf } from '../../../src/machine/law.ts';
import { artifactOf, lockNow, moveTo, requestIt, trained } from '../support/acts.ts';
import { grants, overridden } from '../support/changes.ts';
import { GUARDIANS, idOf, put, repairOf, Story, type RepairSpec } from '../support/history.ts';
import { keyOf, PEOPLE, type LawChanges } from '../support/law-files.ts';
import { lawDispute, SHARED } from '../support/law-dispute.ts';
import { treeAt } from '../support/stages.ts';
import { at, decision, done } from '../support/world.ts';

const CARD = 'promotions/triage/1.0.0/model-card.md';
const root = treeAt('artifact-exported', GUARDIANS);
const broken = put(root, CARD, 'x\n');
const BY_EVA: RepairSpec = { by: ['eva', 9], role: 'evaluation-owner' };
const BY_MIA: RepairSpec = { by: ['mia', 20], role: 'policy-approver' };

const story = () => new Story(root, ['mia', 7.5]);
const onVoid = () => story().commit('bad', 'root', { tree: broken });
/** A commit that claims to repair another, with whatever is changed about it. */
function repaired(
  history: Story,
  on: string,
  spec: RepairSpec,
  changes: Parameters<Story['commit']>[2] = {},
) {
  const { tree, guarded } = repairOf(history, on, spec);
  return history.commit('repair', on, { tree, guarded, by: spec.by, ...changes });
}

const signsOff = (name: 'kim' | 'lee') =>
  done(
    root,
    decision('approve', 'operator-signoff', name, 8),
    moveTo('customer-deployed', { name, role: 'operator', hours: 8 }),
  );

/** Two sign-offs of one iteration that do not go together, merged. */
const disputed = () =>
  story()
    .commit('left', 'root', { tree: signsOff('kim'), by: ['kim', 8] })
    .commit('right', 'root', { tree: signsOff('lee'), by: ['lee', 8] })
    .merge('merge', ['left', 'right']);
const LEFT = ['aliases of triage', 'triage@1.0.0'].map((strand) => ({ strand, commit: 'left' }));

describe('a repair', () => {
  test('by anybody enrolled restores what is in force, and is valid', () => {
    const history = repaired(onVoid(), 'bad', BY_EVA);
    expect(history.codes('repair')).toEqual([]);
    expect(history.at('repair').judgement).toMatchObject({ kind: 'repair', signer: { id: 'eva' } });
    expect(history.at('repair').judgement.vouchers).toBe(undefined);
    const next = done(history.at('repair').tree, decision('approve', 'operator-signoff', 'kim', 10));
    expect(history.commit('next', 'repair', { tree: next, by: ['kim', 10] }).codes('next')).toEqual([]);
  });

  test('puts a guarded path back', () => {
    const tree = treeAt('baseline', { ...GUARDIANS, policy: { guarded: ['ci'] } });
    const [old, moved] = [new Map([['ci', 'file 1']]), new Map([['ci', 'file 2']])];
    const begun = () => new Story(tree, ['mia', 7.5], old).commit('bad', 'root', { tree, guarded: moved });
    expect(repaired(begun(), 'bad', BY_EVA).codes('repair')).toEqual([]);
    expect(repaired(begun(), 'bad', BY_EVA, { guarded: moved }).codes('repair')).toEqual([
      'PARENT_VOID',
      'REPAIR_NOT_RESTORED',
    ]);
  });

  test('restores what is in force and nothing beside', () => {
    const { tree } = repairOf(onVoid(), 'bad', BY_EVA);
    for (const other of [put(tree, CARD, 'y\n'), withoutFile(tree, CARD), put(tree, 'notes', 'x')])
      expect(repaired(onVoid(), 'bad', BY_EVA, { tree: other }).codes('repair')).toEqual([
        'PARENT_VOID',
        'REPAIR_NOT_RESTORED',
      ]);
  });

  test.each([
    ['of another repository', { repository: 'z'.repeat(26) }, ['ENTRY_OTHER_REPOSITORY']],
    ['in somebody else’s name', { principal: 'dan' }, ['ENTRY_NOT_SIGNERS']],
    ['with another key', { key: keyOf('dan') }, ['ENTRY_OTHER_KEY']],
    ['from another time', { time: at(12) }, ['ENTRY_TIME']],
    ['in a role that only looks', { role: 'auditor' }, ['ROLE_CANNOT', 'ROLE_NOT_HELD']],
    ['in a role kept for recovery', { role: 'recovery' }, ['ROLE_CANNOT', 'ROLE_NOT_HELD']],
    ['in a role that is not held', { role: 'operator' }, ['ROLE_NOT_HELD']],
    ['that goes on from somewhere else', { base: ['e'.repeat(40)] }, ['REPAIR_DIFFERS']],
    ['that is silent about what it sets aside', { setAside: [] }, ['REPAIR_DIFFERS']],
    ['that loses what nobody lost', { lost: ['e'.repeat(64)] }, ['REPAIR_DIFFERS']],
    ['that builds on an entry', { reliedOn: ['e'.repeat(64)] }, ['REPAIR_DIFFERS']],
    [
      'that chooses where nothing is in dispute',
      { stands: [{ strand: 'law', commit: idOf('root') }] },
      ['REPAIR_DIFFERS'],
    ],
  ])('%s is refused', (_what, changes, codes) => {
    const history = repaired(onVoid(), 'bad', { ...BY_EVA, changes });
    expect(history.codes('repair')).toEqual([...codes, 'PARENT_VOID'].sort());
    expect(history.at('repair').judgement.signer).toBe(null);
  });

  test('is made by a human', () => {
    const history = repaired(onVoid(), 'bad', { by: ['ci', 9], role: 'pipeline' });
    expect(history.codes('repair')).toEqual(['HUMAN_REQUIRED', 'PARENT_VOID']);
  });

  test.each([
    ['nobody', { signature: null }, ['UNSIGNED']],
    [
      'a key of nobody',
      { signature: { kind: 'bad', fault: 'SIGNATURE_FALSE', detail: '' } },
      ['SIGNATURE_REFUSED'],
    ],
    ['somebody, with a header of its own', { extraHeaders: ['x'] }, ['COMMIT_MALFORMED']],
    ['somebody, over broken objects', { structure: [{ code: 'TREE_MALFORMED' }] }, ['TREE_MALFORMED']],
  ])('signed by %s is refused', (_what, changes, codes) => {
    const history = repaired(onVoid(), 'bad', BY_EVA, { changes: changes as never });
    expect(history.codes('repair')).toEqual([...codes, 'PARENT_VOID'].sort());
  });

  test('is held to the clock of what is in force', () => {
    const early: RepairSpec = { ...BY_EVA, by: ['eva', 7] };
    expect(repaired(onVoid(), 'bad', early).codes('repair')).toEqual(['PARENT_VOID', 'TIME_BACKWARDS']);
    expect(repaired(onVoid(), 'bad', BY_EVA, { now: 8 }).codes('repair')).toEqual([
      'FROM_THE_FUTURE',
      'PARENT_VOID',
    ]);
  });

  test('by a key that has ended is refused', () => {
    const eva = { keys: [{ fingerprint: keyOf('eva'), retired: { reason: 'left' } }] };
    const tree = treeAt('law', { people: { ...GUARDIANS.people, eva } });
    const history = new Story(tree, ['mia', 7.5]).commit('bad', 'root', { tree: put(tree, CARD, 'x') });
    expect(repaired(history, 'bad', BY_EVA).codes('repair')).toEqual(['KEY_ENDED', 'PARENT_VOID']);
  });

  test('is known by its one new incident, which says what it is', () => {
    const { tree, incident } = repairOf(onVoid(), 'bad', BY_EVA);
    const codes = (other: typeof tree) => repaired(onVoid(), 'bad', BY_EVA, { tree: other }).codes('repair');
    const [path, other] = [incidentFile(incident.id), incidentFile('e'.repeat(64))];
    const text = incidentDocument.print(incident);
    expect(codes(put(tree, path, '{}'))).toEqual(['DOCUMENT_UNSOUND', 'PARENT_VOID']);
    expect(codes(put(withoutFile(tree, path), other, text))).toEqual(['ENTRY_UNRELATED', 'PARENT_VOID']);
    expect(codes(put(tree, other, text))).toEqual(['PARENT_VOID']);
    expect(codes(withoutFile(tree, path))).toEqual(['PARENT_VOID']);
    const forged = { ...incident, id: 'e'.repeat(64) as never };
    expect(codes(put(withoutFile(tree, path), other, incidentDocument.print(forged)))).toEqual([
      'ENTRY_ID_FALSE',
      'PARENT_VOID',
    ]);
  });

  test('restores an earlier incident that was taken away', () => {
    const history = repaired(onVoid(), 'bad', BY_EVA).commit('worse', 'repair', { tree: root });
    expect(history.codes('worse')).toContain('UNSIGNED');
    const again = repairOf(history, 'worse', { ...BY_EVA, by: ['eva', 10] });
    expect(again.tree.children.get('incidents')).toMatchObject({ kind: 'folder' });
    history.commit('again', 'worse', { tree: again.tree, by: ['eva', 10] });
    expect(history.codes('again')).toEqual([]);
  });

  test('names what was governed or at fault in itself, and nothing that only came after it', () => {
    const fault = { structure: [{ code: 'TREE_MALFORMED' }] } as never;
    const history = onVoid().commit('code', 'bad').commit('odd', 'code', { changes: fault });
    const { incident, tree } = repairOf(history, 'odd', BY_EVA);
    expect(incident.setAside.map(({ commit }) => commit)).toEqual([idOf('bad'), idOf('odd')].sort());
    expect(history.commit('repair', 'odd', { tree, by: BY_EVA.by }).codes('repair')).toEqual([]);
  });

  test('has no authority where nothing was ever valid, and nothing to restore', () => {
    const history = onVoid();
    const { tree } = repairOf(history, 'bad', BY_EVA);
    const lawless = new Story(withFolder(root, 'policy', null), ['mia', 7.5]);
    lawless.commit('repair', 'root', { tree, by: ['eva', 9] });
    expect(lawless.codes('repair')).toEqual(['PARENT_VOID']);
    expect(() => restoredAt(lawless.at('root'), [], lawless.lineage)).toThrow();
  });
});

describe('a repair that gives up what was validly signed', () => {
  const chooses: RepairSpec = { ...BY_MIA, stands: LEFT };

  test('of two branches that do not go together waits for a second person', () => {
    const history = repaired(disputed(), 'merge', chooses);
    expect(history.codes('merge')).toEqual(['MERGE_CONFLICT']);
    expect(history.codes('repair')).toEqual(['REPAIR_UNSECONDED']);
    expect(history.at('repair').judgement).toMatchObject({
      unseconded: { by: { principal: { id: 'mia' }, role: 'policy-approver' } },
      vouchers: [{ principal: { id: 'mia' } }],
    });
  });

  test('is made by a policy approver', () => {
    const history = repaired(disputed(), 'merge', { ...chooses, by: ['eva', 9], role: 'evaluation-owner' });
    expect(history.codes('repair')).toEqual(['PARENT_VOID', 'ROLE_CANNOT']);
  });

  test.each([
    ['a choice that is not said', { stands: [] }],
    ['a choice of half of it', { stands: LEFT.slice(1) }],
    ['a side that is none', { stands: LEFT.map(({ strand }) => ({ strand, commit: 'nobody' })) }],
  ])('%s is refused', (_what, { stands }) => {
    const history = repaired(disputed(), 'merge', { ...BY_MIA, stands });
    expect(history.codes('repair')).toContain('REPAIR_DIFFERS');
    expect(history.at('repair').unseconded).toBe(null);
  });

  test.each([
    ['the alias moved by one sign-off and the record of the other', ['right', 'left']],
    ['the record of one sign-off and the alias not moved by it', ['left', 'right']],
  ])('does not keep %s', (_what, sides) => {
    const stands = LEFT.map(({ strand }, index) => ({ strand, commit: sides[index] ?? '' }));
    const history = repaired(disputed(), 'merge', { ...BY_MIA, stands });
    expect(history.codes('repair')).toEqual(['PARENT_VOID', 'REPAIR_TEARS']);
  });

  test('is not made by an approver for some lines only', () => {
    const mia = { roles: grants(['policy-approver'], ['triage']) };
    const law: LawChanges = { people: { ...GUARDIANS.people, mia } };
    const tree = treeAt('artifact-exported', law);
    const signed = done(
      tree,
      decision('approve', 'operator-signoff', 'kim', 8),
      moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 8 }),
    );
    const late = new Story(tree, ['lee', 7.5]).commit('late', 'root', {
      tree: signed,
      by: ['kim', 8],
      now: 7.6,
    });
    const history = repaired(late, 'late', { ...BY_MIA, by: ['mia', 7.6] }, { now: 7.6 });
    expect(history.codes('repair')).toEqual(['PARENT_VOID', 'ROLE_NOT_HELD']);
  });

  test('says what is lost by it', () => {
    const { incident } = repairOf(disputed(), 'merge', chooses);
    expect(incident.lost).toHaveLength(1);
    const silent = repaired(disputed(), 'merge', { ...chooses, changes: { lost: [] } });
    expect(silent.codes('repair')).toEqual(['PARENT_VOID', 'REPAIR_DIFFERS']);
  });

  test('leaves no iteration without its lock', () => {
    const base = treeAt('artifact-exported', GUARDIANS);
    const left = done(base, lockNow({}, 8));
    const asked = done(left, requestIt({ artifact: artifactOf('b'), ...trained(9, 10) }, '1.1.0', 11));
    const history = story()
      .commit('lock', 'root', { tree: left, by: ['ci', 8] })
      .commit('left', 'lock', { tree: asked, by: ['ci', 11] })
      .commit('right', 'root', { tree: done(base, lockNow({}, 9)), by: ['ci', 9] })
      .merge('merge', ['left', 'right']);
    const stands = (commit: string) => [{ strand: 'line triage', commit }];
    expect(history.codes('left')).toEqual([]);
    expect(repaired(history, 'merge', { ...BY_MIA, stands: stands('right') }).codes('repair')).toEqual([
      'LOCK_UNKNOWN',
      'PARENT_VOID',
    ]);
    expect(repaired(history, 'merge', { ...BY_MIA, stands: stands('left') }).codes('repair')).toEqual([
      'REPAIR_UNSECONDED',
    ]);
  });

  test('by setting aside what would be valid but for its date', () => {
    const late = () => story().commit('late', 'root', { tree: signsOff('kim'), by: ['kim', 8], now: 7.6 });
    const history = repaired(late(), 'late', { ...BY_MIA, by: ['mia', 7.6] }, { now: 7.6 });
    expect(history.codes('late')).toEqual(['FROM_THE_FUTURE']);
    expect(history.codes('repair')).toEqual(['REPAIR_UNSECONDED']);
    const alone = repaired(late(), 'late', { ...BY_EVA, by: ['eva', 7.6] }, { now: 7.6 });
    expect(alone.codes('repair')).toEqual(['PARENT_VOID', 'ROLE_CANNOT']);
  });

  test('is made alone by the only person there is', () => {
    const until = at(30);
    const others: Record<string, object> = Object.fromEntries(
      Object.entries(PEOPLE).map(([id, roles]) => [
        id,
        { roles: grants(roles).map((grant) => ({ ...grant, until })) },
      ]),
    );
    const law: LawChanges = { people: { ...others, mia: GUARDIANS.people?.mia ?? {} } };
    const tree = treeAt('artifact-exported', law);
    const late = new Story(tree, ['mia', 7.5]).commit('late', 'root', {
      tree: done(tree, lockNow({}, 50)),
      by: ['ci', 50],
      now: 40,
    });
    const history = repaired(late, 'late', { ...BY_MIA, by: ['mia', 40] }, { now: 40 });
    expect(history.codes('repair')).toEqual([]);
    expect(history.at('repair').judgement.vouchers).toHaveLength(1);
  });

  test('takes one person under every law that is in force', () => {
    const history = lawDispute();
    expect(history.codes('left')).toEqual([]);
    expect(history.codes('right')).toEqual([]);
    expect(history.codes('merge')).toEqual(['MERGE_CONFLICT']);
    const stands = [{ strand: 'law', commit: 'left' }];
    const shared = {
      by: [SHARED, 5],
      role: 'policy-approver',
      stands,
      changes: { principal: 'ana' },
    } as const;
    const { tree } = repairOf(history, 'merge', shared);
    history.commit('shared', 'merge', { tree, by: [SHARED, 5] });
    expect(history.codes('shared')).toEqual(['ENTRY_NOT_SIGNERS', 'PARENT_VOID', 'ROLE_NOT_HELD']);
    const { tree: good } = repairOf(history, 'merge', { ...shared, by: ['otto', 5], changes: {} });
    history.commit('repair', 'merge', { tree: good, by: ['otto', 5] });
    expect(history.codes('repair')).toEqual(['REPAIR_UNSECONDED']);
  });
});

describe('where what one side did is barred by what the other brought', () => {
  /** kim is suspended on one side and signs off on the other. */
  const barred = () => {
    const brake = overridden(root, { act: 'suspend-signer', signer: 'kim' });
    return story()
      .commit('left', 'root', { tree: brake, by: ['mia', 8] })
      .commit('right', 'root', { tree: signsOff('kim'), by: ['kim', 8] })
      .merge('merge', ['left', 'right'], {
        tree: overridden(signsOff('kim'), { act: 'suspend-signer', signer: 'kim' }),
      });
  };

  test.each(['left', 'right'])('%s stands as a whole, with the brake', (commit) => {
    const history = barred();
    expect(history.codes('merge')).toEqual(['ENDED_BEFORE_MERGE']);
    repaired(history, 'merge', { ...BY_MIA, stands: [{ strand: 'everything', commit }] });
    expect(history.codes('repair')).toEqual(['REPAIR_UNSECONDED']);
    const { tree } = history.at('repair');
    expect(tree.children.get('overrides')).toMatchObject({ kind: 'folder' });
    expect(tree.children.get('policy')?.id).toBe(root.children.get('policy')?.id);
  });

  test('two brakes of one name are both kept, whichever is chosen', () => {
    const [brake, other] = [
      { act: 'suspend-signer', signer: 'kim' },
      { act: 'stop-candidates', lines: ['*'] },
    ];
    for (const commit of ['left', 'right']) {
      const history = story()
        .commit('left', 'root', { tree: overridden(root, brake), by: ['mia', 8] })
        .commit('right', 'root', { tree: overridden(root, other), by: ['mia', 8] })
        .merge('merge', ['left', 'right']);
      const [strand = ''] = restoredAt(history.at('merge'), [], history.lineage).disputed;
      repaired(history, 'merge', { ...BY_MIA, stands: [{ strand, commit }] });
      expect(history.codes('repair')).toEqual(['REPAIR_UNSECONDED']);
      const { overrides } = lawOf(history.at('repair').tree);
      expect(overrides.map(({ act }) => act).sort()).toEqual(['stop-candidates', 'suspend-signer']);
    }
  });

  test('a side that is none stands for nothing', () => {
    const stands = [{ strand: 'everything', commit: 'nobody' }];
    const history = repaired(barred(), 'merge', { ...BY_MIA, stands });
    expect(history.codes('repair')).toEqual(['PARENT_VOID', 'REPAIR_DIFFERS']);
  });
});
