import { dueReviews } from '../../../machine/exception-reviews.ts';
import type { World } from '../../../machine/world.ts';
import { escapeShown } from '../terminal/escape.ts';
import { brief } from '../terminal/layout.ts';

/** A review of an exception that is due soon or overdue. Strings are as they are; escape them when shown. */
export interface ReviewDueView {
  readonly exception: string;
  readonly line: string;
  readonly owner: string;
  readonly due: string;
  readonly overdue: boolean;
  /** Whether the exception is over, which its review comes after. */
  readonly ended: boolean;
}

/** @param at seconds since 1970. */
export function reviewsDue(world: World, at: number): readonly ReviewDueView[] {
  return dueReviews(world, at).map(({ each: { exception }, due, overdue, ended }) => ({
    exception: exception.id,
    line: exception.line,
    owner: exception.owner,
    due,
    overdue,
    ended,
  }));
}

/** What is typed to have it off the list. */
export function reviewCommand({ exception, ended }: Pick<ReviewDueView, 'exception' | 'ended'>): string {
  return ended
    ? `modelsmith exception review ${brief(exception)} --file <review.md>`
    : `modelsmith exception close ${brief(exception)} --reason <text>`;
}

export function reviewDueSentence(view: ReviewDueView): string {
  const { exception, line, owner, due, overdue } = view;
  const what = `the review of exception ${brief(exception)} on ${line}`;
  return escapeShown(
    overdue
      ? `EXCEPTION_REVIEW_OVERDUE  ${what} was due ${due}: nothing is waived there, and nobody takes a step; ${owner} types: ${reviewCommand(view)}`
      : `${what} is due ${due}; ${owner} types: ${reviewCommand(view)}`,
  );
}
