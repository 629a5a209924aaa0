import { sha256 } from '../../base/digest.ts';
import { refreshFile } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { fileAt } from '../../domain/tree.ts';
import { refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { holderOfKey, isKeyEnded } from '../law.ts';
import type { World } from '../world.ts';

type RefreshAct = Extract<Act, { kind: 'refresh' }>;

/**
 * A later version of a certificate: its key's own words, a longer life or its end. Anybody enrolled may bring it, except
 * the key itself while another is alive: a thief would keep a stolen key from expiring.
 */
export function decideRefresh(
  world: World,
  { key, bytes, fault, expired }: RefreshAct,
  actor: Actor,
): Decision {
  const path = refreshFile(key, sha256(bytes));
  const reasons: Reason[] = [];
  if (holderOfKey(world.law, key) === null) reasons.push(reason('SIGNER_NOT_ENROLLED', { key }));
  if (fault !== null) reasons.push(reason('REFRESH_UNSOUND', { path, message: fault }));
  if (fileAt(world.tree, path) !== null) reasons.push(reason('ENTRY_ALTERED', { path }));
  // As enrolled: a thief must not make himself the last one alive by pulling brakes.
  const anotherIsAlive = world.law.enrolled.principals.some((principal) =>
    principal.keys.some(
      (other) =>
        other.fingerprint !== actor.key &&
        !isKeyEnded(other) &&
        !expired.has(other.fingerprint) &&
        principal.roles.length > 0,
    ),
  );
  if (key === actor.key && anotherIsAlive)
    reasons.push(reason('REFRESH_OWN_KEY', { key, principal: actor.principal.id }));
  if (actor.principal.roles.length === 0)
    reasons.push(reason('ROLE_NOT_HELD', { principal: actor.principal.id, role: 'any', line: '*' }));
  return refusedIf(reasons, () => [{ path, bytes }]);
}
