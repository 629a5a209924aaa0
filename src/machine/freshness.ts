import type { Approval } from '../domain/approval.ts';
import { toSeconds, type Time } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { covers } from './evidence-rules.ts';
import type { Law } from './law.ts';
import { completeRuns } from './verdict.ts';
import type { Bundle } from './world.ts';

const DAY = 24 * 60 * 60;

/** Something that stops counting by its age. */
export interface Lapse {
  readonly what: string;
  /** Seconds since 1970: it counts up to then. */
  readonly end: number;
  /** What is said once it has. */
  readonly why: Reason;
}

/** Why an approval is too old to count; null where it is not. @param at seconds since 1970. */
export function approvalExpired(law: Law, entry: Approval, at: number): Reason | null {
  const lapse = approvalLapse(law, entry);
  return lapse !== null && at > lapse.end ? lapse.why : null;
}

/** What of the runs and of the documents demanded is too old to decide on. @param at seconds since 1970. */
export function expiredReasons(
  law: Law,
  bundle: Bundle,
  demanded: readonly string[],
  at: number,
): readonly Reason[] {
  return lapsesOf(law, bundle, demanded)
    .filter(({ end }) => at > end)
    .map(({ why }) => why);
}

/** What a step relied on and would not count at a time any more, in words. @param at seconds since 1970. */
export function lapsedBy(law: Law, bundle: Bundle, built: BuiltOn, at: number): readonly string[] {
  return allLapses(law, bundle, built)
    .filter(({ end }) => at > end)
    .map(({ what }) => what);
}

/** What will stop counting, soonest first. @param within seconds. */
export function lapsesAhead(
  law: Law,
  bundle: Bundle,
  built: BuiltOn,
  at: number,
  within: number,
): readonly Lapse[] {
  return allLapses(law, bundle, built)
    .filter(({ end }) => end >= at && end <= at + within)
    .sort((a, b) => a.end - b.end);
}

/** What a step is built on. */
interface BuiltOn {
  /** What the gates demand. */
  readonly demanded: readonly string[];
  readonly counted: readonly Approval[];
}

function allLapses(law: Law, bundle: Bundle, { demanded, counted }: BuiltOn): readonly Lapse[] {
  return [...lapsesOf(law, bundle, demanded), ...counted.flatMap((entry) => approvalLapse(law, entry) ?? [])];
}

function approvalLapse(law: Law, { gate, principal, time }: Approval): Lapse | null {
  const days = law.policy.freshness?.approvalDays;
  if (days === undefined) return null;
  return {
    what: `the approval by ${principal} at ${gate}`,
    end: endAfter(time, days),
    why: reason('APPROVAL_EXPIRED', { gate, principal, date: time, days }),
  };
}

function lapsesOf(law: Law, bundle: Bundle, demanded: readonly string[]): readonly Lapse[] {
  const { evaluationDays, evidenceDays } = law.policy.freshness ?? {};
  const runs =
    evaluationDays === undefined
      ? []
      : completeRuns(bundle).map(({ run, time }) => ({
          what: `the evaluation ${run}`,
          end: endAfter(time, evaluationDays),
          why: reason('EVALUATION_EXPIRED', { run, date: time, days: evaluationDays }),
        }));
  const documents =
    evidenceDays === undefined
      ? []
      : [...broughtAt(bundle)]
          .filter(([path]) => demanded.some((demand) => covers(demand, path)))
          .map(([path, time]) => ({
            what: path,
            end: endAfter(time, evidenceDays),
            why: reason('EVIDENCE_EXPIRED', { path, date: time, days: evidenceDays }),
          }));
  return [...runs, ...documents];
}

/** When each document was last brought. Entries are sorted by time. */
function broughtAt({ record }: Bundle): ReadonlyMap<string, Time> {
  return new Map(
    record.evidence.flatMap(({ files, time }) => files.map(({ path }) => [path as string, time] as const)),
  );
}

function endAfter(time: Time, days: number): number {
  return toSeconds(time) + days * DAY;
}
