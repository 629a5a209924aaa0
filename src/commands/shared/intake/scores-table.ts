import type { Lock } from '../../../domain/lock.ts';
import { RUBRIC } from '../../../domain/paths.ts';
import type { CompleteEvaluation } from '../../../domain/record.ts';
import { rubricDocument } from '../../../domain/rubric.ts';
import { fileAt } from '../../../domain/tree.ts';
import { parseFile } from '../../../machine/trusted-files.ts';
import { type Bundle } from '../../../machine/world.ts';
import { escapeShown } from '../terminal/escape.ts';
import { wrap, type Style } from '../terminal/style.ts';

/** One run against the lock: composites against thresholds, every task against the baseline, regressions by name. */
export function scoresTable(
  bundle: Bundle,
  run: CompleteEvaluation,
  style: Style,
  columns: number,
): readonly string[] {
  const { scores } = run;
  const groups = groupsOf(bundle);
  const rows = scores.tasks.map((task) => {
    const marks = [
      ...(task.regressed ? [style.bad('REGRESSED')] : []),
      ...(task.hardLimitMet === false ? [style.bad('HARD LIMIT MISSED')] : []),
    ];
    return {
      cells: [
        escapeShown(task.id),
        groups.get(task.id) ?? '',
        short(task.value),
        short(task.baseline),
        difference(task.value, task.baseline),
      ],
      marks: marks.join(', '),
    };
  });
  const regressed = scores.tasks.filter((task) => task.regressed).map((task) => escapeShown(task.id));
  const verdict = scores.verdict === 'pass' ? style.good('pass') : style.bad('fail');
  return [
    `run ${escapeShown(run.run)}: ${verdict}`,
    ...against(bundle.lock, run, style).map((line) => `  ${line}`),
    ...wrap(
      regressed.length === 0 ? 'no task regressed' : `regressed: ${regressed.join(', ')}`,
      columns - 4,
    ).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`),
    ...table(['task', 'group', 'value', 'baseline', 'change'], rows, style, columns),
  ];
}

function against({ thresholds }: Lock, { scores }: CompleteEvaluation, style: Style): readonly string[] {
  const missed = (code: string): string =>
    (scores.shortfalls as readonly string[]).includes(code) ? style.bad('MISSED') : style.good('met');
  return [
    `core         ${short(scores.core).padEnd(8)} at least ${thresholds.core}: ${missed('CORE_BELOW')}`,
    `held-out     ${short(scores.heldOut).padEnd(8)} at least ${thresholds.heldOut}: ${missed('HELD_OUT_BELOW')}`,
    `regressions  ${String(scores.regressions).padEnd(8)} at most ${thresholds.maxRegressions}: ${missed('TOO_MANY_REGRESSIONS')}`,
  ];
}

function groupsOf({ folder }: Bundle): ReadonlyMap<string, string> {
  const file = fileAt(folder, RUBRIC);
  const rubric = file === null ? null : parseFile(rubricDocument, file, RUBRIC);
  return new Map(rubric?.ok === true ? rubric.value.tasks.map(({ id, group }) => [id, group]) : []);
}

/** At most six places, cut and not rounded: what is shown is never more than what was reached. */
function short(decimal: string): string {
  return /^-?\d+\.\d{7,}$/.test(decimal) ? `${decimal.slice(0, decimal.indexOf('.') + 7)}…` : decimal;
}

function difference(value: string, baseline: string): string {
  const change = Number(value) - Number(baseline);
  return change === 0 ? '0' : `${change > 0 ? '+' : ''}${Number(change.toPrecision(3))}`;
}

function table(
  head: readonly string[],
  rows: readonly { readonly cells: readonly string[]; readonly marks: string }[],
  style: Style,
  columns: number,
): readonly string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  // The name gives way first; a narrow terminal then shows a cut name, and the JSON has it whole.
  const rest = widths.slice(1).reduce((sum, width) => sum + width + 2, 2);
  widths[0] = Math.max(8, Math.min(widths[0] ?? 8, columns - rest - 11));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => fit(cell, widths[column] ?? 0)).join('  ');
  return [
    `  ${style.dim(line(head))}`.trimEnd(),
    ...rows.map(({ cells, marks }) => `  ${line(cells)}  ${marks}`.trimEnd()),
  ];
}

function fit(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}…`;
}
