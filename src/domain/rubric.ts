import * as z from 'zod';
import { compare, DecimalText, parseDecimal, ZERO } from '../base/decimal.ts';
import { jsonDocument } from './document.ts';
import { isStrictlySorted } from './entry.ts';
import { SafeName } from './names.ts';
import { Label, Text } from './text.ts';

/** `rubrics/<name>.json`: what counts as good for a line – which tasks, how they weigh, and what may not get worse. */

const TASK_GROUPS = ['core', 'held-out', 'security', 'performance'] as const;
export type TaskGroup = (typeof TASK_GROUPS)[number];

/** Negative, zero or positive; 0 for texts that are no decimals, which the field's own schema reports. */
function order(a: string, b: string): number {
  const [left, right] = [parseDecimal(a), parseDecimal(b)];
  return left === null || right === null ? 0 : compare(left, right);
}

function sign(text: string): number {
  const value = parseDecimal(text);
  return value === null ? 0 : compare(value, ZERO);
}

const Range = z
  .strictObject({ min: DecimalText, max: DecimalText })
  .refine((range) => order(range.min, range.max) < 0, 'min must be below max')
  .readonly();

export const RubricTask = z
  .strictObject({
    /** The rubric's own name of the task. */
    id: SafeName,
    /** The harness's name of it. */
    task: Label,
    /** Such as `acc`. */
    metric: Label,
    /** Such as `none` or `strict-match`. */
    filter: Label,
    direction: z.enum(['higher', 'lower']),
    /** Where raw values lie. One outside is refused, never clamped: 51.3 for 0.513 would open a gate. */
    range: Range,
    /** Share in the composite of its group; `0` for security and performance, which have hard limits instead. */
    weight: DecimalText,
    group: z.enum(TASK_GROUPS),
    /** Whether falling below the baseline counts as a regression. */
    tracked: z.boolean(),
    /** How far it may fall below the baseline, in units of the raw metric. */
    tolerance: DecimalText,
    minimumSamples: z.int().min(1),
    /** Raw value that must be reached (higher is better) or not exceeded (lower is better). */
    hardLimit: DecimalText.optional(),
  })
  .check((context) => {
    const task = context.value;
    const complain = (key: keyof typeof task, message: string) =>
      context.issues.push({ code: 'custom', input: task, path: [key], message });
    const inComposite = task.group === 'core' || task.group === 'held-out';
    if (inComposite && sign(task.weight) <= 0) complain('weight', `must be above 0 for a ${task.group} task`);
    if (!inComposite && task.weight !== '0') complain('weight', `must be 0 for a ${task.group} task`);
    if (!inComposite && task.hardLimit === undefined)
      complain('hardLimit', `must be given for a ${task.group} task`);
    if (sign(task.tolerance) < 0) complain('tolerance', 'must not be negative');
    if (
      task.hardLimit !== undefined &&
      (order(task.hardLimit, task.range.min) < 0 || order(task.hardLimit, task.range.max) > 0)
    )
      complain('hardLimit', 'must lie within the range');
  })
  .readonly();
export type RubricTask = z.infer<typeof RubricTask>;

/** When a tracked task has fallen below the baseline. */
const RegressionRule = z.discriminatedUnion('rule', [
  /** By more than its tolerance. */
  z.strictObject({ rule: z.literal('tolerance') }).readonly(),
  /** By more than its tolerance and by more than z times the root of the summed squares of both standard errors. */
  z
    .strictObject({
      rule: z.literal('confidence'),
      z: DecimalText.refine((text) => sign(text) > 0, 'must be above 0'),
    })
    .readonly(),
]);
export type RegressionRule = z.infer<typeof RegressionRule>;

export const Rubric = z
  .strictObject({
    schema: z.literal('modelsmith/rubric/v1'),
    name: SafeName,
    title: Label,
    /** In words, what the domain expert judges. */
    domainStandard: Text,
    harness: z.strictObject({ name: SafeName }).readonly(),
    regression: RegressionRule,
    tasks: z
      .array(RubricTask)
      .min(1)
      .max(2000)
      .refine((tasks) => isStrictlySorted(tasks.map((task) => task.id)), 'must be sorted by id, each id once')
      .refine(
        (tasks) => new Set(tasks.map(measurementKey)).size === tasks.length,
        'must not name the same task, metric and filter twice',
      )
      .refine((tasks) => tasks.some((task) => task.group === 'core'), 'must hold at least one core task')
      .refine(
        (tasks) => tasks.some((task) => task.group === 'held-out'),
        'must hold at least one held-out task',
      )
      .refine((tasks) => {
        const core = new Set(tasks.filter((task) => task.group === 'core').map((task) => task.task));
        return !tasks.some((task) => task.group === 'held-out' && core.has(task.task));
      }, 'must not hold a task of the harness in both core and held-out: what one trains towards is not held out')
      .readonly(),
  })
  .readonly();
export type Rubric = z.infer<typeof Rubric>;

export const rubricDocument = jsonDocument('modelsmith/rubric/v1', Rubric);

/** Names one measurement within a report. */
export function measurementKey(of: {
  readonly task: string;
  readonly metric: string;
  readonly filter: string;
}): string {
  return JSON.stringify([of.task, of.metric, of.filter]);
}
