import { isNonEmpty } from '../../base/nonempty.ts';
import { EVERY_LINE } from '../../domain/line-pattern.ts';
import { reason } from '../../domain/reason.ts';
import { type Act, type Actor, type Decision } from '../act.ts';
import { holdsForLines } from '../change-requirements.ts';
import type { World } from '../world.ts';

type GuardedAct = Extract<Act, { kind: 'guarded' }>;

/**
 * Files beside the evidence on which its safety hangs, such as the definition of CI. Every line hangs on them, so they are
 * a policy approver's to change who is one for every line.
 */
export function decideGuarded(_world: World, { paths }: GuardedAct, { principal, clock }: Actor): Decision {
  const may = principal.kind === 'human' && holdsForLines(principal, 'policy-approver', [EVERY_LINE], clock);
  if (may || !isNonEmpty(paths)) return { kind: 'allowed', puts: [] };
  return { kind: 'refused', reasons: [reason('GUARDED_PATH', { paths, principal: principal.id })] };
}
