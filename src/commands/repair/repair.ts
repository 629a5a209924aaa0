import * as z from 'zod';
import type { Command } from '../shared/command.ts';
import { openTipDesk } from '../shared/opening/tip-desk.ts';
import { findWho } from '../shared/opening/who.ts';
import { repairTip } from './repair-tip.ts';
import { secondRepair } from './second-repair.ts';
import { Why } from '../shared/terminal/why.ts';

const Input = z.object({
  reason: Why.optional(),
  second: z.boolean().default(false),
  stands: z.array(z.string()).default([]),
});

/** Puts a history that is not valid right again, without losing what was valid and without forgetting what was not. */
export const repair: Command<z.infer<typeof Input>> = {
  name: 'repair',
  group: 'emergency',
  summary: 'restore what is in force on a branch that is not valid, and record what was set aside',
  description:
    'Restores the files that are in force, byte for byte, overrides included, and adds a record of what is set aside.\n' +
    'Anybody enrolled may do that. Where valid branches were merged that do not go together, it has to be said which stands;\n' +
    'then a policy approver signs, and a second person agrees with --second. Verification tells of it every time.',
  arguments: [],
  options: [
    { flags: '--reason <text>', description: 'what happened; recorded and signed (asked for at a terminal)' },
    {
      flags: '--stands <strand=commit>',
      description: 'for a strand in dispute the valid commit whose side stands; may be given again',
      repeat: true,
    },
    { flags: '--second', description: 'agree to the repair at the tip, which waits for a second person' },
  ],
  examples: [
    'modelsmith repair --dry-run',
    'modelsmith repair --reason "somebody edited a record by hand"',
    'modelsmith repair --second --reason "the sign-off of omar came first"',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const desk = await openTipDesk(context, common);
    if (!desk.tip.void)
      return {
        kind: 'no',
        json: { repaired: false, tip: desk.tip.id },
        text: () => 'nothing to repair: the tip is valid',
      };
    const who = await findWho(context, desk.world.law, common);
    return input.second
      ? await secondRepair(desk, common, who, input.reason)
      : await repairTip(desk, common, who, input);
  },
};
