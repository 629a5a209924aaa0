import * as z from 'zod';
import { decideOnChange } from '../shared/changes/change-decision.ts';
import { CHANGE_ARGUMENT, ChangeStart } from '../shared/changes/change-pick.ts';
import type { Command } from '../shared/command.ts';
import { EntryStart } from '../shared/gates/gate-options.ts';
import { needPerson } from '../shared/terminal/prompts.ts';
import { openDesk } from '../shared/opening/write.ts';

const Input = z.object({
  change: ChangeStart.nullable().default(null),
  entry: EntryStart.nullable().default(null),
});

/** Takes back what one said of a change. */
export const policyWithdraw: Command<z.infer<typeof Input>> = {
  name: 'policy withdraw',
  group: 'policy',
  summary: 'take back what you decided on a proposal',
  description:
    'Takes back all you said of the change, or the one entry named. Where the change is in force by it, the change is\n' +
    'contested until that is settled. A proposal itself is not taken back: reject it, or leave it; it is outdated once\n' +
    'another one is in force. Needs a terminal; no option answers for you.',
  arguments: [CHANGE_ARGUMENT],
  options: [
    { flags: '--entry <entry>', description: 'the one decision to take back (default: all of yours)' },
  ],
  examples: ['modelsmith policy withdraw 3f2a'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { change, entry }, common) => {
    if (!common.dryRun) needPerson(context, 'withdraw');
    const desk = await openDesk(context, common);
    return await decideOnChange(desk, common, { act: 'withdraw', change, answers: [], entry });
  },
};
