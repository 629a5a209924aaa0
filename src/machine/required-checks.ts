import type { CheckName } from '../domain/names.ts';
import { riskier, type RiskTier } from '../domain/tiers.ts';
import type { Law } from './law.ts';

/** A check without which a change does not go to customers. */
export interface RequiredCheck {
  readonly name: CheckName;
  /** Days after which a result no longer counts; null: never. */
  readonly maxAgeDays: number | null;
}

/** @param tier how risky the change is; null where nobody judges that, and nothing is required. */
export function requiredChecks(law: Law, tier: RiskTier | null): readonly RequiredCheck[] {
  const { risk } = law.policy;
  if (tier === null || risk === undefined) return [];
  return risk.checks
    .filter(({ from }) => riskier(tier, from) === tier)
    .map(({ name, maxAgeDays = null }) => ({ name, maxAgeDays }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
