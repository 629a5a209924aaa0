import type { View } from '../shared/command.ts';
import { heldSentence } from '../shared/views/held-view.ts';
import { counted } from '../shared/views/notices.ts';
import type { QueueRows } from '../shared/views/queue-output.ts';
import { styleOf } from '../shared/terminal/style.ts';
import type { Asked } from './filter.ts';
import { paragraph, steps } from './paragraph.ts';
import {
  approvalLines,
  blockedLines,
  expiringLines,
  machineLine,
  objectionLines,
  staleLines,
  taintedLines,
} from './row-text.ts';

/**
 * The queue as people read it: sections in the order in which they matter, nothing said by colour or place alone.
 * @param isShared others have copies, from which something may be missing here.
 */
export function queueText(
  rows: QueueRows,
  asked: Asked,
  at: number,
  { columns, color }: View,
  isShared = false,
): readonly string[] {
  const style = styleOf(color);
  const section = (title: string, entries: readonly (readonly string[])[]): readonly string[] =>
    entries.length === 0 ? [] : ['', style.bold(`${title} (${entries.length})`), ...entries.flat()];
  const apart = (entries: readonly (readonly string[])[]): readonly (readonly string[])[] =>
    entries.map((lines, index) => (index === 0 ? lines : ['', ...lines]));
  const { expiring, machines, held } = rows;
  const quiet = expiring.length + machines.length + held.length === 0;
  return [
    ...paragraph(
      `${summary(rows, asked)}${isIdle(rows) && quiet ? '; next: modelsmith status' : ''}`,
      columns,
    ),
    ...(isIdle(rows) && isShared
      ? paragraph('this is what is here: what others have pushed since comes with modelsmith sync', columns)
      : []),
    ...section('Waiting for a person', apart(rows.approvals.map((row) => approvalLines(row, at, columns)))),
    ...section(
      'Objections, and requests for changes',
      apart(rows.objections.map((row) => objectionLines(row, columns))),
    ),
    ...section('Blocked', apart(rows.blocked.map((row) => blockedLines(row, at, columns)))),
    ...section(
      'Approvals that have stopped counting',
      apart(rows.stale.map((row) => staleLines(row, columns))),
    ),
    ...section(
      'Made with a stolen key',
      apart([
        ...rows.taintedChanges.map(({ sentence, remedy }) => [
          ...paragraph(sentence, columns),
          ...(remedy === null ? [] : steps('next', remedy, columns)),
        ]),
        ...rows.tainted.map((row) => taintedLines(row, columns)),
      ]),
    ),
    ...section(
      'Held',
      held.map((row) => paragraph(heldSentence(row), columns)),
    ),
    ...section('Ends within 60 days', apart(expiring.map((row) => expiringLines(row, columns)))),
    ...section(
      'Waiting for machines',
      machines.map((row) => paragraph(machineLine(row, at), columns)),
    ),
  ];
}

/** Whether no person has anything to do. */
function isIdle({ approvals, blocked, objections, stale, tainted, taintedChanges }: QueueRows): boolean {
  return [approvals, blocked, objections, stale, tainted, taintedChanges].every((list) => list.length === 0);
}

/** `for kim: 2 waiting (1 overdue), 1 objection`. */
function summary(rows: QueueRows, asked: Asked): string {
  const whom = whomOf(asked);
  if (isIdle(rows)) return `nothing waits for ${whom}`;
  const urgent = rows.approvals.filter((row) => row.overdue).length;
  const wished = rows.approvals.filter((row) => row.expedited !== null).length;
  const marks = [
    ...(wished > 0 ? [`${wished} expedited`] : []),
    ...(urgent > 0 ? [`${urgent} overdue`] : []),
  ];
  const { approvals, objections, blocked, stale, tainted, taintedChanges } = rows;
  const stolen = tainted.length + taintedChanges.length;
  const parts = [
    ...(approvals.length > 0
      ? [`${approvals.length} waiting for a person${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`]
      : []),
    ...(objections.length > 0 ? [counted(objections.length, 'objection')] : []),
    ...(blocked.length > 0 ? [`${blocked.length} blocked`] : []),
    ...(stale.length > 0 ? [`${stale.length} to be looked at again`] : []),
    ...(stolen > 0 ? [`${stolen} made with a stolen key`] : []),
  ];
  const isAsked = Object.values(asked).some((each) => each !== null);
  return `${isAsked ? `for ${whom}: ` : ''}${parts.join(', ')}`;
}

function whomOf({ principal, role, line }: Asked): string {
  const who = principal ?? (role === null ? 'anybody' : `anybody in the role ${role}`);
  const as = principal !== null && role !== null ? ` as ${role}` : '';
  return `${who}${as}${line === null ? '' : ` on ${line}`}`;
}
