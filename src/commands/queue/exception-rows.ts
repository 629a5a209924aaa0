import type { LineName } from '../../domain/names.ts';
import { dueReviews, type DueReview } from '../../machine/exception-reviews.ts';
import { exceptionStanding, rolesToApprove } from '../../machine/exception-standing.ts';
import { allExceptions, type ExceptionCase } from '../../machine/exceptions.ts';
import { holdersOf } from '../../machine/law.ts';
import type { World } from '../../machine/world.ts';
import { exceptionTitle } from '../shared/views/exception-text.ts';
import { exceptionView } from '../shared/views/exception-view.ts';
import { brief } from '../shared/terminal/layout.ts';
import type { ApprovalOut } from '../shared/views/queue-output.ts';
import { reviewCommand } from '../shared/views/review-due-view.ts';
import { peopleNamed, withOwnRoles } from './people.ts';
import { sinceOnly } from './urgency-view.ts';

/** Exceptions that wait for approvals, and reviews that are due soon or overdue. @param at seconds since 1970. */
export function exceptionRows(
  world: World,
  at: number,
  isMeant: (line: LineName) => boolean,
): readonly ApprovalOut[] {
  return [
    ...allExceptions(world.tree)
      .filter(({ exception }) => isMeant(exception.line))
      .flatMap((each) => waitingRow(world, each, at)),
    ...dueReviews(world, at)
      .filter(({ each }) => isMeant(each.exception.line))
      .map((review) => reviewRow(world, review, at)),
  ];
}

/** While others object, or it is over, nobody is asked to approve. */
function waitingRow(world: World, each: ExceptionCase, at: number): readonly ApprovalOut[] {
  const { seats, blocked } = exceptionStanding(world, each, at);
  const { exception } = each;
  if (blocked.length === 0 || blocked.some(({ code }) => code !== 'EXCEPTION_PENDING')) return [];
  const open = seats.filter(({ by }) => by === null);
  const command = `modelsmith exception approve ${brief(exception.id)}`;
  const names = [...new Set(open.flatMap(({ canSign }) => canSign))].sort();
  return [
    {
      kind: 'exception',
      exception: exception.id,
      line: exception.line,
      title: exceptionTitle(exceptionView(world, each, at)),
      openedBy: exception.principal,
      reason: exception.reason,
      needed: seats.map((seat) => ({ ...seat, canSign: [...seat.canSign] })),
      ...sinceOnly(exception.time),
      due: exception.expires,
      people: peopleNamed(
        { law: world.law, line: exception.line, at },
        names,
        open.map(({ role }) => role),
        () => command,
      ),
    },
  ];
}

/** Its owner is asked first; where he cannot sign any more, whoever may review in his place. */
function reviewRow(world: World, { each, due, overdue, ended }: DueReview, at: number): ApprovalOut {
  const { id, line, owner, time } = each.exception;
  const scope = { law: world.law, line, at };
  const command = reviewCommand({ exception: id, ended });
  const own = withOwnRoles(scope, [owner], command).filter(({ roles }) => roles.length > 0);
  const others = exceptionStandIns(world, each, at);
  return {
    kind: 'exception-review',
    exception: id,
    line,
    owner,
    ended,
    ...sinceOnly(time),
    due,
    overdue,
    people: own.length > 0 ? own : peopleNamed(scope, others.names, others.roles, () => command),
  };
}

function exceptionStandIns({ law }: World, { exception }: ExceptionCase, at: number) {
  const roles = [...new Set([...rolesToApprove(law, exception), 'policy-approver' as const])];
  return { roles, names: holdersOf(law, roles, exception.line, at).map(({ id }) => id) };
}
