import * as z from 'zod';

/** Class of the customer engagement: C always demands separate persons, B unless the policy says why not, in A the policy decides. */
export const LicenceTier = z.enum(['A', 'B', 'C']);
export type LicenceTier = z.infer<typeof LicenceTier>;

/** How risky a change is, from least to most. */
export const RISK_TIERS = ['low', 'standard', 'high'] as const;
export const RiskTier = z.enum(RISK_TIERS);
export type RiskTier = z.infer<typeof RiskTier>;

/** The riskier of two. */
export function riskier(a: RiskTier, b: RiskTier): RiskTier {
  return RISK_TIERS.indexOf(a) >= RISK_TIERS.indexOf(b) ? a : b;
}
