import type { ChangeFlag } from '../domain/model-change.ts';
import type { OwnerRole } from '../domain/risk-rules.ts';
import type { RiskTier } from '../domain/tiers.ts';

/** A role whose approval a change needs, and why. */
export interface RequiredApproval {
  readonly role: OwnerRole;
  /** In words: what about the change asks for it. */
  readonly because: readonly string[];
}

/** What makes an owner's approval needed, beside the model owner's, which always is. */
const ASKED_BY: readonly (readonly [OwnerRole, ChangeFlag, string])[] = [
  // What a base was trained on, and the code that runs it, come with it.
  ['data-owner', 'modifies-base', 'the base model changes'],
  ['data-owner', 'modifies-data-lineage', 'data lineage changes'],
  ['security-owner', 'expands-permissions', 'permissions expand'],
  ['software-owner', 'modifies-base', 'the base model changes'],
  ['software-owner', 'modifies-code', 'code changes'],
  ['software-owner', 'modifies-evaluator', 'the evaluator changes'],
  ['release-owner', 'affects-production-traffic', 'production traffic is affected'],
];

/**
 * Who has to approve a change, whatever policies demand beyond it: of a model and of the policy itself alike.
 * @param flags those that count as set. @returns by role, each once.
 */
export function requiredApprovals(
  flags: ReadonlySet<ChangeFlag>,
  tier: RiskTier,
): readonly RequiredApproval[] {
  return byRole([
    ['model-owner', 'every change needs it'],
    ...ASKED_BY.filter(([, flag]) => flags.has(flag)).map(([role, , because]) => [role, because] as const),
    ...(tier === 'high' ? ([['security-owner', 'the risk tier is high']] as const) : []),
  ]);
}

/** Each role once, in the order of their names, with everything that asks for it. */
export function byRole(asked: readonly (readonly [OwnerRole, string])[]): readonly RequiredApproval[] {
  const roles = [...new Set(asked.map(([role]) => role))].sort();
  return roles.map((role) => ({
    role,
    because: [...new Set(asked.filter((each) => each[0] === role).map(([, because]) => because))],
  }));
}
