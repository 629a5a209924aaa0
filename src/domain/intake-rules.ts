import * as z from 'zod';

/**
 * What a policy can ask of a request when it comes in, each rule by its id. What somebody merely declares never satisfies a
 * rule of privacy: such a rule asks for a file of the bundle, by digest.
 */
export const INTAKE_RULES = {
  'version-higher': { about: 'versioning', waivable: true },
  'base-read-from-adapter': { about: 'security', waivable: true },
  'code-stated': { about: 'security', waivable: true },
  'contact-stated': { about: 'security', waivable: true },
  'intended-use-stated': { about: 'security', waivable: true },
  'licence-stated': { about: 'security', waivable: true },
  'data-stated': { about: 'privacy', waivable: false },
  'data-sheets': { about: 'privacy', waivable: false },
  'legal-basis': { about: 'privacy', waivable: false },
} as const satisfies Readonly<
  Record<string, { readonly about: 'versioning' | 'security' | 'privacy'; readonly waivable: boolean }>
>;
export type IntakeRuleId = keyof typeof INTAKE_RULES;
export const INTAKE_RULE_IDS = Object.keys(INTAKE_RULES) as [IntakeRuleId, ...IntakeRuleId[]];

export const IntakeRules = z
  .array(
    z
      .strictObject({
        rule: z.enum(INTAKE_RULE_IDS),
        /** An error refuses the request; a warning is told and refuses nothing. */
        severity: z.enum(['error', 'warning']).default('error'),
      })
      .readonly(),
  )
  .max(100)
  .refine((rules) => new Set(rules.map(({ rule }) => rule)).size === rules.length, 'must name each rule once')
  .readonly();
export type IntakeRules = z.infer<typeof IntakeRules>;
