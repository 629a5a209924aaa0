import { EvaluationReport, type Measurement } from '../../../src/domain/evaluation-report.ts';
import { Rubric, type RubricTask } from '../../../src/domain/rubric.ts';
import { toCanonicalDecimal, type DecimalText } from '../../../src/base/decimal.ts';

export function decimal(text: string): DecimalText {
  const value = toCanonicalDecimal(text);
  if (value === null) throw new Error(`no decimal: ${text}`);
  return value;
}

export type TaskSpec = Partial<Record<keyof RubricTask, unknown>> & { readonly id: string };

export function rubricOf(tasks: readonly TaskSpec[], regression: object = { rule: 'tolerance' }): Rubric {
  return Rubric.parse({
    schema: 'modelsmith/rubric/v1',
    name: 'claims',
    title: 'Claims triage',
    domainStandard: 'Would a senior adjuster sign this answer?',
    harness: { name: 'lm-evaluation-harness' },
    regression,
    tasks: tasks.map((task) => ({
      task: `t-${task.id}`,
      metric: 'acc',
      filter: 'none',
      direction: 'higher',
      range: { min: '0', max: '1' },
      weight: '1',
      group: 'core',
      tracked: true,
      tolerance: '0.01',
      minimumSamples: 100,
      ...task,
    })),
  });
}

export type RowSpec = Partial<Record<keyof Measurement, unknown>> & {
  readonly task: string;
  readonly value: string;
};

export function reportOf(rows: readonly RowSpec[], changes: object = {}): EvaluationReport {
  return EvaluationReport.parse({
    schema: 'modelsmith/evaluation-report/v1',
    importer: { name: 'lm-eval-v0.4', version: 1 },
    harness: { name: 'lm-evaluation-harness', version: '0.4.9.2', configSha256: '0'.repeat(64) },
    seeds: [],
    model: { name: 'hf', arguments: 'pretrained=org/base' },
    groups: [],
    tasks: rows
      .map((row) => ({
        metric: 'acc',
        filter: 'none',
        higherIsBetter: true,
        samples: { original: 100, effective: 100 },
        version: '1.0',
        hash: 'h',
        shots: 0,
        ...row,
      }))
      .sort((a, b) => (JSON.stringify([a.task, a.metric]) < JSON.stringify([b.task, b.metric]) ? -1 : 1)),
    raw: [{ path: 'results.json', size: 10, sha256: '0'.repeat(64) }],
    ...changes,
  });
}
