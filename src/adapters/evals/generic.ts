import { sha256 } from '../../base/digest.ts';
import { toCanonicalDecimal } from '../../base/decimal.ts';
import {
  isForeignArray,
  isForeignNumber,
  isForeignObject,
  memberOf,
  numberTextOf,
  textOf,
  type ForeignJson,
  type ForeignObject,
} from '../../base/foreign-json.ts';
import { isNonEmpty, type NonEmpty } from '../../base/nonempty.ts';
import { problemsOf } from '../../domain/document.ts';
import { GenericEvaluation } from '../../domain/generic-evaluation.ts';
import { measurementKey } from '../../domain/rubric.ts';
import type { EvaluationImporter, Imported, RawFile } from '../../ports/evaluations.ts';
import { canonicalForeign } from './canonical-foreign.ts';
import { complaints, readJson, refused, toReport, type Complain } from './import-result.ts';

/**
 * Reads `modelsmith/generic-evaluation/v1`, which a pipeline writes itself, and nothing that is not in its schema. This version
 * never changes once it is released.
 */
export const genericEvaluation: EvaluationImporter = {
  name: 'generic',
  version: 1,
  import(files) {
    const { faults, complain } = complaints();
    const documents = files.flatMap((file) => readDocument(file, complain));
    if (isNonEmpty(faults)) return refused(faults);
    return isNonEmpty(documents)
      ? importDocuments(files, documents)
      : refused([{ code: 'EVAL_NO_SAMPLES', facts: [] }]);
  },
};

const SCHEMA = 'modelsmith/generic-evaluation/v1';

/** The document with its numbers as they were written. */
function readDocument(file: RawFile, complain: Complain): readonly ForeignObject[] {
  const read = readJson(file);
  if (!('json' in read)) {
    complain(read.code, ...read.facts);
    return [];
  }
  const schema = textOf(memberOf(read.json, 'schema'));
  if (!isForeignObject(read.json) || schema !== SCHEMA) {
    complain('EVAL_NOT_THIS_FORMAT', `${file.path}: schema is not ${SCHEMA}`);
    return [];
  }
  const status = textOf(read.json.get('status'));
  if (status !== undefined && status !== 'complete') {
    complain('EVAL_NOT_FINISHED', `${file.path}: status is ${status}`);
    return [];
  }
  const parsed = GenericEvaluation.safeParse(plain(read.json));
  if (parsed.success) return [read.json];
  const facts = problemsOf(parsed.error, file.path).map(
    ({ place, message }) => `${file.path}: ${place.key ?? ''}: ${message}`,
  );
  complain('EVAL_NOT_THIS_FORMAT', ...facts.slice(0, 20));
  return [];
}

/** As the schema takes it. Values keep their digits elsewhere; here only their form is looked at. */
function plain(json: ForeignJson): unknown {
  if (isForeignNumber(json)) return Number(json.number);
  if (isForeignArray(json)) return json.map(plain);
  if (!isForeignObject(json)) return json;
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of json) object[key] = plain(value);
  return { ...object };
}

function importDocuments(files: NonEmpty<RawFile>, documents: NonEmpty<ForeignObject>): Imported {
  const [first] = documents;
  const { faults, complain } = complaints();
  for (const key of ['run', 'harness', 'model', 'date', 'seeds']) {
    const spelled = new Set(documents.map((document) => canonicalForeign(document.get(key) ?? null)));
    if (spelled.size > 1)
      complain('EVAL_SEVERAL_RUNS', `${key}: ${[...spelled].join(' and ').slice(0, 300)}`);
  }
  const rows = documents.flatMap((document) => arrayOf(document.get('tasks')));
  const groups = new Set(documents.flatMap((document) => arrayOf(document.get('groups'))).map(textOf));
  const tasks = rows
    .filter((row) => !groups.has(textOf(memberOf(row, 'task'))))
    .map((row) => measurement(row, complain))
    .sort((a, b) => (measurementKey(a) < measurementKey(b) ? -1 : 1));
  const keys = tasks.map(measurementKey);
  const twice = keys.find((key, index) => keys[index - 1] === key);
  if (twice !== undefined) complain('EVAL_SEVERAL_RUNS', `measured twice: ${twice}`);
  if (isNonEmpty(faults)) return refused(faults);
  const { name, version } = Object.fromEntries((first.get('harness') as ForeignObject).entries());
  const model = first.get('model') as ForeignObject;
  const seeds = first.get('seeds');
  return toReport(files, {
    importer: { name: genericEvaluation.name, version: genericEvaluation.version },
    harness: {
      name: `generic-${textOf(name) ?? ''}`,
      version,
      configSha256: sha256(JSON.stringify(tasks.map(({ hash, shots }) => [hash, shots ?? null]))),
    },
    seeds: isForeignObject(seeds)
      ? [...seeds]
          .map(([seed, value]) => ({ name: seed, value: numberTextOf(value) ?? '' }))
          .sort((a, b) => (a.name < b.name ? -1 : 1))
      : [],
    model: { arguments: 'none', ...Object.fromEntries(model) },
    ...(first.has('date') && { date: first.get('date') }),
    groups: [...groups].sort(),
    tasks,
  });
}

function arrayOf(json: ForeignJson | undefined): readonly ForeignJson[] {
  return isForeignArray(json) ? json : [];
}

function measurement(row: ForeignJson, complain: Complain) {
  const of = (...keys: readonly string[]): ForeignJson | undefined => memberOf(row, ...keys);
  const text = (key: string): string => textOf(of(key)) ?? '';
  const [task, metric, filter] = [text('task'), text('metric'), textOf(of('filter')) ?? 'none'];
  const decimal = (key: string): string | undefined => {
    const told = numberTextOf(of(key));
    const value = told === undefined ? null : toCanonicalDecimal(told);
    if (value === null) complain('EVAL_NOT_A_NUMBER', `${task}.${metric}.${key}: ${told ?? 'no number'}`);
    return value ?? undefined;
  };
  const [total, run, scored] = ['total', 'run', 'scored'].map((key) =>
    Number(numberTextOf(of('samples', key))),
  );
  if (run !== total) complain('EVAL_INCOMPLETE', `${task}: ${run} of ${total} samples were run`);
  else if (scored !== total) complain('EVAL_UNSCORED', `${task}: ${scored} of ${total} samples were scored`);
  const shots = numberTextOf(of('shots'));
  return {
    ...{ task, metric, filter },
    value: decimal('value'),
    ...(of('stderr') !== undefined && { stderr: decimal('stderr') }),
    higherIsBetter: of('higherIsBetter'),
    samples: { original: total, effective: run },
    version: text('version'),
    hash: text('promptsSha256'),
    ...(shots !== undefined && { shots: Number(shots) }),
  };
}
