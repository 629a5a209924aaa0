import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { Time, toSeconds, toTime } from '../../domain/names.ts';
import type { Window } from '../../metrics/window.ts';

const SECONDS = { h: 3600, d: 86_400 } as const;

export const USUAL_DAYS = 90;

function moment(text: string): Time | null {
  const time = Time.safeParse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  return time.success ? time.data : null;
}

/** A day, from its beginning in UTC, or a time. */
export const Until = z.string().transform((text, context) => {
  const time = moment(text);
  if (time !== null) return toSeconds(time);
  context.addIssue('must be such as 2026-03-01 or 2026-03-01T12:00:00Z');
  return z.NEVER;
});

/** The same, or so long before the end: `30d`, `12h`. */
export const Since = z.string().transform((text, context) => {
  const [, count = '', unit] = /^([1-9]\d{0,4})([hd])$/.exec(text) ?? [];
  if (unit === 'h' || unit === 'd') return { before: Number(count) * SECONDS[unit] } as const;
  const time = moment(text);
  if (time !== null) return { at: toSeconds(time) } as const;
  context.addIssue('must be such as 2026-03-01, 2026-03-01T12:00:00Z, 30d or 12h');
  return z.NEVER;
});

/**
 * The window that is meant. It ends now at the latest: of what is to come nothing is known.
 * @param now seconds since 1970; what lies at it is still counted. @throws CannotTell USAGE where it does not end after it begins.
 */
export function windowOf(
  since: z.output<typeof Since> | undefined,
  until: number | undefined,
  now: number,
): Window {
  const end = Math.min(until ?? Infinity, now + 1);
  const from = since ?? { before: USUAL_DAYS * SECONDS.d };
  // Nothing was signed before 1970.
  const begin = Math.max(0, 'at' in from ? from.at : end - from.before);
  if (begin < end) return { since: begin, until: end };
  throw new CannotTell('USAGE', `nothing can lie in a window from ${toTime(begin)} up to ${toTime(end)}`, {
    remedy: 'modelsmith metrics --since 30d',
  });
}
