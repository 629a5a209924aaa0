import { toSeconds, type Time } from '../../domain/names.ts';
import { neededLines, type Needed } from '../shared/views/change-summary.ts';
import { anyOf } from '../shared/explaining/explained.ts';
import { brief } from '../shared/terminal/layout.ts';
import { counted } from '../shared/views/notices.ts';
import type {
  ApprovalOut,
  BlockedOut,
  ExpiringOut,
  MachineOut,
  ObjectionOut,
  StaleOut,
  TaintedOut,
} from '../shared/views/queue-output.ts';
import { oneLine, paragraph, peopleLines, steps } from './paragraph.ts';
import { dueWords, openWords, span } from './spans.ts';

/** One row each, as people read it. @param at seconds since 1970. */

export function approvalLines(row: ApprovalOut, at: number, columns: number): readonly string[] {
  const nobody = 'nobody who is enrolled can do this: modelsmith signer list';
  return [
    ...paragraph(approvalTitle(row), columns),
    ...urgencyLines(row, at, columns),
    ...(row.kind === 'gate' && row.approvedBy.length > 0
      ? paragraph(`approved by ${row.approvedBy.join(', ')}`, columns, 2)
      : []),
    ...(row.kind === 'proposal' ? proposalLines(row.needed, columns) : []),
    ...peopleLines(row.people, columns, nobody),
  ];
}

function approvalTitle(row: ApprovalOut): string {
  switch (row.kind) {
    case 'gate':
      return `${row.iteration}, ${row.gate}: has ${row.has} of ${row.of} (${anyOf(row.roles)})`;
    case 'promotion':
      return `${row.iteration}: everything is signed; somebody moves it to ${row.to}`;
    case 'proposal':
      return `change ${brief(row.change)}, ${row.title}, proposed by ${row.proposedBy}: ${oneLine(row.reason)}`;
    case 'pin':
      return `${row.alias} of ${row.line} to ${row.version}, asked for by ${row.askedBy} as ${row.role}: ${oneLine(row.reason)}`;
    case 'exception':
      return `${row.title}, opened by ${row.openedBy}: ${oneLine(row.reason)}`;
    case 'exception-review':
      return `the review of exception ${brief(row.exception)} on ${row.line}, for which ${row.owner} answers${row.ended ? '' : '; close it first'}`;
  }
}

function proposalLines(needed: readonly Needed[], columns: number): readonly string[] {
  return needed.every(({ has, of }) => has.length >= of)
    ? paragraph('everybody needed has approved; one of them puts it in force', columns, 2)
    : neededLines(needed, columns);
}

type Urgent = Pick<BlockedOut, 'opened' | 'due' | 'expedited'>;

function urgencyLines({ opened, due, expedited }: Urgent, at: number, columns: number): readonly string[] {
  return [
    ...(expedited === null
      ? []
      : paragraph(
          `expedited by ${expedited.principal} on ${expedited.time.slice(0, 10)}: ${oneLine(expedited.reason)}`,
          columns,
          2,
        )),
    ...(due === null ? [] : paragraph(dueWords(due, at), columns, 2)),
    ...paragraph(openWords(opened, at), columns, 2),
  ];
}

const MOST_REASONS = 6;

export function blockedLines(row: BlockedOut, at: number, columns: number): readonly string[] {
  const more = row.reasons.length - MOST_REASONS;
  const shown = more > 1 ? row.reasons.slice(0, MOST_REASONS) : row.reasons;
  const remedies = [...new Set(shown.flatMap(({ remedy }) => remedy ?? []))];
  return [
    ...paragraph(`${row.iteration}, ${row.state} → ${row.to}, is blocked`, columns),
    ...shown.flatMap(({ code, sentence }) => paragraph(`${code}: ${sentence}`, columns, 2)),
    ...(more > 1 ? [`  and ${more} more (--json lists all)`] : []),
    ...urgencyLines(row, at, columns),
    ...(row.people.length > 0
      ? peopleLines(row.people, columns)
      : remedies.flatMap((remedy) => steps('next', remedy, columns))),
    ...row.then.flatMap(({ gate, owner, has, of, people }) =>
      paragraph(
        `then ${owner ?? gate}, has ${has} of ${of}: ${people.length === 0 ? 'nobody can sign there' : anyOf(people.map(({ principal }) => principal))}`,
        columns,
        2,
      ),
    ),
    ...(row.then.some(({ people }) => people.length === 0)
      ? steps('what would help', `modelsmith status ${row.iteration}`, columns)
      : []),
  ];
}

const SAID: Readonly<Record<string, string>> = {
  reject: 'rejected',
  'request-changes': 'changes requested',
  withdraw: 'approval taken back',
};

export function objectionLines(row: ObjectionOut, columns: number): readonly string[] {
  const what = row.iteration ?? `change ${brief(row.change ?? '')}`;
  const where = row.gate === null ? '' : ` at ${row.gate}`;
  const said = SAID[row.act] ?? row.act;
  return [
    ...paragraph(
      `${what}, ${said}${where} by ${row.principal} on ${row.time.slice(0, 10)}: ${oneLine(row.reason)}`,
      columns,
    ),
    ...(row.contests ? paragraph('contests what was done already: nothing is built on it', columns, 2) : []),
    ...paragraph(row.sentence, columns, 2),
    ...peopleLines(row.people, columns),
  ];
}

export function staleLines({ iteration, why, people }: StaleOut, columns: number): readonly string[] {
  return [
    ...paragraph(`${iteration}, ${why.sentence}`, columns),
    ...peopleLines(people, columns, 'nobody left who can sign there'),
  ];
}

export function taintedLines(row: TaintedOut, columns: number): readonly string[] {
  const { iteration, state, entries, people } = row;
  const made = entries.map(({ act, principal, entry }) => `${act} by ${principal} ${brief(entry)}`);
  return [
    ...paragraph(
      `${iteration} (${state}) stands on ${counted(entries.length, 'act')} that nobody has vouched for: ${anyOf(made, 'and')}`,
      columns,
    ),
    ...peopleLines(people, columns, 'nobody left who can vouch for it: modelsmith signer list'),
  ];
}

/** What is called by its kind already. */
const NAMED: ReadonlySet<ExpiringOut['kind']> = new Set(['approval', 'evaluation', 'document']);
const WHO_TYPES: { readonly [K in ExpiringOut['kind']]: string } = {
  ...{ role: 'a colleague types', key: 'a colleague types', check: 'it types again' },
  ...{
    approval: 'what the step still takes',
    evaluation: 'what the step still takes',
    document: 'it is brought again with',
  },
};

export function expiringLines(row: ExpiringOut, columns: number): readonly string[] {
  const { kind, principal, what, days, waiting, command } = row;
  const end =
    days === null ? `has ended: ${principal} can sign nothing` : `ends within ${counted(days + 1, 'day')}`;
  const work =
    waiting === 0 ? '' : `; ${waiting} of the above wait${waiting === 1 ? 's' : ''} for ${principal}`;
  return [
    ...paragraph(`${principal}: ${NAMED.has(kind) ? '' : `${kind} `}${what} ${end}${work}`, columns),
    ...steps(WHO_TYPES[kind], command, columns),
  ];
}

export function machineLine({ iteration, waitsFor, has, of, since }: MachineOut, at: number): string {
  const what = waitsFor === 'evaluation' ? `an evaluation (has ${has} of ${of})` : 'an export';
  return `${iteration} waits for ${what}, for ${span(Math.max(0, at - toSeconds(since as Time)))}`;
}
