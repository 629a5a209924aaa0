import type { Approval } from '../domain/approval.ts';
import { OwnerRole } from '../domain/risk-rules.ts';
import type { Role } from '../domain/roles.ts';
import type { Law } from './law.ts';

/**
 * In which roles, and by how many people, what somebody objected to or took back is settled in his place. What an owner
 * said waits for such an owner, whether or not the change still has to ask one.
 */
export function settlersOf(
  { policy }: Law,
  { gate, role }: Pick<Approval, 'gate' | 'role'>,
): { readonly roles: readonly Role[]; readonly quorum: number } {
  const owner = gate === 'operator-signoff' ? OwnerRole.safeParse(role) : null;
  return owner?.success === true ? { roles: [owner.data], quorum: 1 } : policy.gates[gate];
}
