import { describe, expect, test } from 'vitest';
import { commentDocument } from '../../../src/domain/comment.ts';
import { bundleFolder, commentFile } from '../../../src/domain/paths.ts';
import { withoutFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { addEvidence, artifactOf, deprecateIt, requestIt } from '../support/acts.ts';
import { grants, overridden } from '../support/changes.ts';
import { comment, expedite } from '../support/conversation.ts';
import { GUARDIANS, put, Story, type Made } from '../support/history.ts';
import { keyOf, type LawChanges } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, decision, done, iterationOf, newestId } from '../support/world.ts';

const LAW: LawChanges = { people: { ...GUARDIANS.people, may: { roles: grants(['ml-manager']) } } };
const exported = treeAt('artifact-exported', LAW);
const BUNDLE = bundleFolder(iterationOf());
const byLee = { name: 'lee', role: 'operator', hours: 8 } as const;

/** What is wrong with one commit on a history that begins with the first tree. */
function codes(before: TreeFolder, tree: TreeFolder, by?: readonly [string, number], made: Made = {}) {
  return new Story(before, ['mia', 0])
    .commit('c', 'root', { tree, ...(by !== undefined && { by }), ...made })
    .codes('c');
}

function textOf(build: ReturnType<typeof comment>, tree = exported): { path: string; text: string } {
  const { act } = build(tree);
  if (act.kind !== 'comment') throw new Error();
  return { path: commentFile(act.comment.id), text: commentDocument.print(act.comment) };
}

describe('a comment in a commit', () => {
  const { path, text } = textOf(comment());
  const said = done(exported, comment());

  test('is what it is', () => {
    expect(codes(exported, said, ['kim', 7.5])).toEqual([]);
    expect(codes(exported, done(exported, expedite(72)), ['may', 7.5])).toEqual([]);
  });

  test('is its author’s, who signs it', () => {
    expect(codes(exported, said, ['lee', 7.5])).toEqual([
      'ENTRY_NOT_SIGNERS',
      'ENTRY_OTHER_KEY',
      'SIGNATURE_LOST',
    ]);
    expect(codes(exported, said)).toEqual(['SIGNATURE_LOST', 'UNSIGNED']);
  });

  test('is neither altered nor removed', () => {
    const other = put(said, `${BUNDLE}/${path}`, text.replace('Have a look', 'Do not look'));
    expect(codes(said, other, ['kim', 7.6])).toEqual(['ENTRY_ALTERED']);
    expect(codes(said, withoutFile(said, `${BUNDLE}/${path}`), ['kim', 7.6])).toEqual(['ENTRY_REMOVED']);
  });

  test('does not say another thing under the same id', () => {
    const forged = put(exported, `${BUNDLE}/${path}`, text.replace('Have a look', 'Do not look'));
    expect(codes(exported, forged, ['kim', 7.5])).toEqual(['ENTRY_ID_FALSE']);
  });

  test.each([
    ['under another name', `${BUNDLE}/comments/${'f'.repeat(64)}.json`, text, ['ENTRY_UNRELATED']],
    ['among the decisions', `${BUNDLE}/approvals/${'f'.repeat(64)}.json`, text, ['DOCUMENT_UNSOUND']],
    ['in no file of its kind', `${BUNDLE}/comments/notes.txt`, text, ['PATH_UNKNOWN']],
    ['below another folder', `${BUNDLE}/comments/old/${'f'.repeat(64)}.json`, text, ['PATH_UNKNOWN']],
    ['that is no comment', `${BUNDLE}/${path}`, '{}\n', ['DOCUMENT_UNSOUND']],
    ['in other spelling', `${BUNDLE}/${path}`, `${text}\n`, ['DOCUMENT_UNSOUND']],
    ['about nothing there is', `promotions/triage/9.9.9/${path}`, text, ['ITERATION_UNKNOWN']],
  ])('does not lie %s', (_what, where, content, expected) => {
    expect(codes(exported, put(exported, where, content), ['kim', 7.5])).toEqual(expected);
  });

  test('lies with the iteration it is about', () => {
    const two = done(treeAt('candidate', LAW), requestIt({ artifact: artifactOf('others') }, '1.1.0', 5));
    const other = put(two, `${bundleFolder(iterationOf('1.1.0'))}/${path}`, text);
    expect(codes(two, other, ['kim', 7.5])).toEqual(['ENTRY_UNRELATED']);
  });
});

