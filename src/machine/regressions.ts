import { add, compare, multiply, subtract, toRatio, ZERO, type Ratio } from '../base/decimal.ts';
import type { Measurement } from '../domain/evaluation-report.ts';
import type { RegressionRule, RubricTask } from '../domain/rubric.ts';

type Told = string | number | boolean | undefined;

/** In what a measurement and its baseline differ although they must not; empty where they may be compared. */
export function differences(measured: Measurement, baseline: Measurement): readonly string[] {
  const pairs: readonly (readonly [string, Told, Told])[] = [
    ['task version', measured.version, baseline.version],
    ['task hash', measured.hash, baseline.hash],
    ['shots', measured.shots, baseline.shots],
    ['samples of the task', measured.samples?.original, baseline.samples?.original],
    ['direction', measured.higherIsBetter, baseline.higherIsBetter],
  ];
  return pairs
    .filter(([, ours, theirs]) => ours !== theirs)
    .map(([what, ours, theirs]) => `${what}: ${shown(ours)}, in the baseline ${shown(theirs)}`);
}

function shown(value: Told): string {
  return value === undefined ? 'not told' : String(value);
}

/** How much worse than the baseline, in units of the raw metric; negative where it is better. */
function fall(task: RubricTask, measured: Measurement, baseline: Measurement): Ratio {
  const [ours, theirs] = [toRatio(measured.value), toRatio(baseline.value)];
  return task.direction === 'higher' ? subtract(theirs, ours) : subtract(ours, theirs);
}

/** Whether a tracked task fell; null where the rule needs standard errors that are not there. */
export function hasRegressed(
  rule: RegressionRule,
  task: RubricTask,
  measured: Measurement,
  baseline: Measurement,
): boolean | null {
  if (!task.tracked) return false;
  const fell = fall(task, measured, baseline);
  const beyondTolerance = compare(fell, toRatio(task.tolerance)) > 0;
  if (rule.rule === 'tolerance') return beyondTolerance;
  if (measured.stderr === undefined || baseline.stderr === undefined) return null;
  // fell > z·√(a² + b²) exactly when fell > 0 and fell² > z²·(a² + b²): no root, so no rounding.
  const noise = add(square(toRatio(measured.stderr)), square(toRatio(baseline.stderr)));
  const beyondNoise = compare(square(fell), multiply(square(toRatio(rule.z)), noise)) > 0;
  return beyondTolerance && compare(fell, ZERO) > 0 && beyondNoise;
}

function square(value: Ratio): Ratio {
  return multiply(value, value);
}
