import { Exception, exceptionDocument } from '../../domain/exception.ts';
import { toSeconds, toTime, type Time } from '../../domain/names.ts';
import { EXCEPTION, exceptionFolder } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { fileAt } from '../../domain/tree.ts';
import { putText, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { checkEntry } from '../entry-check.ts';
import { isReviewed, overdueReviews } from '../exception-reviews.ts';
import { exceptionStanding, scopeWords } from '../exception-standing.ts';
import { exceptionNamed, usesOf } from '../exceptions.ts';
import { isKeyEnded, principalNamed, ruleOfLine, type Law } from '../law.ts';
import { waivedKind } from '../waived-kind.ts';
import type { World } from '../world.ts';

type OpenAct = Extract<Act, { kind: 'open-exception' }>;

const DAY = 24 * 60 * 60;

/** Any enrolled human may ask for an exception; it waives nothing before those have approved whom the policy names. */
export function decideException(world: World, { exception }: OpenAct, actor: Actor): Decision {
  const { line, id, role, renews, waives } = exception;
  const path = `${exceptionFolder(line, id)}/${EXCEPTION}`;
  const kind = waivedKind(world.law, waives);
  const reasons: readonly Reason[] = [
    ...checkEntry(world, actor, Exception, exception, {
      line,
      roles: role === 'auditor' ? [] : [role],
      reliedOn: renews === undefined ? [] : [renews],
      humanOnly: true,
    }),
    ...(fileAt(world.tree, path) === null ? [] : [reason('ENTRY_ALTERED', { path })]),
    ...(ruleOfLine(world.law, line) === null ? [reason('LINE_UNKNOWN', { line })] : []),
    ...('kind' in kind ? [] : kind.reasons),
    ...ownerReasons(world.law, exception),
    ...termReasons(world.law, exception),
    ...renewalReasons(world, exception, actor.clock),
  ];
  return refusedIf(reasons, () => [putText(path, exceptionDocument.print(exception))]);
}

function ownerReasons(law: Law, { owner }: Exception): readonly Reason[] {
  const person = principalNamed(law, owner);
  const able = person?.kind === 'human' && person.keys.some((key) => !isKeyEnded(key));
  return able ? [] : [reason('EXCEPTION_OWNER_UNKNOWN', { owner })];
}

function termReasons({ policy }: Law, { line, time, expires, reviewDue }: Exception): readonly Reason[] {
  const rules = policy.exceptions;
  if (rules === undefined) return [reason('EXCEPTIONS_NOT_ALLOWED', { line })];
  const within = (what: string, stated: Time, from: Time, days: number): readonly Reason[] => {
    const latest = toTime(toSeconds(from) + days * DAY);
    // A review that was due before the end could not be written in time: it comes after the end.
    if (stated > time && stated >= from && stated <= latest) return [];
    const rule = `after ${time}, not before ${from} and not after ${latest}: the policy gives ${days} days`;
    return [reason('EXCEPTION_TERM', { what, stated, rule })];
  };
  return [
    ...within('end', expires, time, rules.maxDays),
    ...within('review', reviewDue, expires, rules.reviewDays),
  ];
}

/**
 * What renews another waives the same in the same scope. What was ended on purpose is not renewed, nor what nobody approved or
 * whose review was due: a renewal counts as a use, and would make anybody's word hold up a line.
 */
function renewalReasons(world: World, exception: Exception, at: number): readonly Reason[] {
  const { line, renews, waives } = exception;
  if (renews === undefined) return [];
  const earlier = exceptionNamed(world.before ?? world.tree, line, renews);
  if (earlier === null) return [reason('EXCEPTION_UNKNOWN', { exception: renews })];
  const differ = (why: string) => [reason('EXCEPTION_RENEWAL', { renews, why })];
  const old = scopeWords(earlier.exception);
  const overdue = overdueReviews(world, line, at);
  // What is in use was approved, also by somebody who has left since; its review is owed already.
  const wasApproved =
    usesOf(world.before ?? world.tree, line).has(renews) ||
    exceptionStanding(world, earlier, at).seats.every(({ by }) => by !== null);
  return [
    ...(earlier.closed === null ? [] : differ(`it was closed by ${earlier.closed.principal}`)),
    ...(wasApproved ? [] : differ('it was not approved')),
    ...(overdue.length === 0 && at > toSeconds(earlier.exception.reviewDue) && !isReviewed(world, earlier)
      ? differ(`its review was due ${earlier.exception.reviewDue}`)
      : []),
    ...(earlier.exception.waives.join(' ') === waives.join(' ')
      ? []
      : differ(`it waives ${earlier.exception.waives.join(', ')}`)),
    ...(old === scopeWords(exception) ? [] : differ(`it is for ${old}`)),
    ...overdue,
  ];
}
