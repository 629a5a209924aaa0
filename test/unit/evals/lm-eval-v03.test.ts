import { describe, expect, test } from 'vitest';
import { lmEvalV03 } from '../../../src/adapters/evals/lm-eval-v03.ts';
import { at, changed, codesOf, fixture, importedBy } from './support.ts';

const NAME = 'lm-eval-v03.json';
const broken = (change: Parameters<typeof changed>[1]) => codesOf(lmEvalV03, changed(NAME, change));

describe('a results file of lm-evaluation-harness 0.3', () => {
  const report = importedBy(lmEvalV03, fixture(NAME));

  test('gives each metric with its noise, and says nothing that the file does not', () => {
    expect(report.tasks).toEqual([
      { task: 'piqa', metric: 'acc', filter: 'none', value: '0.7', stderr: '0.0107', version: '0', shots: 0 },
      {
        ...{ task: 'piqa', metric: 'acc_norm', filter: 'none', value: '0.71' },
        ...{ stderr: '0.0106', version: '0', shots: 0 },
      },
    ]);
    expect(report.harness).toMatchObject({ version: '0.3', tellsDirections: false });
    expect(report.model).toMatchObject({ base: 'org/base', baseRevision: 'step1000' });
    expect(report.date).toBeUndefined();
  });
  test('has a configuration digest that depends on what was asked, not on model and machine', () => {
    const digest = (key: string, value: unknown) =>
      importedBy(
        lmEvalV03,
        changed(NAME, (tree) => (at(tree, 'config')[key] = value)),
      ).harness.configSha256;
    expect(digest('model_args', 'pretrained=org/base,revision=step2000')).toBe(report.harness.configSha256);
    expect(digest('device', 'cpu')).toBe(report.harness.configSha256);
    expect(digest('num_fewshot', 5)).not.toBe(report.harness.configSha256);
  });
  test('words put before the prompts are part of the digest that is compared with the baseline', () => {
    const [task] = importedBy(
      lmEvalV03,
      changed(NAME, (tree) => (at(tree, 'config')['description_dict'] = { piqa: 'Think.' })),
    ).tasks;
    expect(task?.hash).toMatch(/^[0-9a-f]{64}$/);
  });
  test.each<[string, string, Parameters<typeof changed>[1]]>([
    ['a limit', 'EVAL_LIMITED', (tree) => (at(tree, 'config')['limit'] = 100)],
    ['silence on the limit', 'EVAL_LIMITED', (tree) => delete at(tree, 'config')['limit']],
    ['a text for a score', 'EVAL_NOT_A_NUMBER', (tree) => (at(tree, 'results', 'piqa')['acc'] = 'NaN')],
    [
      'no noise where it is told',
      'EVAL_NOT_A_NUMBER',
      (tree) => (at(tree, 'results', 'piqa')['acc_stderr'] = {}),
    ],
    ['a task without a version', 'EVAL_NO_VERSION', (tree) => delete at(tree, 'versions')['piqa']],
    ['a task without metrics', 'EVAL_NOT_THIS_FORMAT', (tree) => (at(tree, 'results')['piqa'] = {})],
    ['no versions at all', 'EVAL_NOT_THIS_FORMAT', (tree) => delete tree['versions']],
    ['no results', 'EVAL_NOT_THIS_FORMAT', (tree) => (tree['results'] = {})],
    ['what only 0.4 writes', 'EVAL_NOT_THIS_FORMAT', (tree) => (tree['n-samples'] = {})],
    ['no model', 'EVAL_NOT_THIS_FORMAT', (tree) => delete at(tree, 'config')['model']],
  ])('%s is refused: %s', (_, code, change) => expect(broken(change)).toEqual([code]));
  test('a bare NaN is refused as what it is', () => {
    const text = new TextDecoder().decode(fixture(NAME)).replace('0.7,', 'NaN,');
    expect(codesOf(lmEvalV03, new TextEncoder().encode(text))).toEqual(['EVAL_NOT_A_NUMBER']);
  });
  test('two files are refused', () =>
    expect(codesOf(lmEvalV03, fixture(NAME), fixture(NAME))).toEqual(['EVAL_NOT_THIS_FORMAT']));
});
