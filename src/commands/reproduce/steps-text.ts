import type { View } from '../shared/command.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { table } from '../shared/terminal/layout.ts';
import { styleOf, wrap, type Style } from '../shared/terminal/style.ts';
import type { Composite, Exact, RunDerivation, TaskStep } from './derivation.ts';

/** One run from the measured values to the verdict. */
export function runText(run: RunDerivation, { columns, color }: View): readonly string[] {
  const style = styleOf(color);
  return [
    style.bold(`run ${run.run}: ${run.verdict}`),
    `  ${run.asRecorded ? 'what comes out is what is recorded' : style.bad('what is recorded is something else')}`,
    '',
    '  1  normalised scores: distance from the worst of the range over its width',
    ...table(
      run.tasks.map((task) => [escapeShown(task.id), `${scoreOf(task)}   (${escapeShown(task.measured)})`]),
      columns,
      5,
    ),
    '',
    '  2  composites: sum of weight × score over sum of weights',
    ...compositeLines('core', run, run.core, columns),
    ...compositeLines('held-out', run, run.heldOut, columns),
    '',
    ...wrap(`3  regressions: ${run.rule}`, columns - 5).map(
      (line, at) => `${at === 0 ? '  ' : '     '}${line}`,
    ),
    ...table(
      run.tasks.filter((task) => task.tracked).map((task) => [escapeShown(task.id), fallOf(task, style)]),
      columns,
      5,
    ),
    ...limits(run, columns),
    '',
    '  thresholds of the lock',
    ...table(verdictRows(run, style), columns, 5),
    `  verdict: ${run.verdict}${run.shortfalls.length === 0 ? '' : ` (${run.shortfalls.join(', ')})`}`,
  ];
}

/** `1/3 ≈ 0.333333333333` where the decimal is cut, else the decimal alone. */
function told({ fraction, decimal, isExact }: Exact): string {
  return isExact ? decimal : `${fraction} ≈ ${decimal} (rounded down)`;
}

function scoreOf({ direction, value, range, score }: TaskStep): string {
  const distance = direction === 'higher' ? `(${value} - ${range.min})` : `(${range.max} - ${value})`;
  return `${distance} / (${range.max} - ${range.min}) = ${told(score)}`;
}

function compositeLines(
  group: 'core' | 'held-out',
  run: RunDerivation,
  { sum, weights, value }: Composite,
  columns: number,
): readonly string[] {
  const terms = run.tasks
    .filter((task) => task.group === group)
    .map(({ weight, score }) => `${weight} × ${score.isExact ? score.decimal : score.fraction}`);
  const text = `(${terms.join(' + ')}) / ${weights.decimal} = ${told(sum)} / ${weights.decimal} = ${told(value)}`;
  return table([[group, text]], columns, 5);
}

function fallOf(task: TaskStep, style: Style): string {
  const { direction, value, baseline, fall, tolerance, noise, regressed } = task;
  const difference = direction === 'higher' ? `${baseline} - ${value}` : `${value} - ${baseline}`;
  const beyond =
    noise === null
      ? ''
      : `; fall² ${told(noise.fallSquared)} against ${noise.z}² × (a² + b²) = ${told(noise.bound)}`;
  return `fell by ${difference} = ${told(fall)}, tolerance ${tolerance}${beyond}: ${regressed ? style.bad('REGRESSED') : 'no'}`;
}

function limits(run: RunDerivation, columns: number): readonly string[] {
  const rows = run.tasks.flatMap(({ id, value, direction, hardLimit, hardLimitMet }) =>
    hardLimit === null
      ? []
      : [
          [
            escapeShown(id),
            `${value} ${direction === 'higher' ? 'at least' : 'at most'} ${hardLimit}: ${hardLimitMet === true ? 'met' : 'MISSED'}`,
          ],
        ],
  );
  return rows.length === 0 ? [] : ['', '  4  hard limits', ...table(rows, columns, 5)];
}

function verdictRows(
  { core, heldOut, regressions }: RunDerivation,
  style: Style,
): readonly (readonly string[])[] {
  const met = (yes: boolean): string => (yes ? style.good('met') : style.bad('MISSED'));
  return [
    ['core', `${core.value.decimal} at least ${core.threshold}: ${met(core.met)}`],
    ['held-out', `${heldOut.value.decimal} at least ${heldOut.threshold}: ${met(heldOut.met)}`],
    [
      'regressions',
      `${regressions.count} at most ${regressions.allowed}: ${met(regressions.count <= regressions.allowed)}`,
    ],
  ];
}
