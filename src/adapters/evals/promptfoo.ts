import { sha256 } from '../../base/digest.ts';
import {
  integerOf,
  isForeignArray,
  isForeignObject,
  kindOf,
  memberOf,
  numberTextOf,
  textOf,
  type ForeignJson,
  type ForeignObject,
} from '../../base/foreign-json.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import type { EvaluationImporter, Imported, RawFile } from '../../ports/evaluations.ts';
import { canonicalForeign } from './canonical-foreign.ts';
import {
  complaints,
  momentOf,
  notThisFormat,
  readJson,
  refused,
  toReport,
  type Complain,
} from './import-result.ts';
import { gradingFaults } from './promptfoo-grading.ts';
import { measurementsOf } from './promptfoo-scores.ts';
import { toldModel, type ToldModel } from './told-model.ts';

/**
 * Reads what promptfoo writes with `--output <file>.json`, in the versions 1 to 3 of its results. Scores are means over
 * tests, made here: the score beside a prompt is a sum. This version never changes once it is released, nor do the files
 * beside it that it is made of.
 */
export const promptfooResults: EvaluationImporter = {
  name: 'promptfoo-results',
  version: 1,
  import(files) {
    const [file, another] = files;
    if (another !== undefined)
      return notThisFormat('exactly one output is read: each promptfoo eval is a run of its own');
    const read = readJson(file);
    return 'json' in read ? importTree(read.json, file) : refused([read]);
  },
};

function importTree(root: ForeignJson, file: RawFile): Imported {
  const results = memberOf(root, 'results');
  const [version, rows] = [integerOf(memberOf(results, 'version')), memberOf(results, 'results')];
  if (!isForeignArray(rows) || memberOf(results, 'stats') === undefined)
    return notThisFormat('results has no results and stats, as promptfoo writes them');
  if (version === undefined || version < 1 || version > 3)
    return notThisFormat(`results.version is ${version ?? 'no number'}, read are 1 to 3`);
  const { faults, complain } = complaints();
  const tests = rows.flatMap((row, index) => {
    if (isForeignObject(row)) return [row];
    complain('EVAL_NOT_THIS_FORMAT', `results.results[${index}] is ${kindOf(row)}`);
    return [];
  });
  if (tests.length === 0) complain('EVAL_NO_SAMPLES', 'no test was run');
  checkStats(memberOf(results, 'stats'), tests, complain);
  tests.forEach((row, index) => checkRow(row, `results.results[${index}]`, complain));
  const model = modelOf(root, tests, complain);
  const config = memberOf(root, 'config');
  const about = {
    task: textOf(memberOf(config, 'tags', 'task')) ?? 'tests',
    version: `tests-${digestOf([...tests.map(testOf), memberOf(config, 'defaultTest') ?? null]).slice(0, 16)}`,
    hash: digestOf(tests.map((row) => memberOf(row, 'prompt', 'raw') ?? null)),
  };
  const tasks = isNonEmpty(faults) ? [] : measurementsOf(tests, about, complain);
  if (isNonEmpty(faults)) return refused(faults);
  const date = momentOf(textOf(memberOf(results, 'timestamp')));
  return toReport([file], {
    importer: { name: promptfooResults.name, version: promptfooResults.version },
    harness: {
      name: 'promptfoo',
      // Before its third version the output says only in which form it is.
      version: textOf(memberOf(root, 'metadata', 'promptfooVersion')) ?? `results-v${version}`,
      configSha256: digestOf([about.version, about.hash, memberOf(config, 'evaluateOptions') ?? null]),
      tellsDirections: false,
    },
    seeds: [],
    model,
    ...(date !== undefined && { date }),
    groups: [],
    tasks,
  });
}

/** Of parts whose order is that in which tests happened to end. */
function digestOf(parts: readonly ForeignJson[]) {
  return sha256(JSON.stringify(parts.map(canonicalForeign).sort()));
}

/** What was put in, and what is asserted of what comes out. */
function testOf(row: ForeignObject): ForeignJson {
  const of = (...keys: readonly string[]): ForeignJson => memberOf(row, ...keys) ?? null;
  return [
    of('vars'),
    of('testCase', 'assert'),
    of('testCase', 'threshold'),
    of('testCase', 'options'),
    isForeignObject(row.get('testCase')) ? null : assertionsOf(row),
  ];
}

