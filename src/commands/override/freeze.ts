import * as z from 'zod';
import { LinePattern } from '../../domain/line-pattern.ts';
import { LineName } from '../../domain/names.ts';
import { AliasName, ALIASES } from '../../domain/states.ts';
import { Text } from '../../domain/text.ts';
import type { Command } from '../shared/command.ts';
import { impose, REASON_OPTION, REF_OPTION } from './impose.ts';
import { openTipDesk } from '../shared/opening/tip-desk.ts';
import { findWho } from '../shared/opening/who.ts';
import { aboutLines } from './about-target.ts';
import { NEVER_REFUSED } from './never-refused.ts';

const Input = z.object({
  line: LineName,
  alias: AliasName,
  reason: Text,
  ref: z.boolean().default(false),
});

/** An alias stays where it is in the world. */
export const freeze: Command<z.infer<typeof Input>> = {
  name: 'override freeze',
  group: 'emergency',
  summary: 'hold an alias where it is in the world',
  description: `People may sign transitions on; they are shown as held. ${NEVER_REFUSED}`,
  arguments: [
    { name: '<line>', description: 'the line of models' },
    { name: '<alias>', description: ALIASES.join(' or ') },
  ],
  options: [REASON_OPTION, REF_OPTION],
  examples: ['modelsmith override freeze claims-triage production --reason "incident 4711"'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { line, alias, reason, ref }, common) => {
    const desk = await openTipDesk(context, common);
    const who = await findWho(context, desk.world.law, common);
    const about = aboutLines(desk.world.law, [LinePattern.parse(line)]);
    return await impose(desk, common, { who, ref, brake: { act: 'freeze', line, alias, reason }, about });
  },
};
