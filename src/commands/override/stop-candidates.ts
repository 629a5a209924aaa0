import * as z from 'zod';
import { LinePattern } from '../../domain/line-pattern.ts';
import { Text } from '../../domain/text.ts';
import type { Command } from '../shared/command.ts';
import { impose, REASON_OPTION, REF_OPTION } from './impose.ts';
import { openTipDesk } from '../shared/opening/tip-desk.ts';
import { findWho } from '../shared/opening/who.ts';
import { aboutLines } from './about-target.ts';
import { NEVER_REFUSED } from './never-refused.ts';

const Input = z.object({ line: z.array(LinePattern).min(1), reason: Text, ref: z.boolean().default(false) });

/** No new locks and requests. */
export const stopCandidates: Command<z.infer<typeof Input>> = {
  name: 'override stop-candidates',
  group: 'emergency',
  summary: 'let no new candidates in: no locks, no requests',
  description: `What is on its way goes on. ${NEVER_REFUSED}`,
  arguments: [{ name: '<line...>', description: 'lines, or patterns such as claims-* or *' }],
  options: [REASON_OPTION, REF_OPTION],
  examples: ['modelsmith override stop-candidates claims-* --reason "the test set has leaked"'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { line, reason, ref }, common) => {
    const desk = await openTipDesk(context, common);
    const who = await findWho(context, desk.world.law, common);
    const about = aboutLines(desk.world.law, line);
    return await impose(desk, common, {
      who,
      ref,
      brake: { act: 'stop-candidates', lines: line, reason },
      about,
    });
  },
};
