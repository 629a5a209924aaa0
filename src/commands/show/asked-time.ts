import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { Time, toSeconds, toTime } from '../../domain/names.ts';

const firstOf = (text: string): string => (text.includes('T') ? text : `${text}T00:00:00Z`);
const lastOf = (text: string): string => (text.includes('T') ? text : `${text}T23:59:59Z`);

/** A time, or a day. */
export const AskedTime = z
  .string()
  .refine(
    (text) => Time.safeParse(firstOf(text)).success,
    'must be a time in UTC such as 2026-03-02T09:30:00Z, or a day such as 2026-03-02',
  );

/**
 * The end of a day, or what there is of it by now. @param now seconds since 1970.
 * @throws CannotTell USAGE for a time that is still to come.
 */
export function timeAsked(at: string | undefined, now: number): Time {
  if (at === undefined) return toTime(now);
  if (toSeconds(firstOf(at) as Time) > now)
    throw new CannotTell('USAGE', `${at} lies ahead`, { remedy: 'leave --at out for what is so now' });
  return toTime(Math.min(toSeconds(lastOf(at) as Time), now));
}
