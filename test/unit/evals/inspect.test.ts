import { describe, expect, test } from 'vitest';
import { inspectLogs } from '../../../src/adapters/evals/inspect.ts';
import { at, changed, codesOf, faultsOf, fixture, importedBy } from './support.ts';

const NAME = 'inspect.json';
type Change = Parameters<typeof changed>[1];
const log = (change: Change) => changed(NAME, change);
const broken = (change: Change) => codesOf(inspectLogs, log(change));
const report = importedBy(inspectLogs, fixture(NAME));

describe('a log of Inspect', () => {
  test('says the same as JSON and as an archive', () => {
    const archived = importedBy(inspectLogs, fixture('inspect.eval'));
    expect({ ...archived, raw: [] }).toEqual({ ...report, raw: [] });
  });
  test('gives its metrics, and the standard error to the mean it belongs to', () => {
    const { tasks } = importedBy(
      inspectLogs,
      log((tree) => (at(tree, 'results', 'scores', 0, 'metrics')['std'] = { name: 'std', value: 0.5 })),
    );
    expect(tasks.map(({ metric, value, stderr }) => [metric, value, stderr])).toEqual([
      ['accuracy', '0.75', '0.25'],
      ['std', '0.5', undefined],
    ]);
    expect(tasks[0]).toMatchObject({ filter: 'match', version: '3', samples: { original: 4, effective: 4 } });
  });
  test('names a reducer, so that two of them are two measurements', () => {
    const { tasks } = importedBy(
      inspectLogs,
      log((tree) => (at(tree, 'results', 'scores', 0)['reducer'] = 'mean')),
    );
    expect(tasks[0]?.filter).toBe('match/mean');
  });
  test('is held against logs over the same samples, prompts and settings only', () => {
    const hash = (change: Change) => importedBy(inspectLogs, log(change)).tasks[0]?.hash;
    const same = hash(() => undefined);
    expect(hash((tree) => (at(tree, 'eval')['model'] = 'vllm/other'))).toBe(same);
    expect(hash((tree) => (at(tree, 'plan', 'config')['max_connections'] = 1))).toBe(same);
    expect(hash((tree) => (at(tree, 'samples', 1, 'input', 0)['id'] = 'another'))).toBe(same);
    expect(hash((tree) => (at(tree, 'samples', 1, 'input', 0)['content'] = 'Is ice cold?'))).not.toBe(same);
    expect(hash((tree) => (at(tree, 'samples', 0)['target'] = 'No'))).not.toBe(same);
    expect(hash((tree) => (at(tree, 'plan', 'config')['temperature'] = 1))).not.toBe(same);
    expect(hash((tree) => delete tree['samples'])).not.toBe(same);
  });
  test('takes base and adapter from where people can tell them, and a model without a base for a base', () => {
    expect(report.model).toMatchObject({ base: 'org/base', adapter: 'claims-adapter' });
    const plain = log((tree) => {
      at(tree, 'eval')['model_args'] = {};
      delete at(tree, 'eval')['metadata'];
      at(tree, 'eval')['model'] = 'hf/org/base';
    });
    expect(importedBy(inspectLogs, plain).model).toMatchObject({ name: 'hf/org/base', base: 'org/base' });
    expect(importedBy(inspectLogs, plain).model.adapter).toBeUndefined();
    const twice = (tree: Parameters<Change>[0]) => (at(tree, 'eval', 'metadata')['base_model'] = 'org/other');
    expect(broken(twice)).toEqual(['EVAL_NOT_THIS_FORMAT']);
  });

  test.each<[string, string, Change]>([
    ['cancelled, with scores that look whole', 'EVAL_NOT_FINISHED', (tree) => (tree['status'] = 'cancelled')],
    ['still going on', 'EVAL_NOT_FINISHED', (tree) => (tree['status'] = 'started')],
    ['over the first few samples', 'EVAL_LIMITED', (tree) => (at(tree, 'eval', 'config')['limit'] = 4)],
    ['over a range of samples', 'EVAL_LIMITED', (tree) => (at(tree, 'eval', 'config')['limit'] = [1, 3])],
    ['over chosen samples', 'EVAL_LIMITED', (tree) => (at(tree, 'eval', 'config')['sample_id'] = ['a'])],
    [
      'that ran fewer samples than its dataset has and does not say why',
      'EVAL_INCOMPLETE',
      (tree) => (at(tree, 'eval', 'dataset')['samples'] = 100),
    ],
    ['with an error', 'EVAL_ERRORED', (tree) => (tree['error'] = { message: 'out of memory' })],
    ['declared invalid', 'EVAL_INVALIDATED', (tree) => (tree['invalidated'] = true)],
    [
      'with a sample declared invalid',
      'EVAL_INVALIDATED',
      (tree) => (at(tree, 'samples', 2)['invalidation'] = { by: 'x' }),
    ],
    [
      'with a sample that failed to run',
      'EVAL_ERRORED',
      (tree) => (at(tree, 'samples', 2)['error'] = { message: 'timeout' }),
    ],
    ['with a sample that nothing scored', 'EVAL_UNSCORED', (tree) => (at(tree, 'samples', 2)['scores'] = {})],
    [
      'that says some were not scored',
      'EVAL_UNSCORED',
      (tree) => (at(tree, 'results', 'scores', 0)['unscored_samples'] = 1),
    ],
    ['without any score', 'EVAL_UNSCORED', (tree) => (at(tree, 'results')['scores'] = [])],
    [
      'with fewer completed than there are',
      'EVAL_INCOMPLETE',
      (tree) => (at(tree, 'results')['completed_samples'] = 3),
    ],
    [
      'that stopped early',
      'EVAL_INCOMPLETE',
      (tree) => (at(tree, 'results')['early_stopping'] = { reason: 'enough' }),
    ],
    ['with a sample left out', 'EVAL_INCOMPLETE', (tree) => (tree['samples'] as unknown[]).pop()],
    [
      'of fewer epochs than asked for',
      'EVAL_INCOMPLETE',
      (tree) => (at(tree, 'eval', 'config')['epochs'] = 2),
    ],
    [
      'without a count of the dataset',
      'EVAL_NO_SAMPLES',
      (tree) => delete at(tree, 'eval', 'dataset')['samples'],
    ],
    ['without results', 'EVAL_NO_SAMPLES', (tree) => (at(tree, 'results')['total_samples'] = null)],
    ['without the version of Inspect', 'EVAL_NO_VERSION', (tree) => (at(tree, 'eval')['packages'] = {})],
    ['without the version of its task', 'EVAL_NO_VERSION', (tree) => delete at(tree, 'eval')['task_version']],
    [
      'with a text for a value',
      'EVAL_NOT_A_NUMBER',
      (tree) => (at(tree, 'results', 'scores', 0, 'metrics', 'accuracy')['value'] = 'nan'),
    ],
    ['with one sample twice', 'EVAL_SEVERAL_RUNS', (tree) => (at(tree, 'samples', 2)['id'] = 1)],
    ['of a later form', 'EVAL_NOT_THIS_FORMAT', (tree) => (tree['version'] = 3)],
    ['with samples that are no list', 'EVAL_NOT_THIS_FORMAT', (tree) => (tree['samples'] = {})],
    ['with a sample that is no object', 'EVAL_NOT_THIS_FORMAT', (tree) => (tree['samples'] = [1, 2, 3, 4])],
    [
      'with a score that has no name',
      'EVAL_NOT_THIS_FORMAT',
      (tree) => delete at(tree, 'results', 'scores', 0)['name'],
    ],
    ['without a model', 'EVAL_NOT_THIS_FORMAT', (tree) => delete at(tree, 'eval')['model']],
  ])('%s is refused: %s', (_, code, change) => expect(broken(change)).toContain(code));

  test('with a bare NaN is refused as what it is', () => {
    const text = new TextDecoder().decode(fixture(NAME)).replace('"value": 0.75', '"value": NaN');
    expect(codesOf(inspectLogs, new TextEncoder().encode(text))).toEqual(['EVAL_NOT_A_NUMBER']);
  });
  test('with a fault in every sample names some of them, not thousands', () => {
    const many = log((tree) => {
      at(tree, 'eval', 'dataset')['samples'] = 5000;
      tree['samples'] = Array.from({ length: 5000 }, (_, id) => ({ id, epoch: 1, error: {} }));
    });
    expect(faultsOf(inspectLogs, many).length).toBeLessThanOrEqual(50);
  });
});

