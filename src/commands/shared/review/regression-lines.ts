import type { CompleteEvaluation } from '../../../domain/record.ts';
import type { RubricTask } from '../../../domain/rubric.ts';
import { aliasTargets } from '../../../domain/aliases.ts';
import { completeRuns } from '../../../machine/verdict.ts';
import { aliasesOf, bundleOf, lockedRubric, type Bundle } from '../../../machine/world.ts';
import { escapeShown } from '../terminal/escape.ts';
import { table } from '../terminal/layout.ts';
import { wrap, type Style } from '../terminal/style.ts';
import type { ReviewGround } from './ground.ts';

type TaskScore = CompleteEvaluation['scores']['tasks'][number];

/** Every task that fell below the baseline, the worst first, and how each does against the model that serves now. */
export function regressionLines(ground: ReviewGround): readonly string[] {
  const { bundle, style, columns } = ground;
  const tasks = new Map(lockedRubric(bundle).tasks.map((task) => [task.id as string, task]));
  const runs = completeRuns(bundle);
  if (runs.length === 0) return ['  no complete run'];
  return [
    ...runs.flatMap((run) => [
      `  run ${run.run}, against the baseline:`,
      ...fallen(run, tasks, style, columns),
    ]),
    ...againstServing(ground, runs.at(-1)),
  ];
}

function fallen(
  { scores }: CompleteEvaluation,
  tasks: ReadonlyMap<string, RubricTask>,
  style: Style,
  columns: number,
): readonly string[] {
  const rows = scores.tasks
    .map((score) => ({ score, task: tasks.get(score.id), fall: fallOf(score, tasks.get(score.id)) }))
    .filter(({ fall }) => fall > 0)
    .sort((a, b) => Number(b.score.regressed) - Number(a.score.regressed) || b.fall - a.fall);
  if (rows.length === 0) return ['    no task is worse than the baseline'];
  return table(
    [
      ['task', 'from', 'to', 'tolerance', ''],
      ...rows.map(({ score, task }) => [
        escapeShown(score.id),
        short(score.baseline),
        short(score.value),
        task?.tolerance ?? '',
        score.regressed
          ? style.bad('REGRESSED')
          : task?.tracked === false
            ? 'not tracked'
            : 'worse, within what is allowed',
      ]),
    ],
    columns,
    4,
  );
}

/** How much worse, as a number for sorting; what counts as a regression is recorded and exact. */
function fallOf({ value, baseline }: TaskScore, task: RubricTask | undefined): number {
  const difference = Number(baseline) - Number(value);
  return task?.direction === 'lower' ? -difference : difference;
}

/** Told beside the baseline, and no rule: what customers have now may have been measured by an older lock. */
function againstServing(
  { world, bundle, columns, style }: ReviewGround,
  run: CompleteEvaluation | undefined,
): readonly string[] {
  const now = serving(world.tree, bundle);
  const theirs = now === null ? undefined : completeRuns(now).at(-1);
  if (now === null || theirs === undefined || run === undefined)
    return ['  nothing else serves customers now'];
  const before = new Map(theirs.scores.tasks.map((task) => [task.id as string, task.value as string]));
  const directions = new Map(
    lockedRubric(bundle).tasks.map(({ id, direction }) => [id as string, direction]),
  );
  const rows = run.scores.tasks.flatMap(({ id, value }) => {
    const old = before.get(id);
    if (old === undefined || old === value) return [];
    const isWorse = Number(value) < Number(old) === (directions.get(id) !== 'lower');
    return [[escapeShown(id), short(old), short(value), isWorse ? style.careful('worse') : 'better']];
  });
  const sameLock = now.lock.id === bundle.lock.id;
  return [
    ...wrap(
      `against ${now.iteration.version}, which serves now${sameLock ? '' : ' and was measured by another lock'}:`,
      columns - 2,
    ).map((line) => `  ${line}`),
    ...(rows.length === 0
      ? ['    no task differs']
      : table([['task', 'from', 'to', ''], ...rows], columns, 4)),
  ];
}

function serving(tree: ReviewGround['world']['tree'], { iteration }: Bundle): Bundle | null {
  const version = aliasTargets(aliasesOf(tree, iteration.line)).get('serving') ?? null;
  return version === null || version === iteration.version
    ? null
    : bundleOf(tree, { line: iteration.line, version });
}

function short(decimal: string): string {
  return decimal.length <= 9 ? decimal : `${decimal.slice(0, 8)}…`;
}
