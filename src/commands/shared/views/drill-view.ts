import { toTime } from '../../../domain/names.ts';
import type { DrillStanding } from '../../../machine/drills.ts';
import { hanging } from '../terminal/style.ts';

/** An override that the policy wants drilled, and whether it is time. */
export interface DrillView {
  readonly override: string;
  /** The latest drill that passed. */
  readonly last: { readonly drill: string; readonly principal: string; readonly time: string } | null;
  /** Null where it was never drilled. */
  readonly due: string | null;
  readonly overdue: boolean;
}

export function drillViews(standings: readonly DrillStanding[]): readonly DrillView[] {
  return standings.map(({ override, last, due, overdue }) => ({
    override,
    last: last === null ? null : { drill: last.id, principal: last.principal, time: last.time },
    due: due === null ? null : toTime(due),
    overdue,
  }));
}

/** One sentence for each that is overdue. */
export function overdueSentences(drills: readonly DrillView[]): readonly string[] {
  return drills
    .filter(({ overdue }) => overdue)
    .map(({ override, last, due }) => {
      const since =
        last === null
          ? 'nobody has drilled it'
          : `${last.principal} drilled it on ${last.time.slice(0, 10)}, and the next was due by ${(due ?? '').slice(0, 10)}`;
      return `drill of ${override} overdue: ${since}; next: modelsmith drill ${override}`;
    });
}

/** The same as people read them. */
export function overdueLines(drills: readonly DrillView[], columns: number): readonly string[] {
  return overdueSentences(drills).flatMap((text) => hanging(text, columns));
}
