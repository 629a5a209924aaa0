import { describe, expect, test } from 'vitest';
import { withFolder, withoutFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { lawOf } from '../../../src/machine/law.ts';
import { overridden } from '../support/changes.ts';
import { GUARDIANS, put, repairOf, Story } from '../support/history.ts';
import { keyOf } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { decision, done } from '../support/world.ts';

const CARD = 'promotions/triage/1.0.0/model-card.md';
const STOP = { act: 'stop-candidates', lines: ['*'] };
const SUSPEND = { act: 'suspend-signer', signer: 'kim' };
const root = treeAt('artifact-exported', GUARDIANS);
const guardedRoot = treeAt('artifact-exported', { ...GUARDIANS, policy: { guarded: ['ci'] } });
const broken = put(root, CARD, 'x\n');

/** A finished history, a commit that edits it by hand, and whatever comes. */
const story = () => new Story(root, ['mia', 20]);
const onVoid = () => story().commit('bad', 'root', { tree: broken });
const path = (digit = 'a') => `overrides/${digit.repeat(64)}.json`;
const inForce = (history: Story, name: string) =>
  history.at(name).force.laws.map((tree) => lawOf(tree).overrides.map((each) => each.act));
const byKim = { principal: 'kim', key: keyOf('kim') };

describe('a brake on a valid tip', () => {
  const judged = (tree: TreeFolder, by?: readonly [string, number], more: object = {}) =>
    story().commit('brake', 'root', { tree, ...(by !== undefined && { by }), ...more });

  test('is in force by one signature, however its clock is off, and moves no clock', () => {
    for (const hours of [21, 1, 5000]) {
      const history = judged(overridden(root, STOP), ['mia', hours]);
      expect(history.codes('brake')).toEqual([]);
      expect(history.at('brake').clock).toBe(history.at('root').clock);
      expect(inForce(history, 'brake')).toEqual([['stop-candidates']]);
    }
  });

  test('several of them are one act of the signer', () => {
    expect(judged(overridden(overridden(root, STOP), SUSPEND, 'b'), ['mia', 21]).codes('brake')).toEqual([]);
  });

  test.each([
    [
      'of somebody without the role',
      overridden(root, { ...STOP, principal: 'gus', key: keyOf('gus') }),
      'gus',
      ['ROLE_NOT_HELD'],
    ],
    ['in somebody else’s name', overridden(root, STOP), 'kim', ['ENTRY_NOT_SIGNERS', 'ENTRY_OTHER_KEY']],
    ['that cannot be read', put(root, path(), '{}'), 'mia', ['DOCUMENT_UNSOUND']],
    ['under another name', put(root, path('b'), textOf(overridden(root, STOP))), 'mia', ['ENTRY_UNRELATED']],
  ])('%s is refused', (_what, tree, name, codes) => {
    const history = judged(tree, [name, 21]);
    expect(history.codes('brake')).toEqual(codes);
    expect(inForce(history, 'brake')).toEqual([[]]);
  });

  test('is refused for a key that has ended, and for a header of its own', () => {
    const ended = { keys: [{ fingerprint: keyOf('mia'), retired: { reason: 'left' } }] };
    const law = { people: { ...GUARDIANS.people, mia: { ...GUARDIANS.people?.mia, ...ended } } };
    const tree = treeAt('baseline', law);
    const history = new Story(tree, ['lee', 20]).commit('brake', 'root', {
      tree: overridden(tree, STOP),
      by: ['mia', 21],
    });
    expect(history.codes('brake')).toEqual(['KEY_ENDED']);
    const odd = judged(overridden(root, STOP), ['mia', 21], { changes: { extraHeaders: ['x'] } });
    expect(odd.codes('brake')).toEqual(['COMMIT_MALFORMED']);
  });

  test('with anything beside it is an ordinary commit, and is held to the clock', () => {
    const more = judged(put(overridden(root, STOP), CARD, 'x\n'), ['mia', 0]);
    expect(more.codes('brake')).toEqual(['TIME_BACKWARDS', 'UNEXPLAINED_CHANGE']);
    const guarded = new Map([['ci', 'file 1']]);
    const history = new Story(guardedRoot, ['mia', 20]).commit('brake', 'root', {
      tree: overridden(guardedRoot, STOP),
      guarded,
      by: ['mia', 1],
    });
    expect(history.codes('brake')).toContain('TIME_BACKWARDS');
  });

  test('takes no other one away and alters none', () => {
    const history = judged(overridden(root, STOP), ['mia', 21]);
    history.commit('taken', 'brake', { tree: root, by: ['mia', 22] });
    expect(history.codes('taken')).toEqual(['ENTRY_REMOVED']);
    history.commit('altered', 'brake', { tree: overridden(root, SUSPEND), by: ['mia', 22] });
    expect(history.codes('altered')).toEqual(['ENTRY_ALTERED']);
    expect(inForce(history, 'taken')).toEqual([['stop-candidates']]);
    expect(inForce(history, 'altered')).toEqual([['stop-candidates']]);
  });
});

describe('a brake on a void tip', () => {
  test('is in force although its commit stays void', () => {
    const history = onVoid().commit('brake', 'bad', { tree: overridden(broken, STOP), by: ['mia', 21] });
    expect(history.codes('brake')).toEqual(['PARENT_VOID']);
    expect(history.at('brake').judgement).toMatchObject({ signer: { id: 'mia' }, expires: null });
    expect(inForce(history, 'brake')).toEqual([['stop-candidates']]);
    expect(history.at('brake').force.tree?.children.has('overrides')).toBe(true);
  });

  test('binds whoever comes after it: who was suspended there can suspend nobody', () => {
    const history = onVoid().commit('brake', 'bad', { tree: overridden(broken, SUSPEND), by: ['mia', 21] });
    const back = overridden(history.at('brake').tree, { ...SUSPEND, signer: 'mia', ...byKim }, 'b');
    history.commit('back', 'brake', { tree: back, by: ['kim', 22] });
    expect(inForce(history, 'back')).toEqual([['suspend-signer']]);
    expect(history.at('back').judgement.signer).toBe(null);
  });

  test.each([
    ['unsigned', overridden(broken, STOP), undefined],
    ['of somebody without the role', overridden(broken, STOP), ['gus', 21]],
    ['with something governed beside it', put(overridden(broken, STOP), CARD, 'y\n'), ['mia', 21]],
    ['that is no override', put(broken, path(), '{}'), ['mia', 21]],
    ['that is not there', broken, ['mia', 21]],
  ] as const)('%s is not in force', (_what, tree, by) => {
    const history = onVoid().commit('brake', 'bad', { tree, ...(by !== undefined && { by }) });
    expect(inForce(history, 'brake')).toEqual([[]]);
    expect(history.at('brake').judgement).toMatchObject({ signer: null, key: null, acts: [], expires: null });
  });

  test('is in force from a commit that holds what is in force where nobody can read what was there', () => {
    const history = onVoid().commit('brake', 'bad', { tree: overridden(root, STOP), by: ['mia', 21] });
    expect(inForce(history, 'brake')).toEqual([['stop-candidates']]);
  });

  test('takes the place of none that is in force, although a void commit took the file away', () => {
    const braked = overridden(root, SUSPEND);
    const history = story()
      .commit('brake', 'root', { tree: braked, by: ['mia', 21] })
      .commit('bad', 'brake', { tree: root })
      .commit('again', 'bad', { tree: overridden(root, STOP), by: ['lee', 22] })
      .commit('same', 'bad', { tree: braked, by: ['mia', 22] });
    expect(inForce(history, 'again')).toEqual([['suspend-signer']]);
    expect(inForce(history, 'same')).toEqual([['suspend-signer']]);
    expect(history.at('same').judgement.signer?.id).toBe('mia');
  });

  test('beside a folder in which overrides were hidden', () => {
    const hidden = put(broken, `overrides/x/${'c'.repeat(64)}.json`, '{}');
    const history = story()
      .commit('bad', 'root', { tree: hidden })
      .commit('brake', 'bad', { tree: overridden(hidden, STOP), by: ['mia', 21] });
    expect(inForce(history, 'brake')).toEqual([['stop-candidates']]);
  });

  test('needs a guarded path to be as it was', () => {
    const [old, moved] = [new Map([['ci', 'file 1']]), new Map([['ci', 'file 2']])];
    const bad = put(guardedRoot, CARD, 'x\n');
    const braked = { tree: overridden(bad, STOP), by: ['mia', 21] as const };
    const history = new Story(guardedRoot, ['mia', 20], old)
      .commit('bad', 'root', { tree: bad })
      .commit('brake', 'bad', braked)
      .commit('more', 'bad', { ...braked, guarded: moved })
      .commit('only', 'bad', { guarded: moved });
    expect(inForce(history, 'brake')).toEqual([['stop-candidates']]);
    expect(inForce(history, 'more')).toEqual([[]]);
    expect(history.at('only').judgement.kind).toBe('governed');
  });

  test('has no authority where nothing was ever valid', () => {
    const lawless = withFolder(root, 'policy', null);
    const history = new Story(lawless, ['mia', 20]);
    expect(history.codes('root')).toContain('DOCUMENT_UNSOUND');
    history.commit('brake', 'root', { tree: overridden(lawless, STOP), by: ['mia', 21] });
    expect(history.at('brake').judgement.imposed.size).toBe(0);
    expect(history.at('brake').force.laws).toEqual([]);
  });

  test('on a merge of branches that do not go together takes authority by the law they give together', () => {
    const without = { ...byKim, ...STOP };
    const history = story()
      .commit('left', 'root', { tree: overridden(root, SUSPEND), by: ['mia', 21] })
      .commit('right', 'root', { tree: overridden(root, STOP), by: ['mia', 21] })
      .merge('merge', ['left', 'right']);
    expect(history.codes('merge')).toEqual(['MERGE_CONFLICT']);
    expect(history.at('merge').force.tree).toBe(null);
    const on = history.at('merge').tree;
    history.commit('kims', 'merge', { tree: overridden(on, without, 'b'), by: ['kim', 22] });
    history.commit('lees', 'merge', {
      tree: overridden(on, { ...STOP, principal: 'lee', key: keyOf('lee') }, 'b'),
      by: ['lee', 22],
    });
    expect(inForce(history, 'kims').flat().sort()).toEqual(['stop-candidates', 'suspend-signer']);
    expect(inForce(history, 'lees').map((acts) => acts.length)).toEqual([2, 2]);
    const { brakeLaws } = history.at('lees').force;
    expect(
      brakeLaws.map((tree) =>
        lawOf(tree)
          .overrides.map(({ act }) => act)
          .sort(),
      ),
    ).toEqual([['stop-candidates', 'stop-candidates', 'suspend-signer']]);
  });

  test('on a merge in which one side bars what the other did takes authority on each of them', () => {
    const signedOff = done(root, decision('approve', 'operator-signoff', 'kim', 21));
    const history = story()
      .commit('left', 'root', { tree: overridden(root, SUSPEND), by: ['mia', 21] })
      .commit('right', 'root', { tree: signedOff, by: ['kim', 21] })
      .merge('merge', ['left', 'right']);
    expect(history.codes('right')).toEqual([]);
    expect(history.at('merge').force.brakeLaws).toEqual(history.at('merge').force.laws);
    expect(history.at('merge').force.laws).toHaveLength(2);
  });

  test('given the name of another takes it away nowhere: both are in force, in whatever order they meet', () => {
    const freeze = { ...byKim, act: 'freeze', line: 'triage', alias: 'production' };
    for (const reason of ['a', 'b', 'c', 'd']) {
      const history = onVoid()
        .commit('left', 'bad', { tree: overridden(broken, SUSPEND), by: ['mia', 21] })
        .commit('right', 'bad', { tree: overridden(broken, { ...freeze, reason }), by: ['kim', 21] })
        .merge('one', ['left', 'right'])
        .merge('other', ['right', 'left'])
        .merge('again', ['one', 'left', 'other']);
      for (const name of ['one', 'other', 'again']) {
        expect(inForce(history, name).flat().sort()).toEqual(['freeze', 'suspend-signer']);
        expect(history.at(name).force.tree?.id).toBe(history.at('one').force.tree?.id);
      }
    }
  });

  test('is not lost to one of its name that was put on a valid branch', () => {
    const history = onVoid().commit('brake', 'bad', { tree: overridden(broken, SUSPEND), by: ['mia', 21] });
    const freeze = overridden(root, { ...byKim, act: 'freeze', line: 'triage', alias: 'production' });
    history.commit('rival', 'root', { tree: freeze, by: ['kim', 22] }).merge('merge', ['rival', 'brake']);
    expect(history.codes('rival')).toEqual([]);
    expect(inForce(history, 'merge').flat().sort()).toEqual(['freeze', 'suspend-signer']);
    const made = (name: string, role: string) => {
      const { tree } = repairOf(history, 'merge', { by: [name, 23], role });
      return history.commit(`by ${name}`, 'merge', { tree, by: [name, 23] }).codes(`by ${name}`);
    };
    expect(made('kim', 'operator')).toEqual(['PARENT_VOID', 'ROLE_NOT_HELD']);
    expect(made('eva', 'evaluation-owner')).toEqual([]);
    const { overrides } = lawOf(history.at('by eva').tree);
    expect(new Set(overrides.map(({ id }) => id)).size).toBe(2);
    history.merge('later', ['by eva', 'brake'], { tree: history.at('by eva').tree });
    expect(inForce(history, 'later').flat()).toHaveLength(2);
  });
});

function textOf(tree: TreeFolder): string {
  const folder = tree.children.get('overrides');
  const [file] = folder?.kind === 'folder' ? [...folder.children.values()] : [];
  return file?.kind === 'file' ? new TextDecoder().decode(file.bytes) : '';
}

test('what is taken away by hand is in force all the same', () => {
  const history = story().commit('bad', 'root', { tree: withoutFile(root, CARD) });
  expect(history.at('bad').force).toMatchObject({ bases: [history.at('root').id], tree: root, laws: [root] });
});
