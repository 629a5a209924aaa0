import { describe, expect, test } from 'vitest';
import { exceptionFolder } from '../../../src/domain/paths.ts';
import { strandOf } from '../../../src/domain/strands.ts';
import { fileAt, filesUnder, withFile, withoutFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { tornApart } from '../../../src/judge/torn-apart.ts';
import { deprecateIt, moveTo } from '../support/acts.ts';
import {
  closeIt,
  EXCEPTING,
  newest,
  openIt,
  requestUsing,
  REVIEW,
  reviewIt,
  sayOf,
  takeBack,
} from '../support/exceptions.ts';
import { put, Story, type Made } from '../support/history.ts';
import { ON_TO_SIGN_OFF, treeAt } from '../support/stages.ts';
import { at, bundleAt, decision, done } from '../support/world.ts';

const DAY = 24;
const locked = treeAt('locked', EXCEPTING);
const opened = done(locked, openIt());
const approved = done(opened, sayOf('approve', 'dan', 'security-owner', 3));
const used = done(approved, requestUsing());
const closed = done(approved, closeIt('lee', 'operator', 4));
const reviewed = done(closed, reviewIt('lee', 'operator', 5));
const A = 'a'.repeat(64);
const { line, id } = newest(opened).exception;
const folder = exceptionFolder(line, id);
const textAt = (tree: TreeFolder, path: string) => new TextDecoder().decode(fileAt(tree, path)?.bytes);
const pathOf = (tree: TreeFolder, below: string, ending = '.json') =>
  `${folder}/${below}/${filesUnder(tree, `${folder}/${below}`).find(([name]) => name.endsWith(ending))?.[0] ?? ''}`;

/** What is wrong with one commit on a history that begins with the first tree. */
function codes(before: TreeFolder, tree: TreeFolder, by: readonly [string, number], made: Made = {}) {
  return new Story(before, ['mia', 0]).commit('c', 'root', { tree, by, ...made }).codes('c');
}

describe('files of an exception', () => {
  test('each of its acts is a commit of its own', () => {
    expect(codes(locked, opened, ['lee', 2])).toEqual([]);
    expect(codes(opened, approved, ['dan', 3])).toEqual([]);
    expect(codes(approved, used, ['ci', 4])).toEqual([]);
    expect(codes(approved, closed, ['lee', 4])).toEqual([]);
    expect(codes(closed, reviewed, ['lee', 5])).toEqual([]);
  });

  test('it is closed and reviewed in one signature, and decided on beside nothing else', () => {
    const both = done(approved, closeIt('lee', 'operator', 4), reviewIt('lee', 'operator', 4));
    expect(codes(approved, both, ['lee', 4])).toEqual([]);
    const other = done(opened, sayOf('approve', 'dan', 'security-owner', 3));
    const two = done(other, openIt({ reason: 'another' }, 'dan', 'security-owner', 3));
    expect(codes(opened, two, ['dan', 3])).toEqual(['COMMIT_MIXES_DECISIONS']);
  });

  test('nobody opens, approves and uses it in one commit', () => {
    expect(codes(opened, done(approved, requestUsing({}, '1.0.0', 3)), ['dan', 3])).toContain(
      'COMMIT_MIXES_DECISIONS',
    );
    expect(codes(opened, used, ['ci', 4])).toContain('ENTRY_NOT_SIGNERS');
  });

  const approval = pathOf(approved, 'approvals');
  const review = pathOf(reviewed, 'reviews');
  const text = pathOf(reviewed, 'reviews', '.md');
  test.each([
    [
      'an exception that is none',
      locked,
      put(locked, `${folder}/exception.json`, '{}'),
      ['DOCUMENT_UNSOUND'],
    ],
    ['a word that is none', opened, put(opened, approval, '{}'), ['DOCUMENT_UNSOUND']],
    ['an end that is none', approved, put(approved, `${folder}/closed.json`, '{}'), ['DOCUMENT_UNSOUND']],
    ['a review that is none', closed, put(closed, review, '{}'), ['DOCUMENT_UNSOUND']],
    [
      'an exception elsewhere',
      locked,
      put(locked, `exceptions/triage/${A}/exception.json`, textAt(opened, `${folder}/exception.json`)),
      ['ENTRY_UNRELATED'],
    ],
    [
      'an exception of another line',
      locked,
      put(locked, `exceptions/triage-2/${id}/exception.json`, textAt(opened, `${folder}/exception.json`)),
      ['ENTRY_UNRELATED'],
    ],
    [
      'a word elsewhere',
      opened,
      put(opened, `${folder}/approvals/${A}.json`, textAt(approved, approval)),
      ['ENTRY_UNRELATED'],
    ],
    [
      'an end elsewhere',
      approved,
      put(approved, `exceptions/triage/${A}/closed.json`, textAt(closed, `${folder}/closed.json`)),
      ['ENTRY_UNRELATED'],
    ],
    [
      'a review elsewhere',
      closed,
      put(closed, `${folder}/reviews/${A}.json`, textAt(reviewed, review)),
      ['ENTRY_UNRELATED'],
    ],
    ['a review without its text', closed, withoutFile(reviewed, text), ['EVIDENCE_UNSOUND', 'FILE_DIFFERS']],
    ['a text without its review', closed, withoutFile(reviewed, review), ['NO_ACT']],
    ['a text of another review', reviewed, put(reviewed, `${folder}/reviews/${A}.md`, 'x'), ['NO_ACT']],
    ['a text that is altered', reviewed, put(reviewed, text, 'x'), ['ENTRY_ALTERED']],
    ['an approval that is taken away', approved, withoutFile(approved, approval), ['ENTRY_REMOVED']],
    ['an end that is taken away', closed, withoutFile(closed, `${folder}/closed.json`), ['ENTRY_REMOVED']],
    ['an exception made longer', opened, put(opened, `${folder}/exception.json`, 'x'), ['ENTRY_ALTERED']],
    ['a file that has no meaning', opened, put(opened, `${folder}/notes.json`, '{}'), ['PATH_UNKNOWN']],
    ['a folder that has no meaning', opened, put(opened, `${folder}/notes/x.json`, '{}'), ['PATH_UNKNOWN']],
    ['a review by no id', opened, put(opened, `${folder}/reviews/x.json`, '{}'), ['PATH_UNKNOWN']],
    ['a word by no id', opened, put(opened, `${folder}/approvals/x.json`, '{}'), ['PATH_UNKNOWN']],
    ['a word too deep', opened, put(opened, `${folder}/approvals/${A}/x.json`, '{}'), ['PATH_UNKNOWN']],
    [
      'an exception by no id',
      opened,
      put(opened, 'exceptions/triage/x/exception.json', '{}'),
      ['PATH_UNKNOWN'],
    ],
  ] as const)('%s is refused', (_what, before, tree, expected) => {
    expect(codes(before, tree, ['lee', 5])).toEqual(expected);
  });
});

describe('strands', () => {
  test('each exception is one, and what is said of it a log', () => {
    for (const name of ['exception.json', 'closed.json', `reviews/${A}.json`, `reviews/${A}.md`])
      expect(strandOf(`${folder}/${name}`)).toBe(`exception ${line}/${id}`);
    expect(strandOf(`${folder}/approvals/${A}.json`)).toBeNull();
  });

  test('a choice leaves no request without its exception, and no renewal without what it renews', () => {
    const gone = (tree: TreeFolder) =>
      filesUnder(tree, folder).reduce((left, [name]) => withoutFile(left, `${folder}/${name}`), tree);
    expect(tornApart(used)).toEqual([]);
    expect(tornApart(gone(used)).map(({ code }) => code)).toEqual(['EXCEPTION_UNKNOWN']);
    const again = done(approved, openIt({ renews: id, reliedOn: [id] }, 'lee', 'operator', 4));
    expect(tornApart(again)).toEqual([]);
    expect(tornApart(gone(again)).map(({ code }) => code)).toEqual(['EXCEPTION_UNKNOWN']);
  });
});

describe('a merge', () => {
  const exported = done(used, ...ON_TO_SIGN_OFF);
  const step = moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 8 });
  const deployed = done(exported, step);

  /** What is wrong with the merge of two branches from one tree. */
  function merged(
    base: TreeFolder,
    mine: readonly [TreeFolder, readonly [string, number]],
    theirs: readonly [TreeFolder, readonly [string, number]],
  ) {
    const story = new Story(base, ['mia', 0])
      .commit('mine', 'root', { tree: mine[0], by: mine[1], now: 2000 })
      .commit('theirs', 'root', { tree: theirs[0], by: theirs[1], now: 2000 });
    expect([...story.codes('mine'), ...story.codes('theirs')]).toEqual([]);
    const files = [base, mine[0], theirs[0]].flatMap((tree) => filesUnder(tree, ''));
    const tree = files.reduce((all, [path, file]) => {
      const changed = [mine[0], theirs[0]].find((side) => {
        const value = fileAt(side, path)?.sha256;
        return value !== fileAt(base, path)?.sha256 && value !== undefined;
      });
      return withFile(all, path, fileAt(changed ?? base, path)?.bytes ?? file.bytes);
    }, base);
    return story.merge('m', ['mine', 'theirs'], { tree }).codes('m');
  }

  const ended = ['ENDED_BEFORE_MERGE'];
  const note = (hours: number, tree = approved) =>
    [done(tree, openIt({ reason: 'beside' }, 'dana', 'domain-expert', hours)), ['dana', hours]] as const;

  test('a use meets the end that another branch brought', () => {
    expect(merged(approved, [used, ['ci', 4]], [closed, ['lee', 4]])).toEqual(ended);
    expect(merged(approved, [used, ['ci', 4]], note(2 + 5 * DAY))).toEqual(ended);
    expect(merged(approved, [used, ['ci', 4]], note(2 + 5 * DAY - 1))).toEqual([]);
  });

  test('so does a step by people of what was let in by it', () => {
    const over = [done(exported, closeIt('lee', 'operator', 8)), ['lee', 8]] as const;
    expect(merged(exported, [deployed, ['kim', 8]], over)).toEqual(ended);
    expect(merged(exported, [deployed, ['kim', 8]], note(2 + 5 * DAY, exported))).toEqual(ended);
    expect(merged(exported, [deployed, ['kim', 8]], note(2 + 4 * DAY, exported))).toEqual([]);
  });

  test('a renewal meets that what it renews was closed, and not that it expired', () => {
    const renewal = openIt({ renews: id, reliedOn: [id], reason: 'again' }, 'lee', 'operator', 4);
    const renewed = [done(approved, renewal), ['lee', 4]] as const;
    expect(merged(approved, renewed, [closed, ['lee', 4]])).toEqual(ended);
    expect(merged(approved, renewed, note(2 + 5 * DAY))).toEqual([]);
  });

  test('a step goes on where the exception was renewed meanwhile', () => {
    const renewal = openIt(
      { renews: id, reliedOn: [id], expires: at(15 * DAY), reviewDue: at(15 * DAY) },
      'lee',
      'operator',
      5 * DAY,
    );
    const late = [done(exported, renewal), ['lee', 5 * DAY]] as const;
    expect(merged(exported, [deployed, ['kim', 8]], late)).toEqual([]);
  });

  test('a step is not excused by a renewal that it did not rest on', () => {
    const pending = done(
      exported,
      openIt({ renews: id, reliedOn: [id], reason: 'again' }, 'lee', 'operator', 7.5),
    );
    const moved = done(pending, step);
    const closing = done(pending, closeIt('lee', 'operator', 8, { exception: id, reliedOn: [id] }));
    expect(merged(pending, [moved, ['kim', 8]], [closing, ['lee', 8]])).toEqual(ended);
  });

  test('a step that rests on a renewal meets that what it renews was closed', () => {
    const late = 2 + 5 * DAY;
    const terms = { expires: at(late + DAY), reviewDue: at(late + DAY), reason: 'again' };
    const renewed = done(
      exported,
      openIt({ renews: id, reliedOn: [id], ...terms }, 'lee', 'operator', 8.2),
      sayOf('approve', 'gil', 'security-owner', 8.4),
    );
    const second = newest(renewed).exception.id;
    const moved = done(renewed, moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: late }));
    expect(bundleAt(moved).record.transitions.at(-1)?.reliedOn).toContain(second);
    const closing = done(renewed, closeIt('lee', 'operator', 9, { exception: id, reliedOn: [id] }));
    expect(merged(renewed, [moved, ['kim', late]], [closing, ['lee', 9]])).toEqual(ended);
    expect(merged(renewed, [moved, ['kim', late]], note(9, renewed))).toEqual([]);
  });

  test('a step, a use and a renewal meet a review that is overdue by then, unless it was written there', () => {
    const ruleless = done(
      treeAt('artifact-exported', { ...EXCEPTING, policy: { exceptions: { maxDays: 14, reviewDays: 7 } } }),
      openIt({}, 'lee', 'operator', 8),
      sayOf('approve', 'dan', 'security-owner', 8.2),
    );
    const first = newest(ruleless).exception.id;
    const renewals = done(
      ruleless,
      openIt({ renews: first, reliedOn: [first], reason: 'again' }, 'lee', 'operator', 8.5),
      decision('approve', 'operator-signoff', 'kim', 9),
    );
    const due = 8 + 10 * DAY;
    const moved = done(renewals, moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 9 }));
    const beside = (hours: number) => note(hours, renewals);
    expect(merged(renewals, [moved, ['kim', 9]], beside(due + 1))).toEqual(ended);
    expect(merged(renewals, [moved, ['kim', 9]], beside(due - 1))).toEqual([]);
    const about = { exception: first, reliedOn: [first] };
    const written = done(renewals, reviewIt('lee', 'operator', due + 1, REVIEW, about));
    expect(merged(renewals, [moved, ['kim', 9]], [written, ['lee', due + 1]])).toEqual([]);
    const third = openIt({ renews: first, reliedOn: [first], reason: 'once more' }, 'lee', 'operator', 9);
    expect(merged(renewals, [done(renewals, third), ['lee', 9]], beside(due + 1))).toEqual(ended);
    expect(merged(renewals, [done(renewals, deprecateIt()), ['lee', 20]], beside(due + 1))).toEqual([]);
  });

  test('an end, an objection and the withdrawal of an approval are never held back', () => {
    const late = note(2 + 5 * DAY);
    expect(merged(approved, [closed, ['lee', 4]], late)).toEqual([]);
    const no = done(approved, sayOf('reject', 'eva', 'evaluation-owner', 4));
    expect(merged(approved, [no, ['eva', 4]], [used, ['ci', 4]])).toEqual([]);
    const word = newest(approved).approvals[0]?.id ?? '';
    const back = done(approved, takeBack(word, 'dan', 'security-owner', 4));
    expect(merged(approved, [back, ['dan', 4]], [used, ['ci', 4]])).toEqual([]);
  });

  test('two that both end it are in conflict, and two approvals are not', () => {
    const other = done(approved, closeIt('dan', 'security-owner', 4));
    expect(merged(approved, [closed, ['lee', 4]], [other, ['dan', 4]])).toEqual(['MERGE_CONFLICT']);
    const gil = done(opened, sayOf('approve', 'gil', 'security-owner', 3));
    expect(merged(opened, [approved, ['dan', 3]], [gil, ['gil', 3]])).toEqual([]);
  });
});
