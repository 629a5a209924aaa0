import { decisionLines } from './change-text.ts';
import type { ExceptionView } from './exception-view.ts';
import { escapeShown } from '../terminal/escape.ts';
import { anyOf } from '../explaining/explained.ts';
import { brief } from '../terminal/layout.ts';
import { field, wrap, type Style } from '../terminal/style.ts';

const STATES = {
  open: 'open',
  waiting: 'waits for approvals',
  rejected: 'rejected',
  held: 'waives nothing now',
  closed: 'closed',
  expired: 'expired',
} as const satisfies { readonly [S in ExceptionView['state']]: string };

export const exceptionName = (id: string): string => `exception ${brief(id)}`;

/** `exception 3f2a9c1d55aa  waives code-stated for claims-triage@1.4.*: open`. */
export function exceptionTitle({ exception, waives, scope, state }: ExceptionView): string {
  return `${exceptionName(exception)}  waives ${waives.join(', ')} for ${scope}: ${STATES[state]}`;
}

/** What a person has to know of an exception that something rests on: what is waived, and what is done in its place. */
export function waiverLines(view: ExceptionView, columns: number): readonly string[] {
  return [
    ...wrap(`  ${exceptionTitle(view)}`, columns),
    ...field('why', view.reason.replaceAll('\n', ' '), columns),
    ...view.controls.flatMap((control) => field('instead', control.replaceAll('\n', ' '), columns)),
    ...field('answers', `${view.owner}; opened by ${view.openedBy}, ${view.time}`, columns),
    ...field('until', view.expires, columns),
    ...(view.renews === null ? [] : field('renews', exceptionName(view.renews), columns)),
  ];
}

/** An exception as a person reads it before deciding about it, at the width of the terminal. */
export function exceptionLines(view: ExceptionView, style: Style, columns: number): readonly string[] {
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', style.bold(title), ...lines];
  const [title = '', ...about] = waiverLines(view, columns);
  return [
    style.bold(title.trim()),
    ...about,
    ...field('review', reviewWords(view), columns),
    ...(view.usedBy.length === 0 ? [] : field('used by', view.usedBy.map(shown).join(', '), columns)),
    ...section('Whose approval it takes', seatLines(view, columns)),
    ...section('Decisions', decisionLines(view.decisions, style, columns)),
    ...section('What keeps it from waiving anything', missingLines(view, columns)),
  ];
}

function shown(use: string): string {
  return use.includes('@') ? use : exceptionName(use);
}

export function reviewWords({ review: { state, due, by } }: Pick<ExceptionView, 'review'>): string {
  switch (state) {
    case 'none':
      return `due ${due} where it is used; nothing has used it`;
    case 'open':
      return `due ${due}`;
    case 'overdue':
      return `OVERDUE since ${due}: nothing is waived on this line, and nobody takes a step on it`;
    case 'written':
      return `written by ${by ?? 'nobody'}`;
  }
}

/** One line a role. */
export function seatLines({ needed }: Pick<ExceptionView, 'needed'>, columns: number): readonly string[] {
  return needed.flatMap(({ role, by, canSign }) => {
    const who = canSign.length === 0 ? 'nobody who could count holds it' : `${anyOf(canSign)} can`;
    return indented(`${role}: ${by ?? `none yet; ${who}`}`, columns);
  });
}

/** What is pending or objected to stands above already. */
function missingLines({ missing }: ExceptionView, columns: number): readonly string[] {
  return missing
    .filter(({ code }) => code !== 'EXCEPTION_PENDING')
    .flatMap(({ sentence }) => indented(sentence, columns));
}

function indented(text: string, columns: number): readonly string[] {
  return wrap(escapeShown(text), columns - 4).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`);
}
