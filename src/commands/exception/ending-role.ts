import type { Role } from '../../domain/roles.ts';
import { rolesToApprove } from '../../machine/exception-standing.ts';
import type { ExceptionCase } from '../../machine/exceptions.ts';
import { holdsRole } from '../../machine/law.ts';
import type { CommonOptions } from '../shared/command.ts';
import { ownRole, type Desk } from '../shared/opening/write.ts';

/** The role asked for, else one that may end any exception of the kind, else any that the signer holds. */
export function endingRole(
  desk: Desk,
  common: Pick<CommonOptions, 'role'>,
  { exception }: ExceptionCase,
): Role {
  const { law } = desk.workspace.world;
  const able: readonly Role[] = [...rolesToApprove(law, exception), 'policy-approver'];
  const held = able.find((role) => holdsRole(desk.who.principal, role, exception.line, desk.actor.clock));
  return common.role === null ? (held ?? ownRole(desk, common)) : ownRole(desk, common);
}
