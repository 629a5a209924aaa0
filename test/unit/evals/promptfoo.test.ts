import { describe, expect, test } from 'vitest';
import { promptfooResults } from '../../../src/adapters/evals/promptfoo.ts';
import { at, changed, codesOf, fixture, importedBy } from './support.ts';

const NAME = 'promptfoo-v3.json';
type Change = Parameters<typeof changed>[1];
const broken = (change: Change, name = NAME) => codesOf(promptfooResults, changed(name, change));
const row = (tree: Parameters<Change>[0], index: number) => at(tree, 'results', 'results', index);
const report = importedBy(promptfooResults, fixture(NAME));
const UNGRADED = { pass: false, score: 0, reason: 'API call error: 503 Service Unavailable' };

describe('an output of promptfoo', () => {
  test.each([1, 2, 3])('of version %i gives means over tests, not the sum beside the prompt', (version) => {
    const { tasks } = importedBy(promptfooResults, fixture(`promptfoo-v${version}.json`));
    expect(
      tasks.map(({ task, metric, value, samples }) => [task, metric, value, samples?.effective]),
    ).toEqual([
      ['Routing', 'score', '0.833333333333', 3],
      ['tests', 'pass_rate', '0.666666666666', 3],
      ['tests', 'score', '0.75', 3],
    ]);
  });
  test('leaves out a metric that one test asserts twice: the file holds a sum or a mean of it', () => {
    const twice = changed(NAME, (tree) => {
      const parts = row(tree, 0)['gradingResult'] as { componentResults: unknown[] };
      parts.componentResults.push(parts.componentResults[0]);
    });
    expect(importedBy(promptfooResults, twice).tasks.map(({ task }) => task)).toEqual(['tests', 'tests']);
  });
  test('is the same whatever the order in which the tests ended', () => {
    const turned = changed(NAME, (tree) =>
      (at(tree, 'results', 'results') as unknown as unknown[]).reverse(),
    );
    expect(importedBy(promptfooResults, turned).tasks).toEqual(report.tasks);
  });
  test('is compared only where prompts, inputs and assertions agree', () => {
    const first = (change: Change) => importedBy(promptfooResults, changed(NAME, change)).tasks[0];
    const { hash, version } = report.tasks[0] ?? {};
    expect(first((tree) => (at(row(tree, 0), 'prompt')['raw'] = 'Say: fraud'))?.hash).not.toBe(hash);
    expect(first((tree) => (row(tree, 0)['vars'] = {}))?.version).not.toBe(version);
    expect(first((tree) => (at(row(tree, 0), 'testCase', 'assert', 0)['value'] = 'f'))?.version).not.toBe(
      version,
    );
    expect(first((tree) => (row(tree, 0)['latencyMs'] = 1))).toMatchObject({ hash, version });
  });
  test('tells base and adapter by its tags', () =>
    expect(report.model).toMatchObject({ base: 'org/base', adapter: 'claims-adapter' }));

  test.each<[string, string, Change]>([
    [
      'a grader that could not be reached',
      'EVAL_ERRORED',
      (tree) => (at(row(tree, 1), 'gradingResult')['componentResults'] = [UNGRADED]),
    ],
    [
      'the same within a set of assertions',
      'EVAL_ERRORED',
      (tree) => (at(row(tree, 2), 'gradingResult', 'componentResults', 1)['componentResults'] = [UNGRADED]),
    ],
    [
      'the same with its assertion named',
      'EVAL_ERRORED',
      (tree) => (at(row(tree, 1), 'gradingResult', 'componentResults', 0)['reason'] = UNGRADED.reason),
    ],
    [
      'the same with nothing but a reason',
      'EVAL_ERRORED',
      (tree) => (row(tree, 1)['gradingResult'] = UNGRADED),
    ],
    [
      'an answer of a grader that could not be read',
      'EVAL_ERRORED',
      (tree) =>
        (at(row(tree, 1), 'gradingResult')['componentResults'] = [
          { ...UNGRADED, reason: 'Could not extract JSON' },
        ]),
    ],
    ['a model that could not be asked', 'EVAL_ERRORED', (tree) => (row(tree, 1)['failureReason'] = 2)],
    [
      'a response that is an error',
      'EVAL_ERRORED',
      (tree) => (row(tree, 1)['response'] = { error: 'timeout' }),
    ],
    [
      'errors that were counted',
      'EVAL_ERRORED',
      (tree) => {
        at(tree, 'results', 'stats')['errors'] = 1;
        at(tree, 'results', 'stats')['failures'] = 0;
      },
    ],
    [
      'a test without assertions',
      'EVAL_UNSCORED',
      (tree) => (row(tree, 0)['gradingResult'] = { pass: true, score: 1, reason: 'No assertions' }),
    ],
    ['a test without a grading', 'EVAL_UNSCORED', (tree) => (row(tree, 0)['gradingResult'] = null)],
    [
      'a test that is not there',
      'EVAL_INCOMPLETE',
      (tree) => (at(tree, 'results', 'results') as unknown as unknown[]).pop(),
    ],
    ['no test', 'EVAL_NO_SAMPLES', (tree) => (at(tree, 'results')['results'] = [])],
    ['no counts', 'EVAL_NO_SAMPLES', (tree) => (at(tree, 'results')['stats'] = {})],
    [
      'a success that is counted a failure',
      'EVAL_NOT_THIS_FORMAT',
      (tree) => {
        row(tree, 1)['success'] = true;
        at(row(tree, 1), 'gradingResult')['pass'] = true;
      },
    ],
    [
      'a success that was graded a failure',
      'EVAL_NOT_THIS_FORMAT',
      (tree) => (at(row(tree, 0), 'gradingResult')['pass'] = false),
    ],
    ['two models', 'EVAL_SEVERAL_RUNS', (tree) => (row(tree, 1)['provider'] = { id: 'openai:chat:other' })],
    [
      'no model',
      'EVAL_NOT_THIS_FORMAT',
      (tree) => {
        for (const index of [0, 1, 2]) delete row(tree, index)['provider'];
      },
    ],
    [
      'a text for a score',
      'EVAL_NOT_A_NUMBER',
      (tree) => (at(row(tree, 0), 'namedScores')['Routing'] = 'good'),
    ],
    ['a test without a score', 'EVAL_NOT_THIS_FORMAT', (tree) => delete row(tree, 0)['score']],
    ['a result that is none', 'EVAL_NOT_THIS_FORMAT', (tree) => (at(tree, 'results')['results'] = [1])],
    [
      'a metric called as the tests are',
      'EVAL_NOT_THIS_FORMAT',
      (tree) => (at(row(tree, 0), 'namedScores')['tests'] = 1),
    ],
    [
      'a base told in two ways',
      'EVAL_NOT_THIS_FORMAT',
      (tree) => (at(tree, 'config', 'metadata')['base_model'] = 'org/other'),
    ],
    ['a later version', 'EVAL_NOT_THIS_FORMAT', (tree) => (at(tree, 'results')['version'] = 4)],
  ])('with %s is refused: %s', (_, code, change) => expect(broken(change)).toContain(code));

  test('of version 2 whose model could not be asked ran into an error, and did not fail', () => {
    const unasked: Change = (tree) => {
      delete row(tree, 1)['gradingResult'];
      row(tree, 1)['error'] = 'API error: 503';
    };
    expect(broken(unasked, 'promptfoo-v2.json')).toEqual(['EVAL_ERRORED']);
  });
  test('is one file: two are two runs', () =>
    expect(codesOf(promptfooResults, fixture(NAME), fixture(NAME))).toEqual(['EVAL_NOT_THIS_FORMAT']));
});
