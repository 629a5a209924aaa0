import * as z from 'zod';
import { CheckName, SafeName, SafePath } from './names.ts';
import { EVIDENCE_PATH, isEvidencePath } from './paths.ts';
import { RiskTier } from './tiers.ts';
import { Text } from './text.ts';
import { When } from './when.ts';

/** Roles that a change can need the approval of, collected with the operator sign-off. */
export const OWNER_ROLES = [
  'data-owner',
  'evaluation-owner',
  'ml-manager',
  'model-owner',
  'release-owner',
  'security-owner',
  'software-owner',
] as const;
export const OwnerRole = z.enum(OWNER_ROLES);
export type OwnerRole = z.infer<typeof OwnerRole>;

/** A rule beyond those that always hold: it raises the tier or demands approvals or evidence; it can only tighten. */
const RiskRule = z
  .strictObject({
    id: SafeName,
    /** For people: why the rule is there. */
    why: Text.optional(),
    when: When,
    /** The change is at least this risky. */
    tier: RiskTier.optional(),
    approvals: z.array(OwnerRole).min(1).readonly().optional(),
    /** Files demanded with the operator sign-off, relative to the bundle. */
    evidence: z.array(SafePath.refine(isEvidencePath, EVIDENCE_PATH)).min(1).max(50).readonly().optional(),
  })
  .refine(
    ({ tier, approvals, evidence }) => [tier, approvals, evidence].some((part) => part !== undefined),
    'must say tier, approvals or evidence: as it is, it does nothing',
  )
  .readonly();
export type RiskRule = z.infer<typeof RiskRule>;

/** A check of an outside tool without which nothing goes to customers. */
const CheckRule = z
  .strictObject({
    /** Its results are signed in the role `checker:<name>`. */
    name: CheckName,
    /** The least risky changes that need it. */
    from: RiskTier.default('low'),
    /** An older result counts as expired; left out, results stay good. */
    maxAgeDays: z.int().min(1).max(3650).optional(),
    /** An exception can do without it, approved by those who answer for this; left out, nothing can. */
    waivable: z.enum(['quality', 'security']).optional(),
  })
  .readonly();

/** `risk` of a policy. Where it is there, how risky a change is decides who has to approve it. */
export const RiskRules = z
  .strictObject({
    rules: z
      .array(RiskRule)
      .max(500)
      .refine((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, 'must name each rule once')
      .readonly()
      .default([]),
    checks: z
      .array(CheckRule)
      .max(100)
      .refine(
        (checks) => new Set(checks.map(({ name }) => name)).size === checks.length,
        'must name each check once',
      )
      .readonly()
      .default([]),
  })
  .readonly();
export type RiskRules = z.infer<typeof RiskRules>;
