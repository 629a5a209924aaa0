import * as z from 'zod';
import { isStrictlySorted } from './entry.ts';
import { OverrideAct } from './override-acts.ts';

/** `drills` of a policy: which overrides people drill, and how often. */
export const DrillRules = z
  .strictObject({
    /** Days after which the latest drill of an override is too long ago. */
    everyDays: z.int().min(1).max(3650),
    overrides: z.array(OverrideAct).min(1).refine(isStrictlySorted, 'must be sorted, each once').readonly(),
  })
  .readonly();
