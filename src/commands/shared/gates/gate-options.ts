import * as z from 'zod';
import type { OptionSpec } from '../command.ts';

/** Entry ids, or as much of them as tells them apart: refusals show the first 12 digits. */
export const EntryStart = z
  .string()
  .regex(/^[0-9a-f]{8,64}$/, 'must be an entry id, or at least its first 8 digits');
export const Answers = z.array(EntryStart).default([]);

export const GATE_OPTION: OptionSpec = {
  flags: '--gate <gate>',
  description: 'operator-signoff, domain-validation or governance-approval (default: those you can sign)',
  repeat: true,
};

export const ANSWERS_OPTION: OptionSpec = {
  flags: '--answers <entry>',
  description: 'rejection, change request or withdrawal that this settles',
  repeat: true,
};
