import { describe, expect, test } from 'vitest';
import { genericEvaluation } from '../../../src/adapters/evals/generic.ts';
import { at, changed, codesOf, fixture, importedBy } from './support.ts';

const NAME = 'generic.json';
type Change = Parameters<typeof changed>[1];
const broken = (change: Change) => codesOf(genericEvaluation, changed(NAME, change));
const report = importedBy(genericEvaluation, fixture(NAME));

describe('a generic evaluation', () => {
  test('keeps every digit, and leaves the average of a group out', () => {
    expect(report.tasks.map(({ task, value, stderr }) => [task, value, stderr])).toEqual([
      ['claims_latency', '812', undefined],
      ['claims_routing', '0.5100000000000000001', '0.01'],
    ]);
    expect(report.groups).toEqual(['claims']);
  });
  test('cannot be taken for one of a harness that has an importer of its own', () => {
    const { harness } = importedBy(
      genericEvaluation,
      changed(NAME, (tree) => (at(tree, 'harness')['name'] = 'lm-evaluation-harness')),
    );
    expect(harness.name).toBe('generic-lm-evaluation-harness');
  });
  test.each<[string, string, Change]>([
    ['that is not complete', 'EVAL_NOT_FINISHED', (tree) => (tree['status'] = 'aborted')],
    ['without a status', 'EVAL_NOT_THIS_FORMAT', (tree) => delete tree['status']],
    ['with samples not run', 'EVAL_INCOMPLETE', (tree) => (at(tree, 'tasks', 1, 'samples')['run'] = 199)],
    ['with samples not scored', 'EVAL_UNSCORED', (tree) => (at(tree, 'tasks', 1, 'samples')['scored'] = 199)],
    ['with a text for a value', 'EVAL_NOT_THIS_FORMAT', (tree) => (at(tree, 'tasks', 1)['value'] = '0.51')],
    ['with a value beyond bounds', 'EVAL_NOT_A_NUMBER', (tree) => (at(tree, 'tasks', 1)['value'] = 1e300)],
    [
      'with one task twice',
      'EVAL_SEVERAL_RUNS',
      (tree) =>
        Object.assign(at(tree, 'tasks', 2), { task: 'claims_routing', metric: 'acc', filter: 'none' }),
    ],
    ['with a member of no meaning', 'EVAL_NOT_THIS_FORMAT', (tree) => (tree['note'] = 'x')],
    [
      'without digests of its prompts',
      'EVAL_NOT_THIS_FORMAT',
      (tree) => delete at(tree, 'tasks', 1)['promptsSha256'],
    ],
    [
      'with nothing but groups',
      'EVAL_NOT_THIS_FORMAT',
      (tree) => (tree['groups'] = ['claims', 'claims_latency', 'claims_routing']),
    ],
    [
      'of a later version',
      'EVAL_NOT_THIS_FORMAT',
      (tree) => (tree['schema'] = 'modelsmith/generic-evaluation/v2'),
    ],
  ])('%s is refused: %s', (_, code, change) => expect(broken(change)).toEqual([code]));

  const second: Change = (tree) => {
    tree['tasks'] = [{ ...at(tree, 'tasks', 1), task: 'claims_more' }];
  };
  test('in several files is one run where run, harness and model are the same', () =>
    expect(importedBy(genericEvaluation, fixture(NAME), changed(NAME, second)).tasks).toHaveLength(3));
  test.each<[string, Change]>([
    ['run', (tree) => (tree['run'] = 'nightly-18')],
    ['model', (tree) => (at(tree, 'model')['adapter'] = 'other')],
    ['harness', (tree) => (at(tree, 'harness')['version'] = '4.3')],
  ])('in several files of another %s is refused', (_, change) => {
    const other = changed(NAME, (tree) => {
      second(tree);
      change(tree);
    });
    expect(codesOf(genericEvaluation, fixture(NAME), other)).toEqual(['EVAL_SEVERAL_RUNS']);
  });
  test('with keys that objects have of their own is refused, and harms nothing', () => {
    const text = new TextDecoder()
      .decode(fixture(NAME))
      .replace('"run":', '"__proto__": {"run": "x"}, "run":');
    expect(codesOf(genericEvaluation, new TextEncoder().encode(text))).toEqual(['EVAL_NOT_THIS_FORMAT']);
  });
});
