import type { ExceptionReview } from '../domain/exception.ts';
import { toSeconds, toTime, type LineName, type Time } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { namesIn, nodeAt } from '../domain/tree.ts';
import { endOf } from './exception-standing.ts';
import { exceptionsOf, usesOf, type ExceptionCase } from './exceptions.ts';
import { taintOf } from './taint.ts';
import type { World } from './world.ts';

const DAY = 24 * 60 * 60;

/** A review that somebody still has to write. */
export interface OpenReview {
  readonly each: ExceptionCase;
  readonly due: Time;
}

/** What a stolen key wrote is no review. @returns null while nobody has written one. */
export function reviewOf(world: World, { reviews }: ExceptionCase): ExceptionReview | null {
  const taint = taintOf(world);
  return reviews.find((review) => !taint.isTainted(review)) ?? null;
}

export function isReviewed(world: World, each: ExceptionCase): boolean {
  return reviewOf(world, each) !== null;
}

/** Exceptions of a line that were used and that nobody has reviewed, in the order in which they were opened. */
export function openReviews(world: World, line: LineName): readonly OpenReview[] {
  if (nodeAt(world.tree, `exceptions/${line}`) === null) return [];
  const uses = usesOf(world.tree, line);
  return exceptionsOf(world.tree, line)
    .filter((each) => uses.has(each.exception.id) && !isReviewed(world, each))
    .map((each) => ({ each, due: dueOf(world, each) }));
}

/** As it says itself; where it was closed before its time no longer after that than the policy gives. */
function dueOf({ law }: World, { exception, closed }: ExceptionCase): Time {
  const days = law.policy.exceptions?.reviewDays;
  if (closed === null || days === undefined) return exception.reviewDue;
  const after = toTime(toSeconds(closed.time) + days * DAY);
  return after < exception.reviewDue ? after : exception.reviewDue;
}

/** Those that should have been written by now. @param at seconds since 1970. */
export function lateReviews(world: World, line: LineName, at: number): readonly OpenReview[] {
  return openReviews(world, line).filter(({ due }) => at > toSeconds(due));
}

/** Why nothing is waived on a line, and nobody takes a step on it: a review is overdue. @param at seconds since 1970. */
export function overdueReviews(world: World, line: LineName, at: number): readonly Reason[] {
  return lateReviews(world, line, at).map(({ each: { exception }, due }) =>
    reason('EXCEPTION_REVIEW_OVERDUE', { exception: exception.id, line, owner: exception.owner, due }),
  );
}

/** Reviews are told of from two weeks before they are due. */
const SOON = 14 * DAY;

/** A review that is due soon or overdue. */
export interface DueReview extends OpenReview {
  readonly overdue: boolean;
  /** Whether the exception is over, which its review comes after. */
  readonly ended: boolean;
}

/** Those of all lines, in the order in which they are due. @param at seconds since 1970. */
export function dueReviews(world: World, at: number): readonly DueReview[] {
  return namesIn(world.tree, 'exceptions')
    .flatMap((line) => openReviews(world, line as LineName))
    .filter(({ due }) => at >= toSeconds(due) - SOON)
    .map((review) => ({
      ...review,
      overdue: at > toSeconds(review.due),
      ended: endOf(review.each, at) !== null,
    }))
    .sort((a, b) => (a.due < b.due ? -1 : 1));
}
