import { sha256 } from '../../base/digest.ts';
import { toCanonicalDecimal } from '../../base/decimal.ts';
import {
  isForeignArray,
  isForeignObject,
  kindOf,
  memberOf,
  numberTextOf,
  textOf,
  type ForeignJson,
} from '../../base/foreign-json.ts';
import { isNonEmpty, type NonEmpty } from '../../base/nonempty.ts';
import { measurementKey } from '../../domain/rubric.ts';
import type { EvaluationImporter, Imported, RawFile } from '../../ports/evaluations.ts';
import { canonicalForeign } from './canonical-foreign.ts';
import { complaints, momentOf, refused, toReport, type Complain } from './import-result.ts';
import { checkSamples, completeSamples } from './inspect-completeness.ts';
import { isFault, readLog, type InspectLog } from './inspect-log.ts';
import { inspectModel } from './inspect-model.ts';

/**
 * Reads logs of Inspect, one for each task, as JSON or as `.eval`. Several make one run where all name the same run, model and
 * version of Inspect. This version never changes once it is released, nor do the files beside it that it is made of.
 */
export const inspectLogs: EvaluationImporter = {
  name: 'inspect-log-v2',
  version: 1,
  import(files) {
    const logs: InspectLog[] = [];
    for (const file of files) {
      const log = readLog(file);
      if (isFault(log)) return refused([log]);
      logs.push(log);
    }
    return isNonEmpty(logs) ? importLogs(files, logs) : refused([{ code: 'EVAL_NO_SAMPLES', facts: [] }]);
  },
};

function importLogs(files: NonEmpty<RawFile>, logs: NonEmpty<InspectLog>): Imported {
  const [first] = logs;
  const { faults, complain } = complaints();
  const tell = (...keys: readonly string[]): ForeignJson | undefined => memberOf(first.header, ...keys);
  for (const key of [['run_id'], ['model'], ['model_args'], ['model_base_url'], ['packages', 'inspect_ai']]) {
    const spelled = new Set(
      logs.map(({ header }) => canonicalForeign(memberOf(header, 'eval', ...key) ?? null)),
    );
    if (spelled.size > 1)
      complain('EVAL_SEVERAL_RUNS', `eval.${key.join('.')}: ${[...spelled].join(' and ').slice(0, 300)}`);
  }
  const names = logs.map(({ header }) => textOf(memberOf(header, 'eval', 'task')));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) complain('EVAL_SEVERAL_RUNS', `two logs are of the task ${twice}`);
  const version = textOf(tell('eval', 'packages', 'inspect_ai')) ?? '';
  if (version === '') complain('EVAL_NO_VERSION', 'eval.packages.inspect_ai is missing');
  const model = inspectModel(first.header);
  if (typeof model === 'string') complain('EVAL_NOT_THIS_FORMAT', model);
  const tasks = logs.map((log) => readTask(log, complain));
  if (isNonEmpty(faults)) return refused(faults);
  const commits = new Set(logs.map(({ header }) => textOf(memberOf(header, 'eval', 'revision', 'commit'))));
  const [commit] = commits.size === 1 ? [...commits] : [];
  const seed = numberTextOf(tell('eval', 'model_generate_config', 'seed') ?? tell('plan', 'config', 'seed'));
  const dates = logs.map(({ header }) => momentOf(textOf(memberOf(header, 'eval', 'created')))).sort();
  return toReport(files, {
    importer: { name: inspectLogs.name, version: inspectLogs.version },
    harness: {
      name: 'inspect',
      version,
      configSha256: sha256(JSON.stringify(tasks.map(({ hash }) => hash).sort())),
      ...(commit !== undefined && commit !== '' && { gitHash: commit }),
      tellsDirections: false,
    },
    seeds: seed === undefined ? [] : [{ name: 'seed', value: seed }],
    model,
    ...(dates[0] !== undefined && { date: dates[0] }),
    groups: [],
    tasks: tasks
      .flatMap(({ measurements }) => measurements)
      .sort((a, b) => (measurementKey(a) < measurementKey(b) ? -1 : 1)),
  });
}

