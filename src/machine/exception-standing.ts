import type { Exception, ExceptionApproval } from '../domain/exception.ts';
import type { ApprovingRole, WaivedKind } from '../domain/exception-rules.ts';
import { toSeconds, type PrincipalName, type Time } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { Role } from '../domain/roles.ts';
import { countedApprovals, openRejections } from './ballot.ts';
import type { ExceptionCase } from './exceptions.ts';
import { holdersOf, type Law } from './law.ts';
import { seating } from './seating.ts';
import { taintOf } from './taint.ts';
import { waivedKind } from './waived-kind.ts';
import type { World } from './world.ts';

/** A role whose approval an exception needs, from a person of its own. */
export interface ExceptionSeat {
  readonly role: ApprovingRole;
  /** Whose approval fills it; null while none does. */
  readonly by: PrincipalName | null;
  /** Who could fill it. */
  readonly canSign: readonly PrincipalName[];
}

/** What counts for one exception now. */
export interface ExceptionStanding {
  /** What the waived rules are about; null where they cannot be waived. */
  readonly kind: WaivedKind | null;
  readonly counted: readonly ExceptionApproval[];
  readonly seats: readonly ExceptionSeat[];
  readonly objections: readonly ExceptionApproval[];
  /** Everything that keeps it from waiving anything; empty while it is open. */
  readonly blocked: readonly Reason[];
}

/**
 * @param at seconds since 1970: what expiry is measured at.
 * @param barred people whose approvals count nothing for who asks, beside those whose exception it is.
 */
export function exceptionStanding(
  world: World,
  each: ExceptionCase,
  at: number,
  barred: ReadonlySet<PrincipalName> = new Set(),
): ExceptionStanding {
  const { exception, approvals } = each;
  const { line } = exception;
  const kind = waivedKind(world.law, exception.waives);
  const roles = rolesToApprove(world.law, exception);
  const isBarred = (name: PrincipalName): boolean => barred.has(name) || isOwn(exception, name);
  const counted = countedApprovals(world, approvals, line, at).filter(
    ({ principal, role }) => isApprovingRole(roles, role) && !isBarred(principal),
  );
  const taken = takenBy(roles, counted);
  const seats = roles.map((role): ExceptionSeat => {
    const by = taken.get(role) ?? null;
    const signed = new Set(
      by === null ? counted.filter((entry) => entry.role === role).map(({ principal }) => principal) : [],
    );
    const canSign = holdersOf(world.law, [role], line, at).filter(
      ({ id }) => !isBarred(id) && !signed.has(id),
    );
    return { role, by, canSign: by === null ? canSign.map(({ id }) => id) : [] };
  });
  const objections = openRejections(world, approvals, sufficesFor(world.law, exception, barred));
  const { id: name } = exception;
  return {
    kind: 'kind' in kind ? kind.kind : null,
    counted,
    seats,
    objections,
    blocked: [
      ...(world.law.policy.exceptions === undefined ? [reason('EXCEPTIONS_NOT_ALLOWED', { line })] : []),
      ...('kind' in kind ? [] : kind.reasons),
      ...(taintOf(world).isTainted(exception)
        ? [reason('EXCEPTION_TAINTED', { exception: name, principal: exception.principal })]
        : []),
      ...endReasons(each, at),
      ...seats
        .filter(({ by }) => by === null)
        .map(({ role, canSign }) => reason('EXCEPTION_PENDING', { exception: name, role, canSign })),
      ...objections.map((entry) => objectedReason(exception, entry)),
    ],
  };
}

export function objectedReason({ id }: Exception, { act, principal, ...entry }: ExceptionApproval): Reason {
  return reason('EXCEPTION_OBJECTED', {
    exception: id,
    act,
    principal,
    reason: entry.reason,
    entry: entry.id,
  });
}

/** Nobody approves his own: neither who opened it nor who answers for it. */
export function isOwn({ principal, owner }: Exception, name: PrincipalName): boolean {
  return name === principal || name === owner;
}

/** The roles whose approvals an exception needs by the law in force; none where it can waive nothing. */
export function rolesToApprove(law: Law, { waives }: Exception): readonly ApprovingRole[] {
  const kind = waivedKind(law, waives);
  return 'kind' in kind ? (law.policy.exceptions?.approvals[kind.kind] ?? []) : [];
}

export function isApprovingRole(roles: readonly ApprovingRole[], role: Role): role is ApprovingRole {
  return (roles as readonly Role[]).includes(role);
}

/**
 * The roles in which an objection is settled in the place of its author: those whose approvals would open the exception. Where the law in force
 * lets it waive nothing any more a policy approver does, else one word could hold for ever what it once let in.
 */
export function rolesToSettle(law: Law, exception: Exception): readonly ApprovingRole[] {
  const roles = rolesToApprove(law, exception);
  return roles.length > 0 ? roles : ['policy-approver'];
}

/** In the place of its author those settle an objection who hold these roles, each another. */
export function sufficesFor(law: Law, exception: Exception, barred: ReadonlySet<PrincipalName> = new Set()) {
  const roles = rolesToSettle(law, exception);
  return (answers: readonly ExceptionApproval[]): boolean =>
    takenBy(
      roles,
      answers.filter(({ principal }) => !isOwn(exception, principal) && !barred.has(principal)),
    ).size === roles.length;
}

/** Who sits where: each role takes a person of its own. */
function takenBy(
  roles: readonly ApprovingRole[],
  counted: readonly ExceptionApproval[],
): ReadonlyMap<ApprovingRole, PrincipalName> {
  const taken = seating(roles, (role) =>
    counted.filter((entry) => entry.role === role).map(({ principal }) => principal),
  );
  return new Map([...taken].map(([person, role]) => [role, person as PrincipalName]));
}

/** How and when it ended; null while it has not. */
export function endOf(
  { exception, closed }: ExceptionCase,
  at: number,
): { readonly how: string; readonly date: Time } | null {
  if (closed !== null) return { how: `closed by ${closed.principal}`, date: closed.time };
  return at >= toSeconds(exception.expires) ? { how: 'expired', date: exception.expires } : null;
}

function endReasons(each: ExceptionCase, at: number): readonly Reason[] {
  const end = endOf(each, at);
  return end === null ? [] : [reason('EXCEPTION_ENDED', { exception: each.exception.id, ...end })];
}

/** Whether it names the line and the version. */
export function scopeWords({ line, versions }: Pick<Exception, 'line' | 'versions'>): string {
  return versions === undefined ? `every version of ${line}` : `${line}@${versions}`;
}
