import * as z from 'zod';

/** What an override can do, sorted. */
export const OVERRIDE_ACTS = [
  'disable',
  'freeze',
  'revoke-signer',
  'stop-candidates',
  'suspend-signer',
] as const;
export const OverrideAct = z.enum(OVERRIDE_ACTS);
export type OverrideAct = z.infer<typeof OverrideAct>;
