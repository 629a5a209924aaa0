import { describe, expect, test } from 'vitest';
import { drillDocument } from '../../../src/domain/drill.ts';
import { drillFile } from '../../../src/domain/paths.ts';
import { withoutFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { drill, MIA } from '../support/drills.ts';
import { pull } from '../support/brakes.ts';
import { comment } from '../support/conversation.ts';
import { GUARDIANS, put, Story, type Made } from '../support/history.ts';
import { treeAt } from '../support/stages.ts';
import { decision, done } from '../support/world.ts';

const before = treeAt('artifact-exported', GUARDIANS);
const recorded = done(before, drill());

/** What is wrong with one commit on a history that begins with the first tree. */
function codes(from: TreeFolder, tree: TreeFolder, by?: readonly [string, number], made: Made = {}) {
  return new Story(from, ['mia', 0])
    .commit('c', 'root', { tree, ...(by !== undefined && { by }), ...made })
    .codes('c');
}

const { act } = drill()(before);
if (act.kind !== 'drill') throw new Error();
const path = drillFile(act.drill.id);
const text = drillDocument.print(act.drill);

describe('a drill in a commit', () => {
  test('is what it is, signed by who drilled', () => {
    expect(codes(before, recorded, ['mia', 7.5])).toEqual([]);
    expect(codes(before, recorded, ['lee', 7.5])).toContain('ENTRY_NOT_SIGNERS');
    expect(codes(before, recorded)).toContain('UNSIGNED');
  });

  test('is neither altered nor removed', () => {
    const slower = put(recorded, path, text.replace('"ms": 1000', '"ms": 900'));
    expect(codes(recorded, slower, ['mia', 8])).toEqual(['ENTRY_ALTERED']);
    expect(codes(recorded, withoutFile(recorded, path), ['mia', 8])).toEqual(['ENTRY_REMOVED']);
  });

  test('lies under its own name, which is its content', () => {
    const elsewhere = put(before, drillFile('e'.repeat(64)), text);
    expect(codes(before, elsewhere, ['mia', 7.5])).toEqual(['ENTRY_UNRELATED']);
    const faster = put(before, path, text.replace('"ms": 1000', '"ms": 1'));
    expect(codes(before, faster, ['mia', 7.5])).toEqual(['ENTRY_ID_FALSE']);
    expect(codes(before, put(before, 'drills/mine.json', text), ['mia', 7.5])).toEqual(['PATH_UNKNOWN']);
    expect(codes(before, put(before, `drills/2026/${act.drill.id}.json`, text), ['mia', 7.5])).toEqual([
      'PATH_UNKNOWN',
    ]);
  });

  test('is none where its report does not fit together', () => {
    const longer = put(before, path, text.replace('"ms": 1000', '"ms": 99999999'));
    expect(codes(before, longer, ['mia', 7.5])).toEqual(['DOCUMENT_UNSOUND']);
  });

  test('goes with words, with no decision and with no override', () => {
    const said = comment([], { name: 'mia', role: 'model-owner', hours: 7.5 });
    expect(codes(before, done(before, drill(), said), ['mia', 7.5])).toEqual([]);
    const freeze = { act: 'freeze', line: 'triage', alias: 'production' };
    const braked = done(before, drill(), pull(freeze, 'mia', 7.5));
    expect(codes(before, braked, ['mia', 7.5])).toEqual(['COMMIT_MIXES_DECISIONS']);
    const lee = { name: 'lee', role: 'override', hours: 7.5 } as const;
    const decided = done(before, drill(['freeze'], lee), decision('approve', 'operator-signoff', 'lee', 7.5));
    expect(codes(before, decided, ['lee', 7.5])).toEqual(['COMMIT_MIXES_DECISIONS']);
  });

  test('unites with others in a merge', () => {
    const story = new Story(before, ['mia', 0]);
    const lees = drill(['disable'], { name: 'lee', role: 'override', hours: 7.5 });
    story.commit('a', 'root', { tree: recorded, by: ['mia', 7.5] });
    story.commit('b', 'root', { tree: done(before, lees), by: ['lee', 7.5] });
    story.merge('m', ['a', 'b'], { tree: done(recorded, lees) });
    expect(story.codes('m')).toEqual([]);
  });

  test('does not outlive a suspension that it meets in a merge', () => {
    const story = new Story(before, ['mia', 0]);
    const suspend = pull({ act: 'suspend-signer', signer: 'mia' }, 'lee', 7);
    const suspended = done(before, suspend);
    story.commit('a', 'root', { tree: recorded, by: [MIA.name, MIA.hours] });
    story.commit('b', 'root', { tree: suspended, by: ['lee', 7] });
    story.merge('m', ['a', 'b'], { tree: done(recorded, suspend) });
    expect(story.codes('m')).toEqual(['ENDED_BEFORE_MERGE']);
  });
});
