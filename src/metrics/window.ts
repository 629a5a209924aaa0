import { toTime, type Time } from '../domain/names.ts';

/** Seconds since 1970. What lies at `since` is within, what lies at `until` is not, so that windows beside each other add up. */
export interface Window {
  readonly since: number;
  readonly until: number;
}

export function isWithin({ since, until }: Window, time: number): boolean {
  return since <= time && time < until;
}

/** As it is printed. */
export function windowTimes({ since, until }: Window): { readonly since: Time; readonly until: Time } {
  return { since: toTime(since), until: toTime(until) };
}