describe('several logs', () => {
  const other = (change: Change = () => undefined) =>
    log((tree) => {
      at(tree, 'eval')['task'] = 'another_task';
      change(tree);
    });

  test('of one run, model and version are one report', () => {
    const both = importedBy(inspectLogs, fixture(NAME), other());
    expect(both.tasks.map(({ task }) => task)).toEqual(['another_task', 'yes_no']);
    expect(both.raw).toHaveLength(2);
  });
  test.each<[string, Change]>([
    ['another run', (tree) => (at(tree, 'eval')['run_id'] = 'R2')],
    ['another model', (tree) => (at(tree, 'eval')['model'] = 'vllm/other')],
    ['the model with other arguments', (tree) => (at(tree, 'eval', 'model_args')['quantization'] = 'awq')],
    ['the model from another server', (tree) => (at(tree, 'eval')['model_base_url'] = 'http://elsewhere')],
    ['another version of Inspect', (tree) => (at(tree, 'eval', 'packages')['inspect_ai'] = '0.3.151')],
  ])('of %s are refused', (_, change) =>
    expect(codesOf(inspectLogs, fixture(NAME), other(change))).toEqual(['EVAL_SEVERAL_RUNS']),
  );
  test('of one task are refused: the better one could be meant', () =>
    expect(codesOf(inspectLogs, fixture(NAME), fixture(NAME))).toContain('EVAL_SEVERAL_RUNS'));
});
