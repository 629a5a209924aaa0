import type { CheckResult } from '../domain/check.ts';
import { toIdSet } from '../domain/entry.ts';
import { toIterationId, toSeconds, toTime, type EntryId, type Time } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { isCheckWaived } from './exception-use.ts';
import { requiredChecks, type RequiredCheck } from './required-checks.ts';
import { riskOf } from './risk.ts';
import { taintOf } from './taint.ts';
import type { Bundle, World } from './world.ts';

const DAY = 24 * 60 * 60;

/** How one required check stands at one time. */
export interface CheckStanding extends RequiredCheck {
  /** `tainted`: there are results, all of them made with stolen keys. `waived`: an exception does without one that counts. */
  readonly status: 'passed' | 'failed' | 'missing' | 'expired' | 'tainted' | 'waived';
  /** The one that counts: nobody may pick another. Null where none does. */
  readonly result: CheckResult | null;
  /** From when on that result no longer counts; null: it does for good, or there is none. */
  readonly expires: Time | null;
}

/** @param at seconds since 1970: what the age of results is measured at. */
export function checkStandings(world: World, bundle: Bundle, at: number): readonly CheckStanding[] {
  const required = requiredChecks(world.law, riskOf(world.law, bundle)?.tier ?? null);
  return required.map((check) => {
    const found = resultStanding(world, bundle, check, at);
    const waived = found.status !== 'passed' && isCheckWaived(world, bundle, check.name);
    return waived ? { ...found, status: 'waived' } : found;
  });
}

function resultStanding(world: World, bundle: Bundle, check: RequiredCheck, at: number): CheckStanding {
  const result = countedResult(world, bundle, check);
  if (result === null) {
    const any = (bundle.record.checks ?? []).some(({ name }) => name === check.name);
    return { ...check, status: any ? 'tainted' : 'missing', result, expires: null };
  }
  const end = check.maxAgeDays === null ? null : toSeconds(result.time) + check.maxAgeDays * DAY;
  const old = end !== null && at >= end;
  const status = result.status === 'failed' ? 'failed' : old ? 'expired' : 'passed';
  return { ...check, status, result, expires: end === null ? null : toTime(end) };
}

/** The newest result that no stolen key made, whether passed or failed. The record has them in the order they came. */
function countedResult(world: World, { record }: Bundle, { name }: RequiredCheck): CheckResult | null {
  const taint = taintOf(world);
  return (record.checks ?? []).findLast((check) => check.name === name && !taint.isTainted(check)) ?? null;
}

/** The results that count for what is required: what an approval at the operator's gate builds on. */
export function countedResults(
  world: World,
  bundle: Bundle,
  required: readonly RequiredCheck[],
): readonly EntryId[] {
  return toIdSet(required.flatMap((check) => countedResult(world, bundle, check)?.id ?? []));
}

/** Why nothing goes to customers yet. */
export function checkReasons(world: World, bundle: Bundle, at: number): readonly Reason[] {
  const iteration = toIterationId(bundle.iteration);
  return checkStandings(world, bundle, at).flatMap(({ name, status, result }): readonly Reason[] => {
    if (status === 'waived') return [];
    const about = { check: name, iteration };
    if (result === null) return [reason('CHECK_MISSING', { ...about, tainted: status === 'tainted' })];
    if (status === 'failed') return [reason('CHECK_FAILED', { ...about, date: result.time })];
    return status === 'expired' ? [reason('CHECK_EXPIRED', { ...about, date: result.time })] : [];
  });
}
