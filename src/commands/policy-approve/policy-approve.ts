import * as z from 'zod';
import { decideOnChange } from '../shared/changes/change-decision.ts';
import { CHANGE_ARGUMENT, ChangeStart } from '../shared/changes/change-pick.ts';
import type { Command } from '../shared/command.ts';
import { Answers, ANSWERS_OPTION } from '../shared/gates/gate-options.ts';
import { needPerson } from '../shared/terminal/prompts.ts';
import { openDesk } from '../shared/opening/write.ts';

const Input = z.object({ change: ChangeStart.nullable().default(null), answers: Answers });

/** A person's yes to a change, which puts it in force where it is the last that was needed. */
export const policyApprove: Command<z.infer<typeof Input>> = {
  name: 'policy approve',
  group: 'policy',
  summary: 'review a proposal and approve it; the last approval puts it in force',
  description:
    'Shows what changes, asks for a reason, and signs with your own key, in every role of yours that the change needs.\n' +
    'Where all approvals are there already, puts it in force. Needs a terminal; no option answers for you.',
  arguments: [CHANGE_ARGUMENT],
  options: [ANSWERS_OPTION],
  examples: ['modelsmith policy approve 3f2a', 'modelsmith policy approve 3f2a --answers 91bc04de77aa'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { change, answers }, common) => {
    if (!common.dryRun) needPerson(context, 'approve');
    const desk = await openDesk(context, common);
    return await decideOnChange(desk, common, { act: 'approve', change, answers, entry: null });
  },
};
