import {
  add,
  compare,
  divide,
  multiply,
  subtract,
  toRatio,
  ZERO,
  type DecimalText,
  type Ratio,
} from '../base/decimal.ts';
import { isNonEmpty, type NonEmpty } from '../base/nonempty.ts';
import type { EvaluationReport, Measurement } from '../domain/evaluation-report.ts';
import type { SafeName } from '../domain/names.ts';
import { measurementKey, type Rubric, type RubricTask, type TaskGroup } from '../domain/rubric.ts';
import { differences, hasRegressed } from './regressions.ts';

/** Why a report cannot be scored. None of these says that the model is bad: there is no score at all. */
export const SCORE_FAULTS = [
  'EVAL_HARNESS', // not made by the harness the rubric names
  'EVAL_TASK_MISSING', // the rubric asks for a measurement the report does not hold
  'EVAL_GROUP_AND_SUBTASKS', // the rubric asks for a group, whose average hides its tasks
  'EVAL_DIRECTION', // rubric and harness disagree on whether higher is better, or the harness does not say
  'EVAL_OUT_OF_RANGE', // a value outside the range of the raw metric, in the report or the baseline
  'EVAL_TOO_FEW_SAMPLES', // fewer samples than the rubric demands
  'EVAL_NO_STDERR', // the rubric asks for confidence and a tracked task has no standard error
  'BASELINE_TASK_MISSING', // the baseline lacks a measurement the rubric asks for
  'BASELINE_NOT_COMPARABLE', // another version, hash, size or number of shots of a task in the baseline
] as const;
export type ScoreFaultCode = (typeof SCORE_FAULTS)[number];

export interface ScoreFault {
  readonly code: ScoreFaultCode;
  /** Facts a person needs, one a line, the task first. */
  readonly facts: readonly string[];
}

export interface ScoredTask {
  readonly id: SafeName;
  readonly group: TaskGroup;
  readonly value: DecimalText;
  /** From 0 (worst of the range) to 1 (best). */
  readonly score: Ratio;
  readonly baseline: DecimalText;
  /** Value minus baseline, in units of the raw metric. */
  readonly delta: Ratio;
  readonly regressed: boolean;
  /** Null for a task without a hard limit. */
  readonly hardLimitMet: boolean | null;
}

export interface Scored {
  readonly kind: 'scored';
  /** Weighted means of normalised scores, exact. */
  readonly core: Ratio;
  readonly heldOut: Ratio;
  readonly regressions: number;
  /** Sorted by id, as in the rubric. */
  readonly tasks: readonly ScoredTask[];
}

export type Scoring = Scored | { readonly kind: 'refused'; readonly faults: NonEmpty<ScoreFault> };

/** Scores a report by a rubric against a baseline. All faults are named at once. */
export function score(rubric: Rubric, report: EvaluationReport, baseline: EvaluationReport): Scoring {
  const ours = measurements(report);
  const theirs = measurements(baseline);
  const faults = [...harnessFaults(rubric, report, 'report'), ...harnessFaults(rubric, baseline, 'baseline')];
  const tasks: ScoredTask[] = [];
  for (const task of rubric.tasks) {
    const measured = ours.get(measurementKey(task));
    const base = theirs.get(measurementKey(task));
    const found = taskFaults(task, report, measured, base);
    const regressed =
      measured === undefined || base === undefined
        ? false
        : hasRegressed(rubric.regression, task, measured, base);
    if (regressed === null)
      found.push(fault('EVAL_NO_STDERR', task, 'no standard error in the report or the baseline'));
    faults.push(...found);
    if (found.length === 0 && measured !== undefined && base !== undefined) {
      tasks.push(scoredTask(task, measured.value, base.value, regressed === true));
    }
  }
  if (isNonEmpty(faults)) return { kind: 'refused', faults };
  return {
    kind: 'scored',
    core: composite(rubric, tasks, 'core'),
    heldOut: composite(rubric, tasks, 'held-out'),
    regressions: tasks.filter((task) => task.regressed).length,
    tasks,
  };
}

function measurements(report: EvaluationReport): ReadonlyMap<string, Measurement> {
  return new Map(report.tasks.map((measured) => [measurementKey(measured), measured]));
}

