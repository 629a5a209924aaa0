import {
  add,
  compare,
  divide,
  floorText,
  multiply,
  subtract,
  toRatio,
  ZERO,
  type Ratio,
} from '../../base/decimal.ts';
import type { Measurement } from '../../domain/evaluation-report.ts';
import { reportFile, rawFolder } from '../../domain/paths.ts';
import type { Reason } from '../../domain/reason.ts';
import type { CompleteEvaluation } from '../../domain/record.ts';
import { measurementKey, type Rubric, type RubricTask } from '../../domain/rubric.ts';
import { scoreRun } from '../../machine/run-score.ts';
import type { ScoredTask } from '../../machine/score.ts';
import { baselineNamed, reportOf, type Bundle, type World } from '../../machine/world.ts';

/** An exact value: as a fraction in lowest terms, and as a decimal of at most 12 places, rounded down. */
export interface Exact {
  readonly fraction: string;
  readonly decimal: string;
  /** Whether the decimal is the whole value. */
  readonly isExact: boolean;
}

export interface TaskStep {
  readonly id: string;
  readonly group: string;
  /** Task, metric and filter as the harness names them. */
  readonly measured: string;
  readonly direction: 'higher' | 'lower';
  readonly value: string;
  readonly range: { readonly min: string; readonly max: string };
  readonly score: Exact;
  readonly weight: string;
  readonly baseline: string;
  readonly tracked: boolean;
  /** How much worse than the baseline; negative where it is better. */
  readonly fall: Exact;
  readonly tolerance: string;
  /** Under a rule of confidence: fall² must exceed z²·(a² + b²) too. */
  readonly noise: { readonly z: string; readonly fallSquared: Exact; readonly bound: Exact } | null;
  readonly regressed: boolean;
  readonly hardLimit: string | null;
  readonly hardLimitMet: boolean | null;
}

export interface Composite {
  /** Sum of weight × score over the tasks of the group. */
  readonly sum: Exact;
  readonly weights: Exact;
  readonly value: Exact;
  readonly threshold: string;
  readonly met: boolean;
}

export interface RunDerivation {
  readonly run: string;
  readonly reportPath: string;
  readonly report: string;
  readonly raw: readonly { readonly path: string; readonly sha256: string }[];
  readonly rule: string;
  readonly tasks: readonly TaskStep[];
  readonly core: Composite;
  readonly heldOut: Composite;
  readonly regressions: { readonly count: number; readonly allowed: number };
  readonly verdict: 'pass' | 'fail';
  readonly shortfalls: readonly string[];
  /** Whether what is recorded is what comes out. Where it is not, verify has a finding. */
  readonly asRecorded: boolean;
}

export type Derived =
  | { readonly kind: 'derived'; readonly steps: RunDerivation }
  | { readonly kind: 'refused'; readonly run: string; readonly reasons: readonly Reason[] };

/** Computes one run again, from its report to its verdict, every step kept. */
export function deriveRun(world: World, bundle: Bundle, run: CompleteEvaluation): Derived {
  const report = reportOf(bundle, run.run);
  const baseline = baselineNamed(world.tree, bundle.iteration.line, bundle.lock.baseline.id);
  if (report === null || baseline === null) throw new Error('an accepted run without report or baseline');
  const scored = scoreRun(world, bundle, report);
  if (scored.kind === 'refused') return { kind: 'refused', run: run.run, reasons: scored.reasons };
  const { rubric, exact, scores } = scored;
  const ours = new Map(report.tasks.map((row) => [measurementKey(row), row]));
  const theirs = new Map(baseline.report.tasks.map((row) => [measurementKey(row), row]));
  const tasks = rubric.tasks.map((task, index) => {
    const step = exact.tasks[index];
    const [measured, base] = [ours.get(measurementKey(task)), theirs.get(measurementKey(task))];
    if (step === undefined || measured === undefined || base === undefined)
      throw new Error('a scored report without a task');
    return taskStep(rubric, task, step, measured, base);
  });
  const { thresholds } = bundle.lock;
  return {
    kind: 'derived',
    steps: {
      run: run.run,
      reportPath: reportFile(run.run),
      report: run.report,
      raw: run.files.map(({ path, sha256 }) => ({ path: `${rawFolder(run.run)}/${path}`, sha256 })),
      rule:
        rubric.regression.rule === 'tolerance'
          ? 'a tracked task regressed if it fell by more than its tolerance'
          : 'a tracked task regressed if it fell by more than its tolerance and by more than z times the noise',
      tasks,
      core: composite(rubric, exact.tasks, 'core', exact.core, thresholds.core),
      heldOut: composite(rubric, exact.tasks, 'held-out', exact.heldOut, thresholds.heldOut),
      regressions: { count: exact.regressions, allowed: thresholds.maxRegressions },
      verdict: scores.verdict,
      shortfalls: scores.shortfalls,
      asRecorded: JSON.stringify(scores) === JSON.stringify(run.scores),
    },
  };
}

function taskStep(
  rubric: Rubric,
  task: RubricTask,
  scored: ScoredTask,
  measured: Measurement,
  base: Measurement,
): TaskStep {
  const [value, before] = [toRatio(measured.value), toRatio(base.value)];
  const fall = task.direction === 'higher' ? subtract(before, value) : subtract(value, before);
  return {
    id: task.id,
    group: task.group,
    measured: `${task.task}, ${task.metric}, ${task.filter}`,
    direction: task.direction,
    value: measured.value,
    range: task.range,
    score: exactOf(scored.score),
    weight: task.weight,
    baseline: base.value,
    tracked: task.tracked,
    fall: exactOf(fall),
    tolerance: task.tolerance,
    noise: task.tracked ? noiseOf(rubric, fall, measured, base) : null,
    regressed: scored.regressed,
    hardLimit: task.hardLimit ?? null,
    hardLimitMet: scored.hardLimitMet,
  };
}

function noiseOf({ regression }: Rubric, fall: Ratio, a: Measurement, b: Measurement): TaskStep['noise'] {
  if (regression.rule === 'tolerance' || a.stderr === undefined || b.stderr === undefined) return null;
  const square = (ratio: Ratio): Ratio => multiply(ratio, ratio);
  const noise = add(square(toRatio(a.stderr)), square(toRatio(b.stderr)));
  return {
    z: regression.z,
    fallSquared: exactOf(square(fall)),
    bound: exactOf(multiply(square(toRatio(regression.z)), noise)),
  };
}

function composite(
  rubric: Rubric,
  scored: readonly ScoredTask[],
  group: 'core' | 'held-out',
  value: Ratio,
  threshold: Bundle['lock']['thresholds']['core'],
): Composite {
  let [sum, weights] = [ZERO, ZERO];
  rubric.tasks.forEach((task, index) => {
    const of = scored[index];
    if (task.group !== group || of === undefined) return;
    sum = add(sum, multiply(toRatio(task.weight), of.score));
    weights = add(weights, toRatio(task.weight));
  });
  if (compare(divide(sum, weights), value) !== 0) throw new Error('a composite that does not add up');
  return {
    sum: exactOf(sum),
    weights: exactOf(weights),
    value: exactOf(value),
    threshold,
    met: compare(value, toRatio(threshold)) >= 0,
  };
}

function exactOf(value: Ratio): Exact {
  const decimal = floorText(value);
  return {
    fraction: value.den === 1n ? String(value.num) : `${value.num}/${value.den}`,
    decimal,
    isExact: compare(toRatio(decimal), value) === 0,
  };
}
