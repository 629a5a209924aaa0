import { toCanonicalDecimal } from '../../base/decimal.ts';
import { sha256 } from '../../base/digest.ts';
import {
  integerOf,
  isForeignObject,
  kindOf,
  memberOf,
  numberTextOf,
  textOf,
  type ForeignJson,
  type ForeignObject,
} from '../../base/foreign-json.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import { measurementKey } from '../../domain/rubric.ts';
import type { EvaluationImporter, Imported, RawFile } from '../../ports/evaluations.ts';
import { canonicalForeign } from './canonical-foreign.ts';
import { complaints, notThisFormat, readJson, refused, toReport, type Complain } from './import-result.ts';
import { modelFacts } from './lm-eval-v04-model.ts';

/**
 * Reads the results file of lm-evaluation-harness 0.3: metrics without a filter, and nothing about the harness itself, how
 * many samples a task has, or whether higher is better. This version never changes once it is released.
 */
export const lmEvalV03: EvaluationImporter = {
  name: 'lm-eval-v0.3',
  version: 1,
  import(files) {
    const [file, another] = files;
    if (another !== undefined)
      return notThisFormat('exactly one results file is read', `given: ${files.length}`);
    const read = readJson(file);
    return 'json' in read ? importTree(read.json, file) : refused([read]);
  },
};

function importTree(root: ForeignJson, file: RawFile): Imported {
  const [results, versions, config] = ['results', 'versions', 'config'].map((key) => memberOf(root, key));
  if (!isForeignObject(results) || results.size === 0) return notThisFormat(`results is ${kindOf(results)}`);
  if (!isForeignObject(versions) || !isForeignObject(config))
    return notThisFormat('versions or config is no object');
  // What 0.4 writes is read by its importer, which asks for more.
  const later = ['lm_eval_version', 'n-samples', 'higher_is_better', 'configs'].find(
    (key) => memberOf(root, key) !== undefined,
  );
  if (later !== undefined) return notThisFormat(`${later} is there, which 0.3 does not write`);
  const filtered = [...results.values()]
    .filter(isForeignObject)
    .flatMap((row) => [...row.keys()])
    .find((column) => column.includes(','));
  if (filtered !== undefined)
    return notThisFormat(`the metric ${filtered} has a filter, which 0.3 does not write`);

  const { faults, complain } = complaints();
  const limit = config.get('limit');
  if (limit !== null)
    complain(
      'EVAL_LIMITED',
      limit === undefined
        ? 'config.limit is missing'
        : `config.limit: ${numberTextOf(limit) ?? kindOf(limit)}`,
    );
  const model = modelFacts(config);
  if (typeof model === 'string') complain('EVAL_NOT_THIS_FORMAT', model);
  const tasks = measurementsOf(results, versions, config, complain);
  if (isNonEmpty(faults)) return refused(faults);
  return toReport([file], {
    importer: { name: lmEvalV03.name, version: lmEvalV03.version },
    harness: {
      name: 'lm-evaluation-harness',
      // It writes no version of its own; what it wrote is the form that 0.3 writes.
      version: '0.3',
      configSha256: sha256(canonicalForeign(alikeFor(config))),
      tellsDirections: false,
    },
    seeds: [],
    model,
    groups: [],
    tasks,
  });
}

/** What does not depend on model and machine. */
const MODEL_AND_MACHINE = new Set(['model', 'model_args', 'device', 'batch_size', 'batch_sizes', 'no_cache']);

function alikeFor(config: ForeignObject): ForeignObject {
  return new Map([...config].filter(([key]) => !MODEL_AND_MACHINE.has(key)));
}

function measurementsOf(
  results: ForeignObject,
  versions: ForeignObject,
  config: ForeignObject,
  complain: Complain,
) {
  const shots = integerOf(config.get('num_fewshot'));
  const descriptions = config.get('description_dict');
  const measurements = [...results].flatMap(([task, row]) => {
    if (!isForeignObject(row) || row.size === 0) {
      complain('EVAL_NOT_THIS_FORMAT', `results.${task} is ${kindOf(row)}`);
      return [];
    }
    const told = versions.get(task);
    const version = numberTextOf(told) ?? textOf(told);
    if (version === undefined) complain('EVAL_NO_VERSION', `versions.${task}: ${kindOf(told)}`);
    const description = memberOf(descriptions, task);
    return [...row]
      .filter(([metric]) => !(metric.endsWith('_stderr') && row.has(metric.slice(0, -'_stderr'.length))))
      .map(([metric, cell]) => {
        const value = decimalAt(cell, `results.${task}.${metric}`, complain);
        const noise = row.get(`${metric}_stderr`);
        const stderr =
          noise === undefined || noise === null
            ? undefined
            : decimalAt(noise, `results.${task}.${metric}_stderr`, complain);
        return {
          ...{ task, metric, filter: 'none', value, version },
          ...(stderr !== undefined && { stderr }),
          // Of the prompts it tells only what was put before them.
          ...(description !== undefined && { hash: sha256(canonicalForeign(description)) }),
          ...(shots !== undefined && { shots }),
        };
      });
  });
  return measurements.sort((a, b) => (measurementKey(a) < measurementKey(b) ? -1 : 1));
}

function decimalAt(cell: ForeignJson, where: string, complain: Complain): string | undefined {
  const text = numberTextOf(cell);
  const value = text === undefined ? null : toCanonicalDecimal(text);
  if (value !== null) return value;
  complain('EVAL_NOT_A_NUMBER', `${where}: ${text ?? textOf(cell) ?? kindOf(cell)}`);
  return undefined;
}
