import { describe, expect, test } from 'vitest';
import type { EvaluationReport } from '../../../src/domain/evaluation-report.ts';
import type { Request } from '../../../src/domain/request.ts';
import { checkBaselineModel, checkModel } from '../../../src/machine/report-check.ts';
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

describe('a baseline', () => {
  const said = (stated: string, model: object) =>
    checkBaselineModel({ model: { name: 'hf', arguments: 'x', ...model } }, stated).map(({ facts }) =>
      'evaluated' in facts ? facts.evaluated : '',
    );

  test.each<[string, string, object]>([
    ['the name the harness tells', 'org/base', { base: 'org/base' }],
    ['a path that ends in it', 'org/base', { base: '/models/base/' }],
    ['a path below here', 'base', { base: './base' }],
    ['a name without its owner', 'vendor/frontier', { base: 'frontier' }],
    ['a model of people who name no owner', 'base', { base: 'org/base' }],
    ['an adapter that is meant', 'out/tuned', { base: 'org/base', adapter: 'tuned' }],
    ['what people say alone, where the harness names nothing', 'org/base', {}],
  ])('may be of %s', (_, stated, model) => expect(said(stated, model)).toEqual([]));

  test.each<[string, string, object, string]>([
    ['of an adapter on it', 'org/base', { base: 'org/base', adapter: 'tuned' }, 'tuned on org/base'],
    ['of an adapter on something', 'org/base', { adapter: 'tuned' }, 'tuned'],
    ['of another model', 'org/base', { base: 'org/tuned' }, 'org/tuned'],
    ['of the same name by another owner', 'org/base', { base: 'other/base' }, 'other/base'],
    ['of another path', 'org/base', { base: '/out/tuned' }, '/out/tuned'],
    ['of nothing but slashes', '//', { base: 'org/base' }, 'org/base'],
  ])('is not taken with results %s', (_, stated, model, evaluated) =>
    expect(said(stated, model)).toEqual([evaluated]),
  );
});
