import { isForeignObject, memberOf, textOf, type ForeignJson } from '../../base/foreign-json.ts';
import { canonicalForeign } from './canonical-foreign.ts';
import { toldModel, type ToldModel } from './told-model.ts';

/**
 * Which model Inspect says it evaluated: `<provider>/<name>`. Base and adapter are arguments of the model (`-M`), or told with
 * the evaluation (`--metadata`), since a server knows a model only by the name it was given there.
 */
export function inspectModel(header: ForeignJson): ToldModel | string {
  const model = textOf(memberOf(header, 'eval', 'model'));
  if (model === undefined || model === '') return 'eval.model is no text';
  const [args, metadata] = ['model_args', 'metadata'].map((key) => memberOf(header, 'eval', key));
  const arguments_ = new Map<string, ForeignJson>([
    ['model_args', args ?? null],
    ['model_base_url', memberOf(header, 'eval', 'model_base_url') ?? null],
  ]);
  const served = model.split('/').slice(1).join('/') || model;
  return toldModel(
    model,
    canonicalForeign(arguments_),
    served,
    [args, metadata].filter((told) => isForeignObject(told)),
  );
}
