/** When something could first be done, and by when it should be. */
export interface Urgency {
  readonly opened: string;
  readonly due: string | null;
  /** The manager's wish that says so; null where the policy does, or nobody. */
  readonly expedited: object | null;
}

/**
 * What a person should look at first: what a manager asked for, by when; then what is overdue; then by when it is due; then
 * what waits longest. Whatever is overdue is due before what is not, so one order of times does for both.
 */
export function byUrgency(a: Urgency, b: Urgency): number {
  if ((a.expedited === null) !== (b.expedited === null)) return a.expedited === null ? 1 : -1;
  const [due, other] = [a.due ?? NEVER, b.due ?? NEVER];
  if (due !== other) return due < other ? -1 : 1;
  return a.opened === b.opened ? 0 : a.opened < b.opened ? -1 : 1;
}

/** After every time in its spelling. */
export const NEVER = '~';
