import { toSeconds, type Time } from '../../domain/names.ts';
import type { Due } from '../../machine/due.ts';

/** When something opened and by when it is wanted, as `--json` has it. */
export interface UrgencyView {
  readonly opened: Time;
  readonly due: Time | null;
  readonly overdue: boolean;
  readonly expedited: { readonly principal: string; readonly time: string; readonly reason: string } | null;
}

/** @param at seconds since 1970. */
export function urgencyView(due: Due, at: number): UrgencyView {
  const { opened, expedited } = due;
  return {
    opened,
    due: due.due,
    overdue: due.due !== null && toSeconds(due.due) <= at,
    expedited:
      expedited === null
        ? null
        : { principal: expedited.principal, time: expedited.time, reason: expedited.reason },
  };
}

/** The same of something nobody has set a time for. */
export function sinceOnly(opened: Time): UrgencyView {
  return { opened, due: null, overdue: false, expedited: null };
}
