import * as z from 'zod';
import { LinePattern } from '../../domain/line-pattern.ts';
import { SafeName } from '../../domain/names.ts';
import { Text } from '../../domain/text.ts';
import type { Command } from '../shared/command.ts';
import { impose, REASON_OPTION, REF_OPTION } from './impose.ts';
import { openTipDesk } from '../shared/opening/tip-desk.ts';
import { findWho } from '../shared/opening/who.ts';
import { aboutCapability, aboutLines } from './about-target.ts';
import { NEVER_REFUSED } from './never-refused.ts';

const Input = z.object({
  capability: SafeName,
  line: z
    .array(LinePattern)
    .min(1)
    .default(['*' as LinePattern]),
  reason: Text,
  ref: z.boolean().default(false),
});

/** A capability is switched off. */
export const disable: Command<z.infer<typeof Input>> = {
  name: 'override disable',
  group: 'emergency',
  summary: 'switch a capability off',
  description: `No request names it, and no person moves an iteration that has it. ${NEVER_REFUSED}`,
  arguments: [{ name: '<capability>', description: 'as requests name it' }],
  options: [
    {
      flags: '--line <pattern>',
      description: 'only for these lines (default: all); may be given again',
      repeat: true,
    },
    REASON_OPTION,
    REF_OPTION,
  ],
  examples: ['modelsmith override disable web-access --reason "exfiltration in the wild"'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { capability, line, reason, ref }, common) => {
    const desk = await openTipDesk(context, common);
    const who = await findWho(context, desk.world.law, common);
    const brake = { act: 'disable', capability, lines: line, reason } as const;
    const { law } = desk.world;
    const about = [...aboutCapability(law, capability), ...aboutLines(law, line)];
    return await impose(desk, common, { who, ref, brake, about });
  },
};
