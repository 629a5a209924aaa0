import type { AttackCase } from './case.ts';
import { BASELINE_CASES } from './cases/baselines.ts';
import { RUIN_CASES } from './cases/brakes-on-ruins.ts';
import { BRAKE_CASES } from './cases/brakes.ts';
import { CHANGE_KEY_CASES } from './cases/change-keys.ts';
import { CHANGE_MERGE_CASES } from './cases/change-merges.ts';
import { CHANGE_CASES } from './cases/changes.ts';
import { CHECK_CASES } from './cases/checks.ts';
import { CONFIDENTIAL_CASES } from './cases/confidential.ts';
import { CONVERSATION_CASES } from './cases/conversation.ts';
import { CROSSING_CASES } from './cases/crossings.ts';
import { DISPUTE_CASES } from './cases/disputes.ts';
import { DRILL_CASES } from './cases/drills.ts';
import { ENVIRONMENT_CASES } from './cases/environment.ts';
import { EXCEPTION_CASES } from './cases/exceptions.ts';
import { GATE_CASES } from './cases/gates.ts';
import { HISTORY_CASES } from './cases/history.ts';
import { KEY_CASES } from './cases/keys.ts';
import { LOCK_TIE_CASES } from './cases/lock-ties.ts';
import { OWNER_CASES } from './cases/owners.ts';
import { TWO_WORD_CASES } from './cases/pins-of-two.ts';
import { PIN_CASES } from './cases/pins.ts';
import { POLICY_CASES } from './cases/policy.ts';
import { RECEIPT_CASES } from './cases/receipts.ts';
import { REPAIR_CASES } from './cases/repair.ts';
import { ROLE_CASES } from './cases/roles.ts';
import { RUN_CASES } from './cases/runs.ts';
import { SIGNATURE_CASES } from './cases/signature.ts';
import { SIZE_CASES } from './cases/size.ts';
import { STOLEN_APPROVAL_CASES } from './cases/stolen-approvals.ts';

/** Every attack, and every honest thing beside them, in the order of the table. */
export const CASES: readonly AttackCase[] = [
  ...SIGNATURE_CASES,
  ...KEY_CASES,
  ...ROLE_CASES,
  ...OWNER_CASES,
  ...POLICY_CASES,
  ...CHANGE_CASES,
  ...CHANGE_KEY_CASES,
  ...HISTORY_CASES,
  ...CHANGE_MERGE_CASES,
  ...ENVIRONMENT_CASES,
  ...SIZE_CASES,
  ...GATE_CASES,
  ...EXCEPTION_CASES,
  ...RUN_CASES,
  ...BASELINE_CASES,
  ...LOCK_TIE_CASES,
  ...BRAKE_CASES,
  ...RUIN_CASES,
  ...DRILL_CASES,
  ...STOLEN_APPROVAL_CASES,
  ...REPAIR_CASES,
  ...DISPUTE_CASES,
  ...CROSSING_CASES,
  ...CONVERSATION_CASES,
  ...CHECK_CASES,
  ...CONFIDENTIAL_CASES,
  ...RECEIPT_CASES,
  ...PIN_CASES,
  ...TWO_WORD_CASES,
];

/** The cases of those ids, or of those scenarios (`S1` for `S1.unsigned` and the others); all where none is named. */
export function casesNamed(names: readonly string[]): readonly AttackCase[] {
  if (names.length === 0) return CASES;
  return CASES.filter(({ id }) => names.some((name) => id === name || id.startsWith(`${name}.`)));
}
