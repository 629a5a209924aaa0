import type { CannotTell } from '../../base/errors.ts';
import type { CandidateEnd } from './candidate.ts';
import type { Round, UnreadTag } from './round.ts';
import { cannotTellJson } from '../shared/explaining/cannot-tell.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { explain } from '../shared/explaining/explain.ts';

/** Whether the registry was reached and everything that should be done was done. A candidate that is refused is no failure. */
export function isWell({ ends, shared }: Round): boolean {
  return shared && ends.every(({ status }) => status !== 'failed');
}

export function candidateJson(end: CandidateEnd): object {
  const { manifest, tags, status, iteration } = end;
  const common = { manifest: `sha256:${manifest}`, tags, status, iteration };
  switch (end.status) {
    case 'submitted':
    case 'would be submitted':
      return { ...common, state: end.state, commit: end.signed?.commit ?? null };
    case 'refused':
      return { ...common, why: escapeShown(end.why), reasons: end.reasons };
    case 'failed':
      return { ...common, error: cannotTellJson(end.error) };
  }
}

export function candidateLine(end: CandidateEnd): string {
  const { manifest, tags, status } = end;
  const name = `${tags.join(', ')} (sha256:${manifest.slice(0, 12)}…)`;
  const it = end.iteration === null ? '' : ` as ${end.iteration}`;
  switch (end.status) {
    case 'submitted':
    case 'would be submitted':
      return `${name}: ${status}${it}, ${end.state}`;
    case 'refused':
      return escapeShown(
        `${name}: refused${it}: ${[end.why, ...end.reasons.map((why) => explain(why).sentence)].join('; ')}`,
      );
    case 'failed':
      return escapeShown(`${name}: not done${it}: ${errorLine(end.error)}`);
  }
}

/** With what to do about it. */
export function errorLine({ message, facts, remedy }: CannotTell): string {
  return [message, ...facts, ...(remedy === undefined ? [] : [`next: ${remedy}`])].join('; ');
}

export function unreadLine({ tag, why }: UnreadTag): string {
  return escapeShown(`${tag}: not read: ${why}`);
}

/** One line for a log. */
export function healthLine({ ends, found, known, refusedBefore, waits, shared, unread }: Round): string {
  const count = (status: CandidateEnd['status']): number =>
    ends.filter((end) => end.status === status).length;
  const refused = count('refused') + refusedBefore;
  return [
    `${count('submitted')} submitted`,
    ...(known === 0 ? [] : [`${known} before`]),
    ...(found + unread.length === 0 ? ['no tag matches there'] : []),
    ...(['would be submitted', 'failed'] as const).flatMap((status) =>
      count(status) === 0 ? [] : [`${count(status)} ${status}`],
    ),
    ...(refused === 0 ? [] : [`${refused} refused`]),
    ...(unread.length === 0 ? [] : [`${unread.length} not read`]),
    ...(waits === null ? [] : [`waiting: ${waits}`]),
    ...(shared ? [] : ['not everything is pushed']),
  ].join(', ');
}
