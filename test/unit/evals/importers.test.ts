import { describe, expect, test } from 'vitest';
import { IMPORTERS, importerNamed } from '../../../src/adapters/evals/importers.ts';
import { evaluationReportDocument } from '../../../src/domain/evaluation-report.ts';
import { fixture } from './support.ts';

const OUTPUTS: readonly (readonly [string, string, string])[] = [
  ['lm-eval-v03.json', 'lm-eval-v0.3', 'lm-eval-v03.report-v1.json'],
  ['lm-eval-v04-groups.json', 'lm-eval-v0.4', 'lm-eval-v04-groups.report-v1.json'],
  ['inspect.json', 'inspect-log-v2', 'inspect.report-v1.json'],
  ['inspect.eval', 'inspect-log-v2', 'inspect.eval.report-v1.json'],
  ['promptfoo-v1.json', 'promptfoo-results', 'promptfoo-v1.report-v1.json'],
  ['promptfoo-v2.json', 'promptfoo-results', 'promptfoo-v2.report-v1.json'],
  ['promptfoo-v3.json', 'promptfoo-results', 'promptfoo-v3.report-v1.json'],
  ['generic.json', 'generic', 'generic.report-v1.json'],
];

describe('the output of a harness', () => {
  test.each(OUTPUTS)('%s is read by %s and becomes the same bytes for ever', (file, name, report) => {
    // A change here needs a new version of the importer beside the old one.
    const path = file === 'lm-eval-v04-groups.json' ? 'results.json' : file;
    const result = importerNamed(name, 1)?.import([{ path, bytes: fixture(file) }]);
    if (result?.kind !== 'imported') throw new Error(JSON.stringify(result));
    const text = evaluationReportDocument.print(result.report);
    expect(text).toBe(new TextDecoder().decode(fixture(report)));
    expect(evaluationReportDocument.parse(new TextEncoder().encode(text), report).ok).toBe(true);
  });

  test.each(OUTPUTS)('%s is foreign to every importer but %s', (file, name) => {
    for (const importer of IMPORTERS.filter((known) => known.name !== name)) {
      const result = importer.import([{ path: file, bytes: fixture(file) }]);
      expect(result.kind === 'refused' && result.faults[0].code, importer.name).toBe('EVAL_NOT_THIS_FORMAT');
    }
  });
});
