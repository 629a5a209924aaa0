import { describe, expect, test } from 'vitest';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { lockNow } from '../support/acts.ts';
import { overridden } from '../support/changes.ts';
import { GUARDIANS, put, repairOf, Story } from '../support/history.ts';
import { treeAt } from '../support/stages.ts';
import { decision, done } from '../support/world.ts';

const CARD = 'promotions/triage/1.0.0/model-card.md';
const STOP = { act: 'stop-candidates', lines: ['*'] };
const root = treeAt('artifact-exported', GUARDIANS);
const broken = put(root, CARD, 'x\n');

/** A commit edits the history by hand, a branch of code grows out of it, and the history is repaired. */
function repaired(): Story {
  const history = new Story(root, ['mia', 7.5]).commit('bad', 'root', { tree: broken }).commit('code', 'bad');
  const { tree } = repairOf(history, 'bad', { by: ['eva', 9], role: 'evaluation-owner' });
  return history.commit('repair', 'bad', { tree, by: ['eva', 9] });
}
const home = (history: Story, side: string, tree: TreeFolder = history.at('repair').tree) =>
  history.merge('home', ['repair', side], { tree });

describe('a branch that grew out of a void commit', () => {
  test('comes home after the repair, in either order, and moves no clock', () => {
    const history = home(repaired(), 'code');
    expect(history.codes('home')).toEqual([]);
    expect(history.at('home')).toMatchObject({ clock: history.at('repair').clock });
    const { tree } = history.at('repair');
    history.merge('other way', ['code', 'repair'], { tree });
    expect(history.codes('other way')).toEqual([]);
  });

  test('brings its brakes, all of them and nothing else', () => {
    const history = repaired().commit('brake', 'code', { tree: overridden(broken, STOP), by: ['mia', 8] });
    const { tree } = history.at('repair');
    expect(home(history, 'brake').codes('home')).toEqual(['PARENT_VOID']);
    const braked = overridden(tree, STOP);
    history.merge('with', ['repair', 'brake'], { tree: braked });
    expect(history.codes('with')).toEqual([]);
    history.merge('more', ['repair', 'brake'], { tree: put(braked, CARD, 'y\n') });
    expect(history.codes('more')).toEqual(['PARENT_VOID']);
  });

  test('does not come home where a brake of that name says something else', () => {
    const history = repaired().commit('brake', 'code', { tree: overridden(broken, STOP), by: ['mia', 8] });
    const { tree } = history.at('repair');
    const other = overridden(tree, { act: 'suspend-signer', signer: 'kim' });
    history.commit('rival', 'repair', { tree: other, by: ['mia', 10] });
    expect(history.codes('rival')).toEqual([]);
    history.merge('home', ['rival', 'brake'], { tree: other });
    expect(history.codes('home')).toEqual(['PARENT_VOID']);
  });

  test('does not come home before the repair, nor with a decision that no incident names', () => {
    const before = new Story(root, ['mia', 7.5])
      .commit('bad', 'root', { tree: broken })
      .commit('next', 'root');
    before.merge('home', ['next', 'bad'], { tree: root });
    expect(before.codes('home')).toEqual(['PARENT_VOID']);
    const no = done(root, decision('reject', 'operator-signoff', 'kim', 8));
    const history = repaired().commit('no', 'code', { tree: no, by: ['kim', 8] });
    expect(home(history, 'no').codes('home')).toEqual(['PARENT_VOID']);
  });

  test('comes home with a decision that was set aside by name', () => {
    const no = done(root, decision('reject', 'operator-signoff', 'kim', 8));
    const history = new Story(root, ['mia', 7.5])
      .commit('bad', 'root', { tree: broken })
      .commit('no', 'bad', { tree: no, by: ['kim', 8] });
    const { tree } = repairOf(history, 'no', { by: ['eva', 9], role: 'evaluation-owner' });
    history.commit('repair', 'no', { tree, by: ['eva', 9] });
    expect(history.codes('repair')).toEqual([]);
    history.commit('code', 'no');
    expect(home(history, 'code').codes('home')).toEqual([]);
  });

  test('does not come home from valid commits that the other history does not have', () => {
    const locked = done(root, lockNow({}, 8));
    const history = repaired()
      .commit('lock', 'root', { tree: locked, by: ['ci', 8] })
      .commit('worse', 'lock', { tree: put(locked, CARD, 'x\n') });
    expect(home(history, 'worse').codes('home')).toEqual(['PARENT_VOID']);
  });

  test('moves no guarded path', () => {
    const [old, moved] = [new Map([['ci', 'file 1']]), new Map([['ci', 'file 2']])];
    const tree = treeAt('law', { ...GUARDIANS, policy: { guarded: ['ci'] } });
    const history = new Story(tree, ['mia', 7.5], old).commit('bad', 'root', { guarded: moved });
    const made = repairOf(history, 'bad', { by: ['eva', 9], role: 'evaluation-owner' });
    history.commit('repair', 'bad', { tree: made.tree, guarded: old, by: ['eva', 9] });
    history.merge('home', ['repair', 'bad'], { tree: made.tree, guarded: moved });
    history.merge('kept', ['repair', 'bad'], { tree: made.tree, guarded: old });
    expect(history.codes('home')).toEqual(['PARENT_VOID']);
    expect(history.codes('kept')).toEqual([]);
  });

  test('comes home alone, and to a valid one', () => {
    const history = repaired().commit('again', 'bad');
    const { tree } = history.at('repair');
    history.merge('two', ['repair', 'code', 'again'], { tree });
    history.merge('void', ['code', 'again'], { tree: broken });
    expect(history.codes('two')).toEqual(['PARENT_VOID']);
    expect(history.codes('void')).toEqual(['PARENT_VOID']);
  });
});

describe('a stranger’s history', () => {
  test('is merged where it brings nothing governed, from either side', () => {
    const history = new Story(root, ['mia', 7.5]);
    history.merge('one', ['root', 'stranger'], { tree: root });
    history.merge('other', ['stranger', 'root'], { tree: root });
    expect(history.codes('one')).toEqual([]);
    expect(history.codes('other')).toEqual([]);
    history.merge('more', ['root', 'stranger'], { tree: put(root, CARD, 'x\n') });
    expect(history.codes('more')).toEqual(['MERGE_NOT_MECHANICAL']);
  });
});