function readTask(log: InspectLog, complain: Complain) {
  const { header } = log;
  const { path } = log.file;
  const of = (...keys: readonly string[]): ForeignJson | undefined => memberOf(header, 'eval', ...keys);
  const task = textOf(of('task')) ?? '';
  const version = numberTextOf(of('task_version')) ?? textOf(of('task_version'));
  if (version === undefined) complain('EVAL_NO_VERSION', `${path}: eval.task_version is missing`);
  const due = completeSamples(log, complain);
  const scores = scoresOf(header, path, complain);
  const scorers = [...new Set(scores.map(({ scorer }) => scorer))];
  const documents = due === undefined ? undefined : checkSamples(log, due, scorers, complain);
  const hash = sha256(canonicalForeign(asked(header, documents)));
  const measurements = scores.flatMap(({ filter, metrics }) => {
    const noise = metrics.get('stderr');
    return [...metrics]
      .filter(([metric]) => metric !== 'stderr')
      .map(([metric, value]) => ({
        ...{ task, metric, filter, value },
        // It is the error of a mean, and of nothing else.
        ...(noise !== undefined && ['accuracy', 'mean'].includes(metric) && { stderr: noise }),
        samples: { original: due, effective: due },
        ...{ version, hash },
      }));
  });
  if (measurements.length === 0) complain('EVAL_UNSCORED', `${path}: no metric of ${task} has a value`);
  return { hash, measurements };
}

/** Every sample is held against each. */
const MAX_SCORES = 500;

interface Score {
  readonly filter: string;
  readonly scorer: string;
  readonly metrics: ReadonlyMap<string, string>;
}

function scoresOf(header: ForeignJson, path: string, complain: Complain): readonly Score[] {
  const scores = memberOf(header, 'results', 'scores');
  if (!isForeignArray(scores)) return [];
  if (scores.length > MAX_SCORES) {
    complain('EVAL_NOT_THIS_FORMAT', `${path}: more than ${MAX_SCORES} scores`);
    return [];
  }
  return scores.flatMap((score): readonly Score[] => {
    const [name, metrics] = [textOf(memberOf(score, 'name')), memberOf(score, 'metrics')];
    if (name === undefined || !isForeignObject(metrics)) {
      complain('EVAL_NOT_THIS_FORMAT', `${path}: a score without name or metrics`);
      return [];
    }
    const unscored = numberTextOf(memberOf(score, 'unscored_samples')) ?? '0';
    if (unscored !== '0') complain('EVAL_UNSCORED', `${path}: ${unscored} samples have no score of ${name}`);
    const values = new Map<string, string>();
    for (const [metric, of] of metrics) {
      const told = memberOf(of, 'value');
      const text = numberTextOf(told);
      const value = text === undefined ? null : toCanonicalDecimal(text);
      if (value === null)
        complain(
          'EVAL_NOT_A_NUMBER',
          `${path}: ${name}.${metric}: ${text ?? textOf(told) ?? kindOf(told ?? null)}`,
        );
      else values.set(metric, value);
    }
    const reducer = textOf(memberOf(score, 'reducer'));
    const scorer = textOf(memberOf(score, 'scorer')) ?? name;
    return [{ filter: reducer === undefined ? name : `${name}/${reducer}`, scorer, metrics: values }];
  });
}

/** What is about the machine, and measures nothing. */
const OF_THE_MACHINE = new Set(['max_connections', 'max_retries', 'timeout', 'attempt_timeout', 'seed']);

/** What was asked and how it was scored, without what the model is. */
function asked(header: ForeignJson, documents: string | undefined): ForeignJson {
  const settings = (config: ForeignJson | undefined): ForeignJson =>
    isForeignObject(config) ? new Map([...config].filter(([key]) => !OF_THE_MACHINE.has(key))) : null;
  const of = (...keys: readonly string[]): ForeignJson => memberOf(header, ...keys) ?? null;
  return new Map<string, ForeignJson>([
    ['dataset', of('eval', 'dataset', 'name')],
    ['samples', of('eval', 'dataset', 'samples')],
    ['arguments', of('eval', 'task_args')],
    ['steps', of('plan', 'steps')],
    ['generation', settings(memberOf(header, 'plan', 'config'))],
    ['epochs', of('eval', 'config', 'epochs') ?? { number: '1' }],
    // Nothing is chosen: else it was refused. It stays in the digest of what was read before that was so.
    ['chosen', [null, null]],
    // The same log tells the ids as JSON or not; the samples themselves say more.
    ['ids', documents === undefined ? of('eval', 'dataset', 'sample_ids') : null],
    ['scorers', of('eval', 'scorers')],
    ['documents', documents ?? null],
  ]);
}
