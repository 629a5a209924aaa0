import type { Meaning } from './fault-meanings.ts';

const of = (meaning: string, remedy: string): Meaning => ({ meaning, remedy });
const OPEN = '`modelsmith exception open`';
const LIST = '`modelsmith exception list`';

/** Exceptions, in one line each. */
export const EXCEPTION_MEANINGS = {
  EXCEPTIONS_NOT_ALLOWED: of('The policy allows no exceptions.', 'propose a policy that does'),
  EXCEPTION_UNKNOWN: of('The line has no such exception, or none before this commit.', LIST),
  EXCEPTION_NOT_WAIVABLE: of('A rule can never be waived, or the policy does not say so.', 'keep the rule'),
  EXCEPTION_MIXED: of(
    'An exception waives rules that different people answer for.',
    'open one for each kind',
  ),
  EXCEPTION_TERM: of('An exception lasts longer, or is reviewed later, than the policy allows.', OPEN),
  EXCEPTION_OWNER_UNKNOWN: of('Nobody enrolled answers for the exception.', OPEN),
  EXCEPTION_RENEWAL: of('An exception does not continue the one that it names.', OPEN),
  EXCEPTION_APPROVER_BARRED: of(
    'Somebody approves an exception of his own.',
    'have somebody else approve it',
  ),
  EXCEPTION_ALREADY_APPROVED: of(
    'The person has approved the exception in this role.',
    'nothing is left to do',
  ),
  EXCEPTION_PENDING: of('An exception lacks an approval.', '`modelsmith exception approve`'),
  EXCEPTION_OBJECTED: of(
    'Somebody rejects an exception, or took back an approval that was built on.',
    '`modelsmith exception approve --answers`',
  ),
  EXCEPTION_TAINTED: of('An exception was opened with a compromised key.', OPEN),
  EXCEPTION_ENDED: of('An exception was closed or has expired.', 'do without it, or renew it'),
  EXCEPTION_NOT_ENDED: of('An exception is reviewed before it has ended.', '`modelsmith exception close`'),
  EXCEPTION_OUT_OF_SCOPE: of('An exception is not for this version.', LIST),
  EXCEPTION_NOT_NEEDED: of(
    'A request names an exception that waives nothing it breaks.',
    'request without it',
  ),
  EXCEPTION_REVIEWED: of('The exception has a review that counts.', '`modelsmith exception show`'),
  EXCEPTION_REVIEW_OVERDUE: of(
    'An exception that was used was not reviewed in time; on its line nothing is waived and nobody takes a step.',
    '`modelsmith exception review`',
  ),
} as const;
