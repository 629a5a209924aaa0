import * as z from 'zod';

/** The six states of an iteration. A seventh is a new law version. */
export const STATES = [
  'candidate',
  'eval-accepted',
  'artifact-exported',
  'customer-deployed',
  'production-validated',
  'deprecated',
] as const;

export type State = (typeof STATES)[number];
export const State = z.enum(STATES);

/** The gates a human opens. Requirements that follow from a change are gates too, one for each role. */
export const GATES = ['operator-signoff', 'domain-validation', 'governance-approval'] as const;
export type GateName = (typeof GATES)[number];
export const GateName = z.enum(GATES);

/** Labels that point to one iteration of a line. */
export const ALIASES = ['serving', 'production'] as const;
export type AliasName = (typeof ALIASES)[number];
export const AliasName = z.enum(ALIASES);
