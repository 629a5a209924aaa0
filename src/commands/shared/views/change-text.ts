import { neededLines, touchesLines, wordLines } from './change-summary.ts';
import type { ChangeView, DecisionView } from './change-view.ts';
import { brief } from '../terminal/layout.ts';
import { field, quoted, wrap, type Style } from '../terminal/style.ts';

/** A change as a person reads it before deciding about it, at the width of the terminal. */
export function changeLines(view: ChangeView, style: Style, columns: number): readonly string[] {
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', style.bold(title), ...lines];
  return [
    style.bold(`change ${brief(view.change)}  ${titleOf(view)}: ${STATES[view.state]}`),
    ...field('proposed', `by ${view.proposedBy}, ${view.time}`, columns),
    ...field('reason', view.reason.replaceAll('\n', ' '), columns),
    ...(view.appliedBy === null || view.appliedAt === null
      ? []
      : field('in force', `since ${view.appliedAt}, by ${view.appliedBy}`, columns)),
    ...(view.touches === null ? [] : touchesLines(view.touches, view.brings, columns)),
    ...view.reports.flatMap((id) => field('knows of', `stolen key, override ${brief(id)}`, columns)),
    ...subjectOf(view, columns),
    ...section('What differs', wordLines(view.differences, columns)),
    ...section('Who has to approve', neededLines(view.needed, columns)),
    ...section('Decisions', decisionLines(view.decisions, style, columns)),
    ...section('What keeps it from coming into force', missingLines(view, columns)),
  ];
}

const STATES = {
  applied: 'in force',
  outdated: 'outdated',
  rejected: 'rejected',
  complete: 'approved, not yet in force',
  open: 'waits for approvals',
} as const;

export function titleOf({ kind, version }: Pick<ChangeView, 'kind' | 'version'>): string {
  if (kind === 'policy') return `policy version ${version}`;
  return kind === 'lift' ? 'lift of an override' : 'move of the trust root';
}

/** What is lifted, or where the root moves. */
function subjectOf({ kind, lifts, root }: ChangeView, columns: number): readonly string[] {
  if (root !== null) return field('new root', `${root.commit}:${root.signer}`, columns);
  if (kind !== 'lift') return [];
  return lifts === null
    ? field('override', 'is not in force any more', columns)
    : field('override', `${brief(lifts.id)}  ${lifts.act} by ${lifts.principal}: ${lifts.reason}`, columns);
}

export function decisionLines(
  decisions: readonly DecisionView[],
  style: Style,
  columns: number,
): readonly string[] {
  return decisions.flatMap(({ entry, act, principal, role, time, reason, status }) => [
    ...wrap(`${time}  ${principal} (${role})  ${act}: ${status}`, columns - 4).map(
      (line, index) => `${index === 0 ? '  ' : '    '}${line}`,
    ),
    ...quoted(reason, columns, '    | '),
    style.dim(`    entry ${brief(entry)}`),
  ]);
}

/** What is pending stands above already. */
function missingLines({ missing }: ChangeView, columns: number): readonly string[] {
  return missing
    .filter(({ code }) => code !== 'CHANGE_PENDING')
    .flatMap(({ sentence }) =>
      wrap(sentence, columns - 4).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`),
    );
}