/** Versions 1 and 2 tell what was asserted only beside the result. */
function assertionsOf(row: ForeignObject): ForeignJson {
  const components = memberOf(row, 'gradingResult', 'componentResults');
  return isForeignArray(components) ? components.map((one) => memberOf(one, 'assertion') ?? null) : null;
}

function checkStats(
  stats: ForeignJson | undefined,
  rows: readonly ForeignObject[],
  complain: Complain,
): void {
  const [successes, failures, errors] = ['successes', 'failures', 'errors'].map((key) =>
    integerOf(memberOf(stats, key)),
  );
  if (successes === undefined || failures === undefined) {
    complain('EVAL_NO_SAMPLES', 'results.stats does not count successes and failures');
    return;
  }
  if ((errors ?? 0) !== 0) complain('EVAL_ERRORED', `results.stats.errors: ${errors ?? 0}`);
  const counted = successes + failures + (errors ?? 0);
  if (counted !== rows.length)
    complain('EVAL_INCOMPLETE', `${rows.length} results are there, results.stats counts ${counted}`);
  const passed = rows.filter((row) => row.get('success') === true).length;
  if (counted === rows.length && passed !== successes)
    complain(
      'EVAL_NOT_THIS_FORMAT',
      `${passed} results are successes, results.stats.successes says ${successes}`,
    );
}

/** `failureReason` since version 3: 0 none, 1 an assertion, 2 an error. */
const BY_ERROR = 2;

function checkRow(row: ForeignObject, where: string, complain: Complain): void {
  const success = row.get('success');
  if (typeof success !== 'boolean' || numberTextOf(row.get('score')) === undefined) {
    complain('EVAL_NOT_THIS_FORMAT', `${where} has no success or no score`);
    return;
  }
  const grading = row.get('gradingResult') ?? null;
  const failed = textOf(memberOf(row, 'response', 'error')) ?? '';
  if (integerOf(row.get('failureReason')) === BY_ERROR || failed !== '') {
    complain('EVAL_ERRORED', `${where}: ${(textOf(row.get('error')) ?? failed).slice(0, 300)}`);
  } else if (!isForeignObject(grading)) {
    // Nothing was graded: with a message since the model could not be asked, without one since nothing was asserted.
    const message = textOf(row.get('error')) ?? '';
    complain(
      message === '' ? 'EVAL_UNSCORED' : 'EVAL_ERRORED',
      `${where}: ${message === '' ? 'nothing was asserted' : message.slice(0, 300)}`,
    );
  } else {
    if (grading.get('pass') !== success)
      complain('EVAL_NOT_THIS_FORMAT', `${where}: success and gradingResult.pass differ`);
    gradingFaults(grading, where, complain);
  }
}

function modelOf(
  root: ForeignJson,
  rows: readonly ForeignObject[],
  complain: Complain,
): ToldModel | undefined {
  const ids = new Set(
    rows.map((row) => textOf(row.get('provider')) ?? textOf(memberOf(row, 'provider', 'id')) ?? ''),
  );
  const [id = ''] = ids;
  if (ids.size > 1) complain('EVAL_SEVERAL_RUNS', `providers: ${[...ids].join(' and ').slice(0, 300)}`);
  else if (id === '') complain('EVAL_NOT_THIS_FORMAT', 'no provider is told');
  const told = ['tags', 'metadata'].map((key) => memberOf(root, 'config', key));
  const model = toldModel(id, 'none', servedName(id), told.filter(isForeignObject));
  if (typeof model !== 'string') return model;
  complain('EVAL_NOT_THIS_FORMAT', model);
  return undefined;
}

const KINDS = new Set(['chat', 'completion', 'messages', 'responses', 'text-generation', 'converse']);

/** `openai:chat:<name>` → `<name>`. */
function servedName(id: string): string {
  const [, ...parts] = id.split(':');
  const name = (KINDS.has(parts[0] ?? '') ? parts.slice(1) : parts).join(':');
  return name === '' ? id : name;
}
