import { sha256 } from '../../base/digest.ts';
import {
  isForeignObject,
  kindOf,
  memberOf,
  numberTextOf,
  parseForeignJson,
  textOf,
  type ForeignJson,
  type ForeignObject,
} from '../../base/foreign-json.ts';
import { isNonEmpty, type NonEmpty } from '../../base/nonempty.ts';
import { problemsOf } from '../../domain/document.ts';
import { EvaluationReport } from '../../domain/evaluation-report.ts';
import { toTime } from '../../domain/names.ts';
import type { EvaluationImporter, Imported, ImportFault, RawFile } from '../../ports/evaluations.ts';
import { configDigest, seedsOf } from './lm-eval-v04-config.ts';
import { modelFacts } from './lm-eval-v04-model.ts';
import { readTable } from './lm-eval-v04-results.ts';

/**
 * Reads the results file (`results_<date>.json`) of lm-evaluation-harness 0.4. This version never changes once it is
 * released, nor do the files beside it that it is made of.
 */
export const lmEvalV04: EvaluationImporter = {
  name: 'lm-eval-v0.4',
  version: 1,
  import(files) {
    const [file, another] = files;
    if (another !== undefined)
      return notThisFormat('exactly one results file is read', `given: ${files.length}`);
    const json = parseForeignJson(file.bytes, file.path);
    if (json.ok) return importTree(json.value, file);
    const [{ place, message }] = json.problems;
    const bare = /(?:NaN|Infinity) is no JSON value$/.test(message);
    const where = `${place.file}${place.line === undefined ? '' : `:${place.line}`} ${message}`;
    return refused([{ code: bare ? 'EVAL_NOT_A_NUMBER' : 'EVAL_NOT_THIS_FORMAT', facts: [where] }]);
  },
};

function importTree(root: ForeignJson, file: RawFile): Imported {
  const results = memberOf(root, 'results');
  if (!isForeignObject(results) || results.size === 0) return notThisFormat(`results is ${kindOf(results)}`);
  if (!OWN_MEMBERS.some((key) => memberOf(root, key) !== undefined))
    return notThisFormat(`none of ${OWN_MEMBERS.join(', ')} is there`);
  if (hasPlainMetrics(results)) {
    return notThisFormat(
      'the metrics are named without a filter, as lm-evaluation-harness 0.3 does: run the evaluation with 0.4',
    );
  }
  const config = memberOf(root, 'config');
  const version = textOf(memberOf(root, 'lm_eval_version')) ?? '';
  const model = modelFacts(config);
  const { groups, measurements, faults } = readTable(root, results);
  const all = [...versionFaults(version), ...limitFaults(config), ...faults];
  if (typeof model === 'string') all.push({ code: 'EVAL_NOT_THIS_FORMAT', facts: [model] });
  if (isNonEmpty(all)) return refused(all);
  const git = textOf(memberOf(root, 'git_hash'));
  const date = dateOf(root);
  const report = EvaluationReport.safeParse({
    schema: 'modelsmith/evaluation-report/v1',
    importer: { name: lmEvalV04.name, version: lmEvalV04.version },
    harness: {
      name: 'lm-evaluation-harness',
      version,
      configSha256: configDigest(root),
      ...(git !== undefined && git !== '' && { gitHash: git }),
    },
    seeds: seedsOf(config),
    model,
    ...(date !== undefined && { date }),
    groups,
    tasks: measurements,
    raw: [{ path: file.path, size: file.bytes.length, sha256: sha256(file.bytes) }],
  });
  if (report.success) return { kind: 'imported', report: report.data };
  const facts = problemsOf(report.error, file.path).map(
    ({ place, message }) => `${place.key ?? ''}: ${message}`,
  );
  return refused([{ code: 'EVAL_NOT_THIS_FORMAT', facts: facts.slice(0, 20) }]);
}

/** Other harnesses write `results` too. */
const OWN_MEMBERS = ['lm_eval_version', 'versions', 'n-samples', 'higher_is_better'];

function hasPlainMetrics(results: ForeignObject): boolean {
  const rows = [...results.values()].filter(isForeignObject);
  const columns = rows.flatMap((row) => [...row.keys()]);
  const isPlain = rows.some((row) =>
    [...row.keys()].some((key) => !key.includes(',') && numberTextOf(row.get(`${key}_stderr`)) !== undefined),
  );
  return isPlain && !columns.some((column) => column.includes(','));
}

function versionFaults(version: string): ImportFault[] {
  if (version === '') return [{ code: 'EVAL_NO_VERSION', facts: ['lm_eval_version is missing'] }];
  if (version.startsWith('0.4.')) return [];
  return [
    { code: 'EVAL_NOT_THIS_FORMAT', facts: [`lm_eval_version is ${version}, this importer reads 0.4`] },
  ];
}

/** A limited run measures the first few samples; `samples` chooses some. Silence would hide either. */
function limitFaults(config: ForeignJson | undefined): ImportFault[] {
  const limit = memberOf(config, 'limit');
  const samples = memberOf(config, 'samples') ?? null;
  if (limit === undefined) return [{ code: 'EVAL_LIMITED', facts: ['config.limit is missing'] }];
  if (limit !== null)
    return [{ code: 'EVAL_LIMITED', facts: [`config.limit: ${numberTextOf(limit) ?? kindOf(limit)}`] }];
  return samples === null ? [] : [{ code: 'EVAL_LIMITED', facts: ['config.samples chooses samples'] }];
}

/** `date` is seconds since 1970 with a fraction. */
function dateOf(root: ForeignJson): string | undefined {
  const seconds = /^\d{1,11}(?=\.|$)/.exec(numberTextOf(memberOf(root, 'date')) ?? '')?.[0];
  return seconds === undefined ? undefined : toTime(Number(seconds));
}

function refused(faults: NonEmpty<ImportFault>): Imported {
  return { kind: 'refused', faults };
}

function notThisFormat(...facts: readonly string[]): Imported {
  return refused([{ code: 'EVAL_NOT_THIS_FORMAT', facts }]);
}
