import { toSeconds, type Time } from '../../domain/names.ts';
import { counted } from '../shared/views/notices.ts';

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];

/** How long something takes, in the largest unit that fits: `3 days`. */
export function span(seconds: number): string {
  if (seconds >= DAY) return counted(Math.floor(seconds / DAY), 'day');
  if (seconds >= HOUR) return counted(Math.floor(seconds / HOUR), 'hour');
  return seconds >= MINUTE ? counted(Math.floor(seconds / MINUTE), 'minute') : 'less than a minute';
}

/** `due 2026-03-05T09:00:00Z, in 2 days`. @param at seconds since 1970. */
export function dueWords(due: string, at: number): string {
  const left = toSeconds(due as Time) - at;
  return `due ${due}, ${left > 0 ? `in ${span(left)}` : `overdue by ${span(-left)}`}`;
}

/** `since 2026-03-01T00:00:00Z, for 4 days`; not "open", which gates are once they are complete. */
export function openWords(opened: string, at: number): string {
  return `since ${opened}, for ${span(Math.max(0, at - toSeconds(opened as Time)))}`;
}
