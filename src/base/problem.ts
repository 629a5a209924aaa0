import type { NonEmpty } from './nonempty.ts';
import type { Place } from './errors.ts';

/** What is wrong with some input, and where. Input that can be judged makes findings of these, never exceptions. */
export interface Problem {
  readonly place: Place;
  readonly message: string;
}

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: NonEmpty<Problem> };

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function unparsable(
  place: Place,
  message: string,
): { readonly ok: false; readonly problems: NonEmpty<Problem> } {
  return { ok: false, problems: [{ place, message }] };
}
