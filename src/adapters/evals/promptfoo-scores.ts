import {
  add,
  divide,
  floorText,
  parseDecimal,
  toCanonicalDecimal,
  ZERO,
  type Ratio,
} from '../../base/decimal.ts';
import {
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
import type { Complain } from './import-result.ts';

interface About {
  readonly task: string;
  readonly version: string;
  readonly hash: string;
}

/** Places that a mean keeps; what lies beyond is cut off. */
const PLACES = 12;

/** Share of tests passed, mean score, and for each named metric the mean over the tests that have it. */
export function measurementsOf(rows: readonly ForeignObject[], about: About, complain: Complain) {
  const of = (task: string, metric: string, values: readonly Ratio[]) => ({
    ...{ ...about, task, metric, filter: 'none' },
    value: floorText(divide(sum(values), { num: BigInt(values.length), den: 1n }), PLACES),
    samples: { original: values.length, effective: values.length },
  });
  const passed = rows.map((row) => (row.get('success') === true ? { num: 1n, den: 1n } : ZERO));
  const scores = rows.flatMap((row, index) =>
    valueOf(row.get('score'), `results.results[${index}].score`, complain),
  );
  const named = namedScores(rows, complain);
  if (named.has(about.task))
    complain('EVAL_NOT_THIS_FORMAT', `a metric is called ${about.task}, as the tests are`);
  const all = [
    of(about.task, 'pass_rate', passed),
    ...(scores.length === rows.length ? [of(about.task, 'score', scores)] : []),
    ...[...named].map(([name, values]) => of(name, 'score', values)),
  ];
  return all.sort((a, b) => (measurementKey(a) < measurementKey(b) ? -1 : 1));
}

/** Where a test asserts one metric twice the file holds a sum, or a mean, as the version has it: such a metric is left out. */
function namedScores(
  rows: readonly ForeignObject[],
  complain: Complain,
): ReadonlyMap<string, readonly Ratio[]> {
  const values = new Map<string, Ratio[]>();
  const unclear = new Set<string>();
  rows.forEach((row, index) => {
    const told = row.get('namedScores') ?? memberOf(row, 'gradingResult', 'namedScores') ?? null;
    if (!isForeignObject(told)) return;
    const times = new Map<string, number>();
    countMetrics(memberOf(row, 'gradingResult', 'componentResults'), times);
    for (const [name, score] of told) {
      if ((times.get(name) ?? 0) > 1) unclear.add(name);
      const known = values.get(name) ?? [];
      values.set(name, known);
      known.push(...valueOf(score, `results.results[${index}].namedScores.${name}`, complain));
    }
  });
  return new Map([...values].filter(([name, list]) => !unclear.has(name) && list.length > 0));
}

function countMetrics(components: ForeignJson | undefined, times: Map<string, number>): void {
  if (!isForeignArray(components)) return;
  for (const component of components) {
    const metric = textOf(memberOf(component, 'assertion', 'metric'));
    if (metric !== undefined) times.set(metric, (times.get(metric) ?? 0) + 1);
    countMetrics(memberOf(component, 'componentResults'), times);
  }
}

function valueOf(told: ForeignJson | undefined, where: string, complain: Complain): readonly Ratio[] {
  const text = numberTextOf(told);
  const value = text === undefined ? null : toCanonicalDecimal(text);
  const exact = value === null ? null : parseDecimal(value);
  if (exact !== null) return [exact];
  complain('EVAL_NOT_A_NUMBER', `${where}: ${text ?? kindOf(told ?? null)}`);
  return [];
}

function sum(values: readonly Ratio[]): Ratio {
  return values.reduce(add, ZERO);
}
