import * as z from 'zod';
import { LinePattern } from './line-pattern.ts';
import { LockDemand } from './lock-strength.ts';
import { Mutation, Permission } from './model-change.ts';
import { PrincipalName, SafeName } from './names.ts';
import { Decimal } from './policy-decimal.ts';
import { Label } from './text.ts';
import { LicenceTier } from './tiers.ts';

/** What a policy says of the lines that a pattern matches. */

/** Composites lie between the two, so above them no candidate would ever come, and below them everyone. */
const Threshold = Decimal.refine(
  (text) => /^(?:0(?:\.\d+)?|1)$/.test(text),
  'must be from 0 to 1, as scores are: 0.72 for 72 percent',
);

const Thresholds = z
  .strictObject({ core: Threshold, heldOut: Threshold, maxRegressions: z.int().min(0) })
  .readonly();

export const LineRule = z
  .strictObject({
    match: LinePattern,
    owner: PrincipalName,
    rubric: SafeName,
    licenceTier: LicenceTier,
    thresholds: Thresholds,
    /** How strongly it has to be shown under which lock an artifact was trained; left out, the word of whoever asks will do. */
    lockStrength: LockDemand.optional(),
    /** Complete runs that decide an iteration; the worst counts. */
    runs: z.int().min(1).max(10).default(1),
    mutations: z.array(Mutation).min(1).readonly(),
    /** Most iterations of a line that may wait in candidate or eval-accepted. */
    populationCeiling: z.int().min(1).max(1000),
    capabilities: z.array(SafeName).readonly().default([]),
    /** The only permissions an iteration may ask for; where it is left out, any that is not prohibited. */
    permissions: z.array(Permission).max(500).readonly().optional(),
    prohibitedPermissions: z.array(Permission).readonly().default([]),
    targets: z.array(SafeName).readonly().default([]),
    /** Where the targets run: data from anywhere else crosses a border. Left out, nobody knows, so all data does. */
    jurisdictions: z.array(Label).min(1).max(300).readonly().optional(),
    /** People and machines that can read the held-out items. They, and who answers for them, ask for no promotion on the line. */
    evidenceReaders: z.array(PrincipalName).max(1000).readonly().default([]),
    /** Whether what the model was asked may lie in the clear; where not, it is sealed or kept outside. */
    transcripts: z.enum(['open', 'confidential']).default('open'),
  })
  .readonly();
export type LineRule = z.infer<typeof LineRule>;
