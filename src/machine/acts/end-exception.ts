import { sha256 } from '../../base/digest.ts';
import {
  ClosedException,
  closedExceptionDocument,
  ExceptionReview,
  exceptionReviewDocument,
} from '../../domain/exception.ts';
import type { PrincipalName } from '../../domain/names.ts';
import { CLOSED, exceptionFolder, reviewFile, reviewText } from '../../domain/paths.ts';
import { reason } from '../../domain/reason.ts';
import type { Role } from '../../domain/roles.ts';
import { fileAt } from '../../domain/tree.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { checkEntry } from '../entry-check.ts';
import { reviewTextProblems } from '../evidence-rules.ts';
import { reviewOf } from '../exception-reviews.ts';
import { endOf, rolesToApprove } from '../exception-standing.ts';
import { exceptionNamed, type ExceptionCase } from '../exceptions.ts';
import type { World } from '../world.ts';

type CloseAct = Extract<Act, { kind: 'close-exception' }>;
type ReviewAct = Extract<Act, { kind: 'review-exception' }>;

/** Ends an exception before its time. It only takes a waiver away, so whoever opened it can do that, too. */
export function decideClosing(world: World, { line, closed }: CloseAct, actor: Actor): Decision {
  const each = exceptionNamed(world.tree, line, closed.exception);
  if (each === null) return refused(reason('EXCEPTION_UNKNOWN', { exception: closed.exception }));
  const { exception } = each;
  const end = endOf(each, actor.clock);
  const reasons = [
    ...checkEntry(world, actor, ClosedException, closed, {
      line,
      roles: rolesToEnd(world, each, closed, [exception.owner, exception.principal]),
      reliedOn: [exception.id],
      humanOnly: true,
    }),
    ...(end === null ? [] : [reason('EXCEPTION_ENDED', { exception: exception.id, ...end })]),
  ];
  return refusedIf(reasons, () => [
    putText(`${exceptionFolder(line, exception.id)}/${CLOSED}`, closedExceptionDocument.print(closed)),
  ]);
}

/** What was learned, once it is over: before that, uses could follow which the review knows nothing of. */
export function decideReview(world: World, { line, review, text }: ReviewAct, actor: Actor): Decision {
  const each = exceptionNamed(world.tree, line, review.exception);
  if (each === null) return refused(reason('EXCEPTION_UNKNOWN', { exception: review.exception }));
  const { exception } = each;
  const folder = exceptionFolder(line, exception.id);
  const path = `${folder}/${reviewText(review.id)}`;
  const [stated, found] = [review.text.sha256, sha256(text)];
  const earlier = reviewOf(world, each);
  const reasons = [
    ...checkEntry(world, actor, ExceptionReview, review, {
      line,
      roles: rolesToEnd(world, each, review, [exception.owner]),
      reliedOn: [exception.id],
      humanOnly: true,
    }),
    ...(fileAt(world.tree, path) === null ? [] : [reason('ENTRY_ALTERED', { path })]),
    ...(endOf(each, actor.clock) === null
      ? [reason('EXCEPTION_NOT_ENDED', { exception: exception.id, expires: exception.expires })]
      : []),
    ...(earlier === null
      ? []
      : [reason('EXCEPTION_REVIEWED', { exception: exception.id, principal: earlier.principal })]),
    ...(stated === found && review.text.size === text.length
      ? []
      : [reason('FILE_DIFFERS', { path, stated, found })]),
    ...reviewTextProblems(path, text),
  ];
  return refusedIf(reasons, () => [
    putText(`${folder}/${reviewFile(review.id)}`, exceptionReviewDocument.print(review)),
    { path, bytes: text },
  ]);
}

/** The people whose exception it is in any role, everybody else in one that approves it, or as policy approver. */
function rolesToEnd(
  { law }: World,
  { exception }: ExceptionCase,
  { principal, role }: { readonly principal: PrincipalName; readonly role: Role },
  own: readonly PrincipalName[],
): readonly Role[] {
  if (role !== 'auditor' && own.includes(principal)) return [role];
  return [...new Set<Role>([...rolesToApprove(law, exception), 'policy-approver'])];
}
