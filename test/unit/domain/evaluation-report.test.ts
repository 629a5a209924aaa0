import { describe, expect, test } from 'vitest';
import { EvaluationReport, evaluationReportDocument } from '../../../src/domain/evaluation-report.ts';

const row = (changes: object = {}) => ({
  task: 'a',
  metric: 'acc',
  filter: 'none',
  value: '0.5',
  stderr: '0.01',
  higherIsBetter: true,
  samples: { original: 100, effective: 100 },
  version: '1.0',
  ...changes,
});
const report = (changes: object = {}) => ({
  schema: 'modelsmith/evaluation-report/v1',
  importer: { name: 'lm-eval-v0.4', version: 1 },
  harness: { name: 'lm-evaluation-harness', version: '0.4.9.2', configSha256: '0'.repeat(64) },
  seeds: [{ name: 'random_seed', value: '0' }],
  model: { name: 'hf', arguments: 'pretrained=org/base' },
  groups: [],
  tasks: [row(), row({ task: 'b' })],
  raw: [{ path: 'results.json', size: 10, sha256: '0'.repeat(64) }],
  ...changes,
});

describe('evaluation report', () => {
  test('prints and parses to the same bytes', () => {
    const text = evaluationReportDocument.print(EvaluationReport.parse(report()));
    const read = evaluationReportDocument.parse(new TextEncoder().encode(text), 'report.json');
    expect(read.ok && evaluationReportDocument.print(read.value)).toBe(text);
  });
  test.each<[string, object]>([
    ['unsorted tasks', { tasks: [row({ task: 'b' }), row()] }],
    ['a measurement twice', { tasks: [row(), row()] }],
    ['no tasks', { tasks: [] }],
    ['another spelling of a value', { tasks: [row({ value: '0.50' })] }],
    ['a negative standard error', { tasks: [row({ stderr: '-0.1' })] }],
    ['no samples', { tasks: [row({ samples: { original: 0, effective: 0 } })] }],
    ['a path out of its folder', { raw: [{ path: '../x', size: 1, sha256: '0'.repeat(64) }] }],
    [
      'unsorted seeds',
      {
        seeds: [
          { name: 'b', value: '1' },
          { name: 'a', value: '1' },
        ],
      },
    ],
    ['an unknown key', { verdict: 'pass' }],
  ])('refuses %s', (_, changes) => expect(EvaluationReport.safeParse(report(changes)).success).toBe(false));
});