describe('what one signature holds', () => {
  const asked = done(exported, decision('request-changes', 'operator-signoff', 'kim', 8));
  const card = { 'model-card.md': '# Model card\n\nWith limits.\n' };
  const answered = (tree: TreeFolder) =>
    done(tree, addEvidence(card, { answers: [newestId(asked)] }, 9), (now) => {
      const { evidence } = bundleAt(now).record;
      const about = [newestId(asked), evidence.at(-1)?.id ?? ''];
      return comment([...about].sort(), { name: 'ci', role: 'pipeline', hours: 9 })(now);
    });

  test('evidence with words about it, and about what it answers', () => {
    expect(codes(asked, answered(asked), ['ci', 9])).toEqual([]);
  });

  test('several comments, of which none speaks of another', () => {
    const both = done(exported, comment(), comment([], undefined, { reason: 'And at the rollback.' }));
    expect(codes(exported, both, ['kim', 7.5])).toEqual([]);
  });

  test('no comment beside a person’s decision', () => {
    const mixed = done(exported, decision('approve', 'operator-signoff', 'lee', 8), comment([], byLee));
    expect(codes(exported, mixed, ['lee', 8])).toEqual(['COMMIT_MIXES_DECISIONS']);
    const ended = done(exported, comment([], byLee), deprecateIt({}, { ...byLee, role: 'team-lead' }));
    expect(codes(exported, ended, ['lee', 8])).toEqual(['COMMIT_MIXES_DECISIONS']);
  });

  test('no comment beside what nobody allowed', () => {
    const more = put(done(exported, comment()), `${BUNDLE}/model-card.md`, '# Other\n\nx\n');
    expect(codes(exported, more, ['kim', 7.5])).toEqual(['UNEXPLAINED_CHANGE']);
  });
});

describe('comments on two branches', () => {
  const kims = done(exported, comment());
  const lees = done(exported, comment([], byLee, { reason: 'I did.' }));
  const both = done(kims, comment([], byLee, { reason: 'I did.' }));
  const story = () =>
    new Story(exported, ['mia', 0])
      .commit('one', 'root', { tree: kims, by: ['kim', 7.5] })
      .commit('other', 'root', { tree: lees, by: ['lee', 8] });

  test('unite', () => {
    expect(story().merge('both', ['one', 'other'], { tree: both }).codes('both')).toEqual([]);
    expect(story().merge('lost', ['one', 'other'], { tree: kims }).codes('lost')).toEqual([
      'MERGE_NOT_MECHANICAL',
    ]);
  });

  test('unite with a decision, an end and a wish', () => {
    const signed = done(exported, decision('approve', 'operator-signoff', 'lee', 8));
    const wished = done(exported, expedite(72));
    const history = new Story(exported, ['mia', 0])
      .commit('signed', 'root', { tree: signed, by: ['lee', 8] })
      .commit('wished', 'root', { tree: wished, by: ['may', 7.5] })
      .merge('both', ['signed', 'wished'], { tree: done(signed, expedite(72)) });
    expect(history.codes('both')).toEqual([]);
    const gone = done(exported, deprecateIt({}, { ...byLee, role: 'team-lead' }));
    const file = textOf(expedite(72));
    const after = new Story(exported, ['mia', 0])
      .commit('gone', 'root', { tree: gone, by: ['lee', 8] })
      .commit('wished', 'root', { tree: wished, by: ['may', 7.5] })
      .merge('both', ['gone', 'wished'], { tree: put(gone, `${BUNDLE}/${file.path}`, file.text) });
    expect(after.codes('both')).toEqual([]);
  });

  // Words are acts like any others: who is suspended has none that count, whatever they are.
  test('are words, for which no merge fails, whatever the other side brought', () => {
    const brake = { act: 'suspend-signer', signer: 'kim' };
    const history = new Story(exported, ['mia', 0])
      .commit('one', 'root', { tree: kims, by: ['kim', 7.5] })
      .commit('brake', 'root', { tree: overridden(exported, brake, 'a', 8), by: ['mia', 8] })
      .merge('both', ['one', 'brake'], { tree: overridden(kims, brake, 'a', 8) });
    expect(history.codes('brake')).toEqual([]);
    expect(history.codes('both')).toEqual([]);
  });

  test('are not made by whom an override suspends, nor with a key that is known to be stolen', () => {
    const { path, text } = textOf(comment());
    const brakes = [
      { act: 'suspend-signer', signer: 'kim' },
      { act: 'revoke-signer', keys: [keyOf('kim')], as: 'compromised' },
    ];
    const after = brakes.map((brake) => {
      const tree = overridden(exported, brake);
      return codes(tree, put(tree, `${BUNDLE}/${path}`, text), ['kim', 7.5]);
    });
    expect(after).toEqual([['ROLE_NOT_HELD'], ['KEY_ENDED']]);
  });
});
