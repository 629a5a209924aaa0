import type { Approval } from '../domain/approval.ts';
import type { EntryHeader } from '../domain/entry.ts';
import { toSeconds, type Time } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { EvidenceEntry } from '../domain/record.ts';
import { covers } from './evidence-rules.ts';
import type { GateRule } from './gate-rule.ts';
import { referredFiles } from './intake.ts';
import type { Law } from './law.ts';
import { completeRuns } from './verdict.ts';
import type { Bundle } from './world.ts';

const DAY = 24 * 60 * 60;

/** Something that stops counting by its age. */
export interface Lapse {
  readonly kind: 'approval' | 'evaluation' | 'document';
  /** In words. */
  readonly what: string;
  /** The entry it came in by. */
  readonly by: EntryHeader;
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
  /** What the gates demand, and what they ask for beside it. */
  readonly demanded: readonly string[];
  readonly counted: readonly Approval[];
}

function allLapses(law: Law, bundle: Bundle, { demanded, counted }: BuiltOn): readonly Lapse[] {
  return [...lapsesOf(law, bundle, demanded), ...counted.flatMap((entry) => approvalLapse(law, entry) ?? [])];
}

function approvalLapse(law: Law, entry: Approval): Lapse | null {
  const { gate, principal, time } = entry;
  const days = law.policy.freshness?.approvalDays;
  if (days === undefined) return null;
  return {
    kind: 'approval',
    by: entry,
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
      : completeRuns(bundle).map((by): Lapse => {
          const { run, time } = by;
          return {
            ...{ kind: 'evaluation', by },
            what: `the evaluation ${run}`,
            end: endAfter(time, evaluationDays),
            why: reason('EVALUATION_EXPIRED', { run, date: time, days: evaluationDays }),
          };
        });
  const documents =
    evidenceDays === undefined
      ? []
      : [...broughtAt(bundle)]
          .filter(([path]) => demanded.some((demand) => covers(demand, path)))
          .map(([path, by]): Lapse => ({
            ...{ kind: 'document', by },
            what: path,
            end: endAfter(by.time, evidenceDays),
            why: reason('EVIDENCE_EXPIRED', { path, date: by.time, days: evidenceDays }),
          }));
  return [...runs, ...documents];
}

/** When each document was last brought. Entries are sorted by time. */
function broughtAt({ record }: Pick<Bundle, 'record'>): ReadonlyMap<string, EvidenceEntry> {
  return new Map(
    record.evidence.flatMap((entry) => entry.files.map(({ path }) => [path as string, entry] as const)),
  );
}

/**
 * What may grow too old for those who decide by the rules: the documents demanded, and at the operator's gate the attachments
 * that the request refers to because an intake rule asks for them, of equal ones the one that was brought last.
 */
export function agingEvidence(law: Law, bundle: Bundle, rules: readonly GateRule[]): readonly string[] {
  const asksForReferred = rules.some(({ gate }) => gate === 'operator-signoff');
  const newestFirst = bundle.record.evidence
    .toReversed()
    .flatMap(({ files }) => files.map(({ path }): string => path));
  const referred = asksForReferred
    ? referredFiles(law, bundle).flatMap((paths) => newestFirst.find((path) => paths.includes(path)) ?? [])
    : [];
  return [...new Set([...rules.flatMap(({ evidence }) => evidence), ...referred])].sort();
}

function endAfter(time: Time, days: number): number {
  return toSeconds(time) + days * DAY;
}
