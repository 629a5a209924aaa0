import type { ExceptionApproval, WaivedRule } from '../domain/exception.ts';
import { toIdSet } from '../domain/entry.ts';
import {
  toIterationId,
  type EntryId,
  type Iteration,
  type LineName,
  type PrincipalName,
} from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { Request } from '../domain/request.ts';
import { matchesVersion } from '../domain/version-pattern.ts';
import { openRejections, openWithdrawals } from './ballot.ts';
import { overdueReviews } from './exception-reviews.ts';
import {
  exceptionStanding,
  objectedReason,
  scopeWords,
  sufficesFor,
  type ExceptionStanding,
} from './exception-standing.ts';
import { exceptionNamed, usesOf, type ExceptionCase } from './exceptions.ts';
import { intakeFindings } from './intake.ts';
import { requestersOf } from './requesters.ts';
import { checkRule } from './waived-kind.ts';
import type { Bundle, World } from './world.ts';

/** What the exceptions that a request names do for it. */
export interface Waiver {
  /** What they waive. */
  readonly waived: ReadonlySet<WaivedRule>;
  /** They and the approvals they are open by. */
  readonly reliedOn: readonly EntryId[];
  /** Why one of them does nothing for it. */
  readonly reasons: readonly Reason[];
}

/** @param world before the commit: nothing is waived by what comes with it. @param at seconds since 1970. */
export function waiverOf(world: World, iteration: Iteration, request: Request, at: number): Waiver {
  const named = request.exceptions ?? [];
  if (named.length === 0) return { waived: new Set(), reliedOn: [], reasons: [] };
  const requesters = requestersOf({ record: { request } }, world.law);
  const broken = brokenRules(world, iteration, request);
  const each = named.map((id) => {
    const found = exceptionNamed(world.tree, iteration.line, id);
    if (found === null)
      return { waived: [], reliedOn: [], reasons: [reason('EXCEPTION_UNKNOWN', { exception: id })] };
    const standing = exceptionStanding(world, found, at, requesters);
    const reasons = [...standing.blocked, ...misused(found, iteration, broken)];
    return {
      waived: reasons.length > 0 ? [] : found.exception.waives,
      reliedOn: reliesOn(found, standing),
      reasons,
    };
  });
  return {
    waived: new Set(each.flatMap(({ waived }) => waived)),
    reliedOn: toIdSet(each.flatMap(({ reliedOn }) => reliedOn)),
    reasons: [...each.flatMap(({ reasons }) => reasons), ...overdueReviews(world, iteration.line, at)],
  };
}

/** What a request would be refused for, or kept from customers, and that an exception can name. */
function brokenRules({ law, tree }: World, iteration: Iteration, request: Request): ReadonlySet<WaivedRule> {
  return new Set([
    ...intakeFindings(law, tree, iteration, request)
      .filter(({ severity }) => severity === 'error')
      .map(({ rule }) => rule as string as WaivedRule),
    ...(law.policy.risk?.checks ?? []).map(({ name }) => checkRule(name)),
  ]);
}

function misused(
  { exception }: ExceptionCase,
  iteration: Iteration,
  broken: ReadonlySet<WaivedRule>,
): readonly Reason[] {
  const about = { exception: exception.id, iteration: toIterationId(iteration) };
  const { versions, waives } = exception;
  if (versions !== undefined && !matchesVersion(versions, iteration.version))
    return [reason('EXCEPTION_OUT_OF_SCOPE', { ...about, scope: scopeWords(exception) })];
  return waives.some((rule) => broken.has(rule))
    ? []
    : [reason('EXCEPTION_NOT_NEEDED', { ...about, waives })];
}

function reliesOn({ exception }: ExceptionCase, { counted }: ExceptionStanding): readonly EntryId[] {
  return [exception.id, ...counted.map(({ id }) => id)];
}

/** What an iteration owes to exceptions, as it stands at one time. */
export interface ExceptionsInUse {
  /** Why no person's transition builds on it. */
  readonly blocked: readonly Reason[];
  /** What such a transition relies on. */
  readonly reliesOn: readonly EntryId[];
}

/** Each exception a request names has to be open, or one that renews it, when a person moves the iteration on. */
export function exceptionsInUse(world: World, { iteration, record }: Bundle, at: number): ExceptionsInUse {
  const requesters = requestersOf({ record }, world.law);
  const each = (record.request.exceptions ?? []).map((id) =>
    inForce(world, iteration.line, id, at, requesters),
  );
  return {
    blocked: [...each.flatMap(({ blocked }) => blocked), ...overdueReviews(world, iteration.line, at)],
    reliesOn: each.flatMap((found) => found.reliesOn),
  };
}

function inForce(
  world: World,
  line: LineName,
  id: EntryId,
  at: number,
  requesters: ReadonlySet<PrincipalName>,
): ExceptionsInUse {
  const chain = withRenewals(world, line, id).map((each) => {
    const standing = exceptionStanding(world, each, at, requesters);
    return { blocked: standing.blocked, reliesOn: reliesOn(each, standing) };
  });
  const open = chain.find(({ blocked }) => blocked.length === 0);
  if (open !== undefined) return open;
  // Where none is open the first one says why; how it may be renewed is said with that.
  const [first = { blocked: [reason('EXCEPTION_UNKNOWN', { exception: id })] }] = chain;
  return { blocked: first.blocked, reliesOn: [] };
}

/** An exception, those that renew it, and so on. */
export function withRenewals({ tree }: World, line: LineName, id: EntryId): readonly ExceptionCase[] {
  const first = exceptionNamed(tree, line, id);
  const found: ExceptionCase[] = first === null ? [] : [first];
  for (const each of found) found.push(...(usesOf(tree, line).get(each.exception.id)?.renewals ?? []));
  return found;
}

/** Objections to exceptions that an iteration was built on, and approvals of them taken back. */
export function contestedExceptions(
  world: World,
  { iteration, record }: Bundle,
): readonly { readonly entry: ExceptionApproval; readonly why: Reason }[] {
  const relied = new Set(
    [record.request, ...record.transitions].flatMap((entry): readonly EntryId[] => entry.reliedOn),
  );
  return (record.request.exceptions ?? [])
    .flatMap((id) => withRenewals(world, iteration.line, id))
    .filter(({ exception }) => relied.has(exception.id))
    .flatMap(({ exception, approvals }) => {
      const suffices = sufficesFor(world.law, exception, requestersOf({ record }, world.law));
      return [
        ...openRejections(world, approvals, suffices),
        ...openWithdrawals(world, approvals, relied, suffices),
      ].map((entry) => ({ entry, why: objectedReason(exception, entry) }));
    });
}

/** Whether an exception that the request names does without a check. Whether it is open is asked by itself. */
export function isCheckWaived({ tree }: World, { iteration, record }: Bundle, check: string): boolean {
  return (record.request.exceptions ?? []).some(
    (id) => exceptionNamed(tree, iteration.line, id)?.exception.waives.includes(checkRule(check)) === true,
  );
}
