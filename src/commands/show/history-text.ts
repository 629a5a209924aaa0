import type { Approval } from '../../domain/approval.ts';
import type { Evaluation } from '../../domain/record.ts';
import type { Bundle } from '../../machine/world.ts';
import { brief } from '../shared/terminal/layout.ts';
import { scoresTable } from '../shared/intake/scores-table.ts';
import { field, quoted, type Style } from '../shared/terminal/style.ts';

/** What was done with the iteration: evidence, runs, export, decisions, transitions. */
export function historyLines(bundle: Bundle, style: Style, columns: number): readonly string[] {
  const { record, approvals } = bundle;
  const part = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', style.bold(title), ...lines];
  const by = (entry: { principal: string; role: string; time: string }): string =>
    `by ${entry.principal} as ${entry.role}, ${entry.time}`;
  return [
    ...part(
      'evidence',
      record.evidence.flatMap((entry) => [
        ...field('  signed', by(entry), columns),
        ...entry.files.flatMap(({ path, sha256 }) => field('', `${path} sha256 ${brief(sha256)}…`, columns)),
      ]),
    ),
    ...part(
      'runs',
      record.evaluations.flatMap((run) => runLines(bundle, run, by(run), style, columns)),
    ),
    ...part(
      'checks',
      (record.checks ?? []).flatMap((check) =>
        field(`  ${check.name}`, `${check.status}, ${by(check)}`, columns),
      ),
    ),
    ...part(
      'export',
      record.export === undefined
        ? []
        : [
            ...field('  signed', by(record.export), columns),
            ...field('  manifest', record.export.manifest.sha256, columns),
            ...field('  where', `${record.export.registry}, ${record.export.reference}`, columns),
          ],
    ),
    ...part(
      'decisions',
      approvals.flatMap((entry) => decisionLines(entry, by(entry), columns)),
    ),
    ...part(
      'transitions',
      record.transitions.flatMap((step) => [
        ...field('  step', `${step.from} → ${step.to}`, columns),
        ...field('', by(step), columns),
        ...(step.act === 'deprecate' ? quoted(step.reason, columns, '    | ') : []),
        ...(step.act === 'deprecate' && step.successor !== undefined
          ? field('', `succeeded by ${step.successor}`, columns)
          : []),
      ]),
    ),
  ];
}

function runLines(
  bundle: Bundle,
  run: Evaluation,
  by: string,
  style: Style,
  columns: number,
): readonly string[] {
  const scores =
    run.status === 'complete'
      ? scoresTable(bundle, run, style, columns - 2).map((line) => `  ${line}`)
      : [`  run ${run.run}: errored, not counted`, ...quoted(run.error, columns, '    | ')];
  return [...scores, ...field('  signed', by, columns)];
}

function decisionLines(entry: Approval, by: string, columns: number): readonly string[] {
  return [
    ...field(`  ${entry.act}`.padEnd(12), `${entry.gate}, ${by}`, columns),
    ...(entry.act === 'approve' ? field('', entry.acknowledgements.join(', '), columns) : []),
    ...(entry.act === 'withdraw' ? field('', `takes back ${brief(entry.withdraws)}…`, columns) : []),
    ...(entry.answers.length === 0
      ? []
      : field('', `answers ${entry.answers.map((id) => `${brief(id)}…`).join(', ')}`, columns)),
    ...quoted(entry.reason, columns, '    | '),
    ...field('', `entry ${brief(entry.id)}…`, columns),
  ];
}
