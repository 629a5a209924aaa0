import { printJson } from '../base/canonical-json.ts';
import { CHECKER_BYTES, type CheckResult } from '../domain/check.ts';
import { toIterationId } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { MOST_EVALUATIONS, MOST_EVIDENCE, type PromotionRecord } from '../domain/record.ts';

/**
 * A record is one file that everybody writes into, so nobody may fill it: what machines bring leaves room for erasures,
 * and these for the steps that people take.
 */

const MIB = 1024 * 1024;
/** Bytes of a record up to which it takes more of each. */
const ROOM = { request: 1 * MIB, brought: 4 * MIB, checks: 6 * MIB, erasures: 7 * MIB } as const;

/** A request that fills its record would leave no room for anybody to end it. */
export function requestRoom(record: PromotionRecord): readonly Reason[] {
  return bytesRoom(record, 'request');
}

/** @param after the record with what is added, in each of these. */
export function evaluationRoom(record: PromotionRecord, after: PromotionRecord): readonly Reason[] {
  return record.evaluations.length < MOST_EVALUATIONS
    ? bytesRoom(after, 'brought')
    : full(record, `${MOST_EVALUATIONS} evaluations`);
}

export function evidenceRoom(record: PromotionRecord, after: PromotionRecord): readonly Reason[] {
  return record.evidence.length < MOST_EVIDENCE
    ? bytesRoom(after, 'brought')
    : full(record, `${MOST_EVIDENCE} entries of evidence`);
}

export function erasureRoom(after: PromotionRecord): readonly Reason[] {
  return bytesRoom(after, 'erasures');
}

function bytesRoom(after: PromotionRecord, of: keyof typeof ROOM): readonly Reason[] {
  const bytes = new TextEncoder().encode(printJson(after)).length;
  return bytes <= ROOM[of] ? [] : full(after, `all it takes of that kind (${ROOM[of] / MIB} MiB)`);
}

/** Each checker has room of his own: whoever floods it keeps out nobody but himself. */
export function checkRoom(
  record: PromotionRecord,
  check: CheckResult,
  after: PromotionRecord,
): readonly Reason[] {
  const { name, principal } = check;
  const own = (record.checks ?? []).filter((each) => each.name === name && each.principal === principal);
  const bytes = [...own, check].reduce((sum, each) => sum + printJson(each).length, 0);
  return bytes <= CHECKER_BYTES
    ? bytesRoom(after, 'checks')
    : full(record, `as many results of ${name} by ${principal} as fit (${CHECKER_BYTES / 1024} KiB)`);
}

function full(record: PromotionRecord, holds: string): readonly Reason[] {
  return [reason('RECORD_FULL', { iteration: toIterationId(record), holds })];
}
