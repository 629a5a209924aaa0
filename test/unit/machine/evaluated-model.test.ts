import { describe, expect, test } from 'vitest';
import type { EvaluationReport } from '../../../src/domain/evaluation-report.ts';
import type { Request } from '../../../src/domain/request.ts';
import { checkModel } from '../../../src/machine/report-check.ts';
import { WHOLE_MODEL } from '../support/acts.ts';

const base = { name: 'org/base', pin: { kind: 'commit', value: 'b'.repeat(40) }, statedBy: 'submitter' };
const whatOf = (model: object, format = 'safetensors') =>
  checkModel(
    { model: { name: 'hf', arguments: 'x', ...model } } as EvaluationReport,
    { base, artifact: { ...WHOLE_MODEL, format } } as unknown as Request,
  ).map(({ code, facts }) => [code, 'what' in facts ? facts.what : '']);

describe('a run of a whole model', () => {
  test.each(['safetensors', 'gguf'])('in %s is of the model that was loaded by its path', (format) => {
    expect(whatOf({ base: '/out/claims/' }, format)).toEqual([]);
    expect(whatOf({ base: 'org/claims', baseRevision: 'step1000' }, format)).toEqual([]);
    expect(whatOf({ base: 'org/base' }, format)).toEqual([['EVAL_OTHER_MODEL', 'model']]);
    expect(whatOf({}, format)).toEqual([['EVAL_OTHER_MODEL', 'model']]);
  });
  test('with an adapter on top of it is another model', () =>
    expect(whatOf({ base: '/out/claims', adapter: 'more' })).toEqual([['EVAL_OTHER_MODEL', 'adapter']]));
});
