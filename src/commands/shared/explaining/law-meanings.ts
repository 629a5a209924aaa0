import type { Meaning } from './fault-meanings.ts';

const of = (meaning: string, remedy: string): Meaning => ({ meaning, remedy });
const PROPOSE = '`modelsmith policy propose`';

/** Overrides, stolen keys, changes of the law, and repairs, in one line each. */
export const LAW_MEANINGS = {
  CANDIDATES_STOPPED: of('An override stops new locks and requests of the line.', 'have it lifted'),
  CAPABILITY_DISABLED: of('An override disables a capability.', 'have it lifted'),
  APPROVAL_TAINTED: of(
    'An approval was made with a compromised key, or by somebody such a key brought in.',
    'somebody with a clean key approves',
  ),
  TAINTED: of('An iteration rests on acts of a compromised key.', '`modelsmith reaffirm`'),
  POLICY_TAINTED: of(
    'A change of the law was approved with a compromised key.',
    'a new version approved by people enrolled before it',
  ),
  POLICY_CONTESTED: of(
    'Somebody objects to a change that is in force.',
    '`modelsmith policy approve --answers`',
  ),
  NOT_TAINTED: of('An entry to be re-affirmed is not tainted.', '`modelsmith status`'),
  REAFFIRM_NOT_YOURS: of('Somebody else has to re-affirm the entry.', 'have the holder named do it'),
  CHANGE_UNKNOWN: of('There is no such change.', '`modelsmith policy list`'),
  CHANGE_NOTHING: of('A proposal changes nothing.', 'compare it with policy/ in the repository'),
  CHANGE_APPLIED: of('The change is in force already.', 'nothing is left to do'),
  CHANGE_OUTDATED: of('A proposal was made against a law that is no longer in force.', PROPOSE),
  CHANGE_DIFFERS: of('A proposal says something of itself that is not so.', PROPOSE),
  CHANGE_PENDING: of('A change lacks approvals.', '`modelsmith policy approve`'),
  CHANGE_OBJECTED: of('Somebody rejects a change.', '`modelsmith policy approve --answers`'),
  CHANGE_NOT_ASKED: of(
    'The person can give none of the approvals that a change still needs.',
    '`modelsmith policy list`',
  ),
  CHANGE_NOT_APPROVER: of(
    'A change is applied by somebody who did not approve it.',
    'an approver applies it',
  ),
  CHANGE_ALREADY_APPROVED: of('The person has approved the change in this role.', 'nothing is left to do'),
  LAW_UNLIVABLE: of(
    'Under the proposed policy somebody would be locked out or a gate never open.',
    'change the proposal',
  ),
  COMPROMISE_CLEARED: of('A proposal takes back that a key was compromised.', 'leave the report as it was'),
  LIFT_IMPOSSIBLE: of('An override cannot be lifted.', '`modelsmith override list`'),
  REFRESH_UNSOUND: of(
    'A file is no later version of an enrolled certificate.',
    '`modelsmith signer refresh`',
  ),
  REFRESH_OWN_KEY: of('A key refreshes itself although others are alive.', 'have somebody else bring it'),
  GUARDED_PATH: of(
    'A guarded path was changed by somebody who is no policy approver.',
    'have a policy approver sign',
  ),
  REPAIR_DIFFERS: of('A repair says something that is not so.', '`modelsmith repair`'),
  REPAIR_TEARS: of(
    'A choice keeps the move of an alias without the act it came from, or the act without the move.',
    'let one commit stand for `aliases of <line>` and for the iteration',
  ),
  REPAIR_NOT_RESTORED: of('A repair leaves something else than what is in force.', '`modelsmith repair`'),
  REPAIR_UNSECONDED: of(
    'A repair that had to choose waits for a second policy approver.',
    '`modelsmith repair --second`, and push both together',
  ),
} as const;
