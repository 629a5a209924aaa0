import { overrideFile } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { fileAt } from '../../domain/tree.ts';
import { refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { holdsRole } from '../law.ts';
import type { World } from '../world.ts';

type OverrideAct = Extract<Act, { kind: 'override' }>;

/**
 * Pulls a brake. Held to nothing but who signed it: whatever else is wrong with the repository, this must not wait. It is
 * not even asked whether what it names exists, since what is stopped may be on its way here.
 */
export function decideOverride(world: World, { override, bytes }: OverrideAct, actor: Actor): Decision {
  const { principal } = actor;
  const path = overrideFile(override.id);
  const reasons: Reason[] = [];
  if (override.repository !== world.law.repository.id) {
    reasons.push(
      reason('ENTRY_OTHER_REPOSITORY', {
        repository: override.repository,
        expected: world.law.repository.id,
      }),
    );
  }
  if (override.principal !== principal.id)
    reasons.push(reason('ENTRY_NOT_SIGNERS', { principal: override.principal, signer: principal.id }));
  if (override.key !== actor.key)
    reasons.push(reason('ENTRY_OTHER_KEY', { key: override.key, signer: actor.key }));
  if (principal.kind !== 'human')
    reasons.push(reason('HUMAN_REQUIRED', { act: override.act, principal: principal.id }));
  else if (!holdsRole(principal, 'override', null, actor.clock))
    reasons.push(reason('ROLE_NOT_HELD', { principal: principal.id, role: 'override', line: '*' }));
  if (fileAt(world.tree, path) !== null) reasons.push(reason('ENTRY_ALTERED', { path }));
  return refusedIf(reasons, () => [{ path, bytes }]);
}
