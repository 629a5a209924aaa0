import type { Measurement } from '../../domain/evaluation-report.ts';
import type { CompleteEvaluation } from '../../domain/record.ts';
import { measurementKey, type Rubric, type RubricTask } from '../../domain/rubric.ts';
import { differences } from '../../machine/regressions.ts';
import {
  baselineNamed,
  baselinesOf,
  lockedBaseline,
  lockedRubric,
  reportOf,
  type Bundle,
  type World,
} from '../../machine/world.ts';
import { toRatio, floorText, subtract } from '../../base/decimal.ts';
import { code, plain, section, table } from './markdown.ts';

type Rows = ReadonlyMap<string, Measurement>;

const rowsOf = (tasks: readonly Measurement[]): Rows =>
  new Map(tasks.map((row) => [measurementKey(row), row]));

const withNoise = (row: Measurement | undefined): string =>
  row === undefined ? '–' : row.stderr === undefined ? row.value : `${row.value} ± ${row.stderr}`;

/** What one run reached, held against thresholds and baseline. */
export function runLines({ tree }: World, bundle: Bundle, run: CompleteEvaluation): readonly string[] {
  const rubric = lockedRubric(bundle);
  const ours = rowsOf(reportOf(bundle, run.run)?.tasks ?? []);
  const theirs = rowsOf(lockedBaseline(tree, bundle).report.tasks);
  const { thresholds } = bundle.lock;
  const { scores } = run;
  const fallen = scores.tasks.filter(({ regressed }) => regressed).map(({ id }) => code(id));
  return section(`Run ${plain(run.run)}: ${scores.verdict}`, [
    ...table(
      ['', 'reached', 'demanded'],
      [
        ['core', scores.core, `at least ${thresholds.core}`],
        ['held-out', scores.heldOut, `at least ${thresholds.heldOut}`],
        ['regressions', String(scores.regressions), `at most ${thresholds.maxRegressions}`],
      ],
    ),
    '',
    ...table(
      ['task', 'group', 'value', 'baseline', 'change', 'may fall by', 'hard limit', ''],
      rubric.tasks.map((task, index) => {
        const [measured, base] = [ours.get(measurementKey(task)), theirs.get(measurementKey(task))];
        const change =
          measured === undefined || base === undefined
            ? '–'
            : floorText(subtract(toRatio(measured.value), toRatio(base.value)));
        return [
          code(task.id),
          task.group,
          withNoise(measured),
          withNoise(base),
          change,
          task.tracked ? task.tolerance : 'anything',
          task.hardLimit ?? '–',
          scores.tasks[index]?.regressed === true ? 'REGRESSED' : '',
        ];
      }),
    ),
    '',
    fallen.length === 0 ? 'No tracked task regressed.' : `Regressed: ${fallen.join(', ')}.`,
    ruleWords(rubric),
  ]);
}

function ruleWords({ regression }: Rubric): string {
  return regression.rule === 'tolerance'
    ? 'A task regresses where it falls below the baseline by more than its tolerance.'
    : `A task regresses where it falls below the baseline by more than its tolerance and by more than ${regression.z} times the noise of both.`;
}

/** Models that results are only reported beside, each task where it ran the same. */
export function comparatorLines(
  { tree }: World,
  bundle: Bundle,
  runs: readonly CompleteEvaluation[],
): readonly string[] {
  const comparators = baselinesOf(tree, bundle.iteration.line).filter(
    ({ comparator }) => comparator === true,
  );
  const ours = rowsOf(runs[0] === undefined ? [] : (reportOf(bundle, runs[0].run)?.tasks ?? []));
  const { tasks } = lockedRubric(bundle);
  const lines = comparators.flatMap((comparator) => {
    const report = baselineNamed(tree, comparator.line, comparator.id)?.report;
    const theirs = rowsOf(report?.tasks ?? []);
    return [
      '',
      `### ${plain(comparator.model)}`,
      '',
      `Recorded ${comparator.time} by ${code(comparator.principal)} as ${code(comparator.id)}.`,
      '',
      ...table(
        ['task', 'this', 'comparator'],
        tasks.map((task) => [code(task.id), ...beside(task, ours, theirs)]),
      ),
    ];
  });
  return section('Comparators', lines.length === 0 ? [] : ['Nothing is measured by these.', ...lines]);
}

function beside(task: RubricTask, ours: Rows, theirs: Rows): readonly [string, string] {
  const [measured, other] = [ours.get(measurementKey(task)), theirs.get(measurementKey(task))];
  if (measured === undefined || other === undefined)
    return [withNoise(measured), other === undefined ? 'not run' : withNoise(other)];
  const unlike = differences(measured, other);
  return [
    withNoise(measured),
    unlike.length === 0
      ? withNoise(other)
      : `${withNoise(other)}, not comparable: ${plain(unlike.join('; '))}`,
  ];
}
