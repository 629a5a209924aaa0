import { describe, expect, test } from 'vitest';
import { lawOf, parseLaw } from '../../../src/machine/law.ts';
import { bundleOf } from '../../../src/machine/world.ts';
import { EMPTY_TREE, withFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { encode, lawTree, rubricText } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { iterationOf } from '../support/world.ts';

const put = (path: string, text: string, tree: TreeFolder = lawTree()) => withFile(tree, path, encode(text));
const problems = (tree: TreeFolder): string => {
  const law = parseLaw(tree);
  return law.ok ? '' : law.problems.map(({ place, message }) => `${place.file} ${message}`).join('\n');
};

describe('the law of a tree', () => {
  test('is read once for each policy folder', () => {
    const tree = lawTree();
    expect(parseLaw(tree)).toBe(parseLaw(put('locks/x', 'x', tree)));
    expect(lawOf(tree).rubrics.has('claims')).toBe(true);
  });

  test.each([
    ['nothing at all', EMPTY_TREE, 'modelsmith.yaml is missing'],
    ['no policy', put('modelsmith.yaml', 'x', EMPTY_TREE), 'policy/policy.yaml is missing'],
    [
      'no policy file',
      put('policy/x', 'x', put('modelsmith.yaml', 'x', EMPTY_TREE)),
      'policy/policy.yaml is missing',
    ],
    [
      'a reader of held-out items whom nobody knows',
      lawTree({ line: { evidenceReaders: ['nobody'] } }),
      'lets nobody read its held-out items',
    ],
    ['a rubric that is none', put('policy/rubrics/other.json', '{}'), 'policy/rubrics/other.json'],
    [
      'a folder among the rubrics',
      put('policy/rubrics/x/y.json', '{}'),
      'is no file the policy folder knows',
    ],
    ['a rubric under another name', put('policy/rubrics/other.json', rubricText()), 'name the file after it'],
    ['a key file under no fingerprint', put('policy/keys/kim.asc', 'x'), 'must be named'],
    ['a key of nobody', put(`policy/keys/${'F'.repeat(40)}.asc`, 'x'), 'belongs to nobody'],
    [
      'a key that is not there',
      lawTree({ people: { kim: { keys: [{ fingerprint: 'F'.repeat(40) }] } } }),
      'is not there',
    ],
    ['a stray file', put('policy/notes.txt', 'x'), 'is no file the policy folder knows'],
    ['a rubric that is not there', lawTree({ line: { rubric: 'other' } }), 'names the rubric other'],
    [
      'a threshold that no score reaches',
      lawTree({ line: { thresholds: { core: '72', heldOut: '0.6', maxRegressions: 0 } } }),
      'must be from 0 to 1',
    ],
    [
      'a threshold that every score reaches',
      lawTree({ line: { thresholds: { core: '0.7', heldOut: '-0.1', maxRegressions: 0 } } }),
      'must be from 0 to 1',
    ],
    ['an owner who is nobody', lawTree({ line: { owner: 'zoe' } }), 'is owned by zoe'],
  ])('%s', (_what, tree, words) => {
    expect(problems(tree)).toContain(words);
    expect(() => lawOf(tree)).toThrow();
  });
});

test('thresholds may be anything that a score can be', () => {
  for (const [core, heldOut] of [
    ['0', '1'],
    ['1.0', '0.70'],
  ])
    expect(problems(lawTree({ line: { thresholds: { core, heldOut, maxRegressions: 0 } } }))).toBe('');
});

test('everything people wrote wrongly is said at once', () => {
  const files = ['modelsmith.yaml', 'policy/policy.yaml', 'policy/signers.yaml'];
  for (const broken of [files, files.slice(1), files.slice(2), [files[0] ?? ''], [files[1] ?? '']]) {
    const tree = broken.reduce((of, path) => put(path, 'schema: x\n', of), put('policy/notes.txt', 'x'));
    const named = new Set(
      problems(tree)
        .split('\n')
        .map((line) => line.split(' ')[0]),
    );
    expect([...named]).toEqual([...broken, 'policy/notes.txt']);
  }
});

test('a record that was never judged cannot be read as if it had been', () => {
  const tree = put('promotions/triage/1.0.0/promotion-record.json', '{}', treeAt('candidate'));
  expect(() => bundleOf(tree, iterationOf())).toThrow('promotion-record.json');
});
