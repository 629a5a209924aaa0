import * as z from 'zod';

const Days = z.int().min(1).max(3650).optional();

/** `freshness` of a policy: after how many days something stops counting for what people decide. */
export const FreshnessRules = z
  .strictObject({
    /** Approvals at gates that are not passed yet, from their own time. */
    approvalDays: Days,
    /** Runs that decide, from when they were recorded. */
    evaluationDays: Days,
    /** Documents that a gate demands, and attachments that intake rules ask for, from when they were last brought. */
    evidenceDays: Days,
  })
  .refine((rules) => Object.values(rules).some((days) => days !== undefined), 'must limit something')
  .readonly();
export type FreshnessRules = z.infer<typeof FreshnessRules>;
