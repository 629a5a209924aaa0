import { expect, test } from 'vitest';
import { lmEvalV04 } from '../../../src/adapters/evals/lm-eval-v04.ts';
import { sampleResults, type SampleRun } from '../../../src/adapters/evals/sample.ts';
import type { Time } from '../../../src/domain/names.ts';

const run: SampleRun = {
  base: 'Qwen/Qwen2.5-7B-Instruct',
  revision: 'a'.repeat(40),
  adapter: 'adapters/claims-triage-1.4.0',
  date: '2026-03-02T09:30:00Z' as Time,
  tasks: [
    { task: 'unseen', metric: 'acc', filter: 'none', value: 0.8125, samples: 400, shots: 2 },
    {
      task: 'answers',
      metric: 'exact_match',
      filter: 'strict-match',
      value: 0.7,
      samples: 500,
      version: 2,
      hash: 'abc',
    },
    {
      task: 'answers',
      metric: 'latency_ms',
      filter: 'none',
      value: 812.5,
      samples: 500,
      version: 2,
      hash: 'abc',
      higherIsBetter: false,
    },
  ],
};
const imported = (of: SampleRun) => {
  const result = lmEvalV04.import([
    { path: 'results.json', bytes: new TextEncoder().encode(sampleResults(of)) },
  ]);
  if (result.kind !== 'imported') throw new Error(JSON.stringify(result.faults));
  return result.report;
};

test('a sample imports with what it was made of', () => {
  const report = imported(run);
  expect(report.date).toBe(run.date);
  expect(report.model).toMatchObject({
    base: run.base,
    baseRevision: run.revision,
    baseSha: run.revision,
    adapter: 'claims-triage-1.4.0',
  });
  expect(report.tasks).toMatchObject([
    {
      task: 'answers',
      metric: 'exact_match',
      filter: 'strict-match',
      value: '0.7',
      version: '2',
      hash: 'abc',
      shots: 0,
    },
    { task: 'answers', metric: 'latency_ms', value: '812.5', higherIsBetter: false },
    {
      task: 'unseen',
      metric: 'acc',
      value: '0.8125',
      samples: { original: 400, effective: 400 },
      version: '1',
      shots: 2,
    },
  ]);
  expect(report.tasks[0]?.stderr).toBeDefined();
  expect(report.tasks[1]?.stderr).toBeUndefined();
});
test('candidate and base model are evaluated alike', () => {
  const base = imported({ ...run, adapter: null });
  expect(base.harness).toEqual(imported(run).harness);
  expect(base.model.adapter).toBeUndefined();
  expect(base.tasks).toEqual(imported(run).tasks);
});