function harnessFaults(rubric: Rubric, report: EvaluationReport, which: string): ScoreFault[] {
  if (report.harness.name === rubric.harness.name) return [];
  const facts = [`rubric: ${rubric.harness.name}`, `${which}: ${report.harness.name}`];
  return [{ code: 'EVAL_HARNESS', facts }];
}

function fault(code: ScoreFaultCode, task: RubricTask, ...facts: readonly string[]): ScoreFault {
  return { code, facts: [`${task.id} (${task.task}, ${task.metric}, ${task.filter})`, ...facts] };
}

function taskFaults(
  task: RubricTask,
  report: EvaluationReport,
  measured: Measurement | undefined,
  base: Measurement | undefined,
): ScoreFault[] {
  const faults: ScoreFault[] = [];
  if (measured === undefined) {
    const isGroup = report.groups.includes(task.task);
    faults.push(fault(isGroup ? 'EVAL_GROUP_AND_SUBTASKS' : 'EVAL_TASK_MISSING', task));
  } else {
    if (!isToldRight(task, report, measured.higherIsBetter)) {
      const told =
        measured.higherIsBetter === undefined ? 'nothing' : measured.higherIsBetter ? 'higher' : 'lower';
      faults.push(fault('EVAL_DIRECTION', task, `rubric: ${task.direction}`, `harness: ${told}`));
    }
    if (!isWithin(task, measured.value)) faults.push(outOfRange(task, 'value', measured.value));
    // What has a value was run once at least.
    if ((measured.samples?.effective ?? 1) < task.minimumSamples) {
      const facts = [
        `samples: ${measured.samples?.effective ?? 'not told'}`,
        `demanded: ${task.minimumSamples}`,
      ];
      faults.push(fault('EVAL_TOO_FEW_SAMPLES', task, ...facts));
    }
  }
  if (base === undefined) faults.push(fault('BASELINE_TASK_MISSING', task));
  else if (!isWithin(task, base.value)) faults.push(outOfRange(task, 'value of the baseline', base.value));
  if (measured !== undefined && base !== undefined) {
    const unlike = differences(measured, base);
    if (unlike.length > 0) faults.push(fault('BASELINE_NOT_COMPARABLE', task, ...unlike));
  }
  return faults;
}

/** A harness without directions leaves it to the rubric; one that tells some must tell this one. */
function isToldRight(task: RubricTask, { harness }: EvaluationReport, told: boolean | undefined): boolean {
  return told === undefined ? harness.tellsDirections === false : told === (task.direction === 'higher');
}

function isWithin(task: RubricTask, value: DecimalText): boolean {
  const exact = toRatio(value);
  return compare(exact, toRatio(task.range.min)) >= 0 && compare(exact, toRatio(task.range.max)) <= 0;
}

function outOfRange(task: RubricTask, what: string, value: DecimalText): ScoreFault {
  return fault(
    'EVAL_OUT_OF_RANGE',
    task,
    `${what}: ${value}`,
    `range: ${task.range.min} to ${task.range.max}`,
  );
}

function scoredTask(
  task: RubricTask,
  value: DecimalText,
  baseline: DecimalText,
  regressed: boolean,
): ScoredTask {
  const [exact, min, max] = [toRatio(value), toRatio(task.range.min), toRatio(task.range.max)];
  const distance = task.direction === 'higher' ? subtract(exact, min) : subtract(max, exact);
  const { id, group } = task;
  return {
    ...{ id, group, value, baseline, regressed },
    score: divide(distance, subtract(max, min)),
    delta: subtract(exact, toRatio(baseline)),
    hardLimitMet: task.hardLimit === undefined ? null : meets(task, exact, toRatio(task.hardLimit)),
  };
}

function meets(task: RubricTask, value: Ratio, limit: Ratio): boolean {
  return task.direction === 'higher' ? compare(value, limit) >= 0 : compare(value, limit) <= 0;
}

function composite(rubric: Rubric, scored: readonly ScoredTask[], group: TaskGroup): Ratio {
  let [sum, weights] = [ZERO, ZERO];
  rubric.tasks.forEach((task, index) => {
    const of = scored[index];
    if (task.group !== group || of === undefined) return;
    const weight = toRatio(task.weight);
    sum = add(sum, multiply(weight, of.score));
    weights = add(weights, weight);
  });
  return divide(sum, weights);
}
