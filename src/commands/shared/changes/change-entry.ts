import { CannotTell } from '../../../base/errors.ts';
import { AppliedChange, ChangeApproval } from '../../../domain/change.ts';
import { seal } from '../../../domain/document.ts';
import { toIdSet } from '../../../domain/entry.ts';
import type { EntryId } from '../../../domain/names.ts';
import { HUMAN_ROLES, Role } from '../../../domain/roles.ts';
import { applicationRelies } from '../../../machine/acts/apply-change.ts';
import { filling } from '../../../machine/change-requirements.ts';
import type { ChangeStanding } from '../../../machine/change-standing.ts';
import type { ChangeCase } from '../../../machine/changes.ts';
import { holdsRole } from '../../../machine/law.ts';
import type { CommonOptions } from '../command.ts';
import { entryBy, type Desk } from '../opening/write.ts';

export type ChangeAct = 'approve' | 'reject' | 'withdraw';

export interface ChangeWords {
  readonly role: Role;
  readonly answers: readonly EntryId[];
  readonly reason: string;
  /** The entry taken back by a withdrawal. */
  readonly withdraws?: EntryId;
}

/** A person's word on a change, ready to be asked about and signed. */
export function changeEntry(
  desk: Desk,
  { change }: ChangeCase,
  act: ChangeAct,
  { role, answers, reason, withdraws }: ChangeWords,
): ChangeApproval {
  const shared = {
    schema: 'modelsmith/change-approval/v1' as const,
    change: change.id,
    answers: toIdSet(answers),
    reason,
  };
  if (act === 'withdraw') {
    if (withdraws === undefined) throw new Error('a withdrawal of nothing');
    return seal(ChangeApproval, { ...shared, ...entryBy(desk, act, role, [withdraws]), withdraws });
  }
  return act === 'approve'
    ? seal(ChangeApproval, { ...shared, ...entryBy(desk, act, role, [change.id]) })
    : seal(ChangeApproval, { ...shared, ...entryBy(desk, act, role, [change.id]) });
}

/** The entry that puts a change in force, in a role in which the signer has approved it; null where there is none. */
export function appliedEntry(
  desk: Desk,
  { change }: ChangeCase,
  { counted }: ChangeStanding,
): AppliedChange | null {
  const own = counted.find(({ principal }) => principal === desk.who.principal.id);
  if (own === undefined) return null;
  return seal(AppliedChange, {
    schema: 'modelsmith/change-applied/v1' as const,
    ...entryBy(desk, 'apply', own.role, applicationRelies(counted)),
    change: change.id,
  });
}

/**
 * The roles in which a person's approval would fill something: every role of his that a requirement names or, where only
 * his word as a person is asked for, one of those he holds. Empty where nothing asks for him.
 */
export function rolesToApprove(
  desk: Desk,
  common: Pick<CommonOptions, 'role'>,
  { ways, counted }: ChangeStanding,
  answers: readonly EntryId[],
): readonly Role[] {
  if (common.role !== null) return [anyRole(desk, common)];
  const { id } = desk.who.principal;
  const open = ways
    .flat()
    .filter((requirement) => requirement.people.has(id) && !filling(requirement, counted).has(id));
  const named = new Set<Role>(open.flatMap(({ role }) => role ?? []));
  const roles = HUMAN_ROLES.filter((role) => named.has(role));
  if (roles.length > 0) return roles;
  return open.length > 0 || answers.length > 0 ? [anyRole(desk, common)] : [];
}

/** The role asked for, else policy-approver, else the first the signer holds in which anything can be said of a change. */
export function anyRole({ who, actor }: Desk, { role: asked }: Pick<CommonOptions, 'role'>): Role {
  if (asked !== null) {
    const role = Role.safeParse(asked);
    if (role.success) return role.data;
    throw new CannotTell('USAGE', `${asked} is no role this tool knows`);
  }
  const holds = (role: Role): boolean => holdsRole(who.principal, role, null, actor.clock);
  const roles: readonly Role[] = [
    'policy-approver',
    ...who.principal.roles.map(({ role }) => role).filter((role) => role !== 'auditor'),
  ];
  // Without any the first: the machine then refuses and says what is missing.
  return roles.find(holds) ?? 'policy-approver';
}
