import { toCanonicalDecimal } from '../../base/decimal.ts';
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
import { measurementKey } from '../../domain/rubric.ts';
import type { ImportFault, ImportFaultCode } from '../../ports/evaluations.ts';

/** The tables of an lm-evaluation-harness 0.4 results file: one row a task, one column a metric and filter. */

/** A measurement before the schema of the report has seen it. */
export interface RawMeasurement {
  readonly task: string;
  readonly metric: string;
  readonly filter: string;
  readonly value: string;
  readonly stderr?: string;
  readonly higherIsBetter?: boolean;
  readonly samples: { readonly original: number; readonly effective: number };
  readonly version: string;
  readonly hash?: string;
  readonly shots?: number;
}

export interface Table {
  readonly groups: readonly string[];
  readonly measurements: readonly RawMeasurement[];
  readonly faults: readonly ImportFault[];
}

export function readTable(root: ForeignJson, results: ForeignObject): Table {
  const groups = groupNames(root);
  const faults: ImportFault[] = [];
  const measurements = [...results]
    .filter(([task]) => !groups.has(task))
    .flatMap(([task, row]) => readRow(root, task, row, (code, ...facts) => faults.push({ code, facts })));
  measurements.sort((a, b) => (measurementKey(a) < measurementKey(b) ? -1 : 1));
  return { groups: [...groups].sort(), measurements, faults };
}

/** A group's row is an average over rows that are there themselves: counting both would count twice. */
function groupNames(root: ForeignJson): ReadonlySet<string> {
  const [groups, subtasks] = [memberOf(root, 'groups'), memberOf(root, 'group_subtasks')];
  return new Set([
    ...(isForeignObject(groups) ? groups.keys() : []),
    ...(isForeignObject(subtasks)
      ? [...subtasks].filter(([, of]) => isForeignArray(of) && of.length > 0)
      : []
    ).map(([name]) => name),
  ]);
}

type Complain = (code: ImportFaultCode, ...facts: readonly string[]) => void;

/** Columns that are about the row and measure nothing. */
const NO_METRICS = new Set(['alias', 'name', 'samples', 'sample_len', 'sample_count', ' ']);

function readRow(root: ForeignJson, task: string, row: ForeignJson, complain: Complain): RawMeasurement[] {
  if (!isForeignObject(row)) {
    complain('EVAL_NOT_THIS_FORMAT', `results.${task} is ${kindOf(row)}`);
    return [];
  }
  const about = aboutTask(root, task, row, complain);
  const directions = memberOf(root, 'higher_is_better', task);
  if (!isForeignObject(directions)) complain('EVAL_DIRECTION', `higher_is_better has nothing on ${task}`);
  const measurements: RawMeasurement[] = [];
  for (const [column, cell] of row) {
    if (NO_METRICS.has(column)) continue;
    const [metric = '', filter, more] = column.split(',');
    if (metric === '' || filter === undefined || filter === '' || more !== undefined) {
      complain(
        'EVAL_NOT_THIS_FORMAT',
        `results.${task} has the column ${column}, which is not <metric>,<filter>`,
      );
      continue;
    }
    if (metric.endsWith('_stderr') && row.has(`${metric.slice(0, -'_stderr'.length)},${filter}`)) continue;
    const value = decimalAt(cell, `results.${task}.${column}`, complain);
    const noise = row.get(`${metric}_stderr,${filter}`);
    const stderr =
      noise === undefined || noise === null || noise === 'N/A' // the harness estimated none
        ? undefined
        : decimalAt(noise, `results.${task}.${metric}_stderr,${filter}`, complain);
    const higherIsBetter = memberOf(directions, metric);
    if (value === undefined || about === undefined) continue;
    measurements.push({
      ...{ task, metric, filter, value },
      ...(stderr !== undefined && { stderr }),
      ...(typeof higherIsBetter === 'boolean' && { higherIsBetter }),
      ...about,
    });
  }
  if (![...row.keys()].some((column) => !NO_METRICS.has(column)))
    complain('EVAL_NOT_A_NUMBER', `results.${task} holds no value`);
  return measurements;
}

function decimalAt(cell: ForeignJson, where: string, complain: Complain): string | undefined {
  const text = numberTextOf(cell);
  const value = text === undefined ? null : toCanonicalDecimal(text);
  if (value !== null) return value;
  const shown = text ?? textOf(cell) ?? kindOf(cell);
  complain('EVAL_NOT_A_NUMBER', `${where}: ${shown}`);
  return undefined;
}

type About = Pick<RawMeasurement, 'samples' | 'version' | 'hash' | 'shots'>;

function aboutTask(
  root: ForeignJson,
  task: string,
  row: ForeignObject,
  complain: Complain,
): About | undefined {
  const [version, samples] = [versionOf(root, task, complain), samplesOf(root, task, row, complain)];
  if (version === undefined || samples === undefined) return undefined;
  const hash = textOf(memberOf(root, 'task_hashes', task));
  const shots = integerOf(memberOf(root, 'n-shot', task));
  return { samples, version, ...(hash !== undefined && { hash }), ...(shots !== undefined && { shots }) };
}

function versionOf(root: ForeignJson, task: string, complain: Complain): string | undefined {
  const told = memberOf(root, 'versions', task);
  const version = numberTextOf(told) ?? textOf(told);
  // "Yaml" is what the harness writes for a task whose file gives no metadata.version.
  if (version !== undefined && !['', 'N/A', 'Yaml'].includes(version.trim())) return version;
  complain('EVAL_NO_VERSION', `versions.${task}: ${version ?? kindOf(told)}`);
  return undefined;
}

function samplesOf(
  root: ForeignJson,
  task: string,
  row: ForeignObject,
  complain: Complain,
): RawMeasurement['samples'] | undefined {
  const original = integerOf(memberOf(root, 'n-samples', task, 'original'));
  const effective = integerOf(memberOf(root, 'n-samples', task, 'effective'));
  if (original === undefined || effective === undefined || original < 1) {
    complain(
      'EVAL_NO_SAMPLES',
      `n-samples.${task} does not count the samples of the task and those that were run`,
    );
    return undefined;
  }
  // With chosen samples (--samples) n-samples counts all of them; the row's own count tells what was run.
  const counted = integerOf(row.get('sample_len')) ?? integerOf(row.get('samples')) ?? effective;
  if (effective === original && counted >= original) return { original, effective };
  complain('EVAL_INCOMPLETE', `${task}: ${Math.min(effective, counted)} of ${original} samples were run`);
  return undefined;
}
