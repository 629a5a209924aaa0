import { printJson } from '../base/canonical-json.ts';
import { CHECKER_BYTES, type CheckResult } from '../domain/check.ts';
import { toIterationId } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { MOST_EVALUATIONS, MOST_EVIDENCE, type PromotionRecord } from '../domain/record.ts';

/** A record is one file that everybody writes into, so nobody may fill it. */

type Record = Pick<PromotionRecord, 'line' | 'version'>;

export function evaluationRoom(record: Record & Pick<PromotionRecord, 'evaluations'>): readonly Reason[] {
  return record.evaluations.length < MOST_EVALUATIONS ? [] : full(record, `${MOST_EVALUATIONS} evaluations`);
}

export function evidenceRoom(record: Record & Pick<PromotionRecord, 'evidence'>): readonly Reason[] {
  return record.evidence.length < MOST_EVIDENCE ? [] : full(record, `${MOST_EVIDENCE} entries of evidence`);
}

/** Each checker has room of his own: whoever floods it keeps out nobody but himself. */
export function checkRoom(
  record: Record & Pick<PromotionRecord, 'checks'>,
  check: CheckResult,
): readonly Reason[] {
  const { name, principal } = check;
  const own = (record.checks ?? []).filter((each) => each.name === name && each.principal === principal);
  const bytes = [...own, check].reduce((sum, each) => sum + printJson(each).length, 0);
  return bytes <= CHECKER_BYTES
    ? []
    : full(record, `as many results of ${name} by ${principal} as fit (${CHECKER_BYTES / 1024} KiB)`);
}

function full(record: Record, holds: string): readonly Reason[] {
  return [reason('RECORD_FULL', { iteration: toIterationId(record), holds })];
}
