import * as z from 'zod';
import type { Command } from '../shared/command.ts';
import { ExceptionStart } from '../shared/views/exception-start.ts';
import { Answers, ANSWERS_OPTION } from '../shared/gates/gate-options.ts';
import { needPerson } from '../shared/terminal/prompts.ts';
import { openDesk } from '../shared/opening/write.ts';
import { decideOnException } from './decision.ts';
import { EXCEPTION_ARGUMENT } from './pick.ts';

const Input = z.object({ exception: ExceptionStart.nullable().default(null), answers: Answers });

/** A person's yes to an exception, which is open from the last that is needed. */
export const approveException: Command<z.infer<typeof Input>> = {
  name: 'exception approve',
  group: 'emergency',
  summary: 'review an exception and approve it; it is open from the last approval',
  description:
    'Shows what would be waived and what is done in its place, asks for a reason, and signs with your own key, in every role\n' +
    'of yours that it needs. Nobody approves what he opened, answers for, or asks for himself. Needs a terminal.',
  arguments: [EXCEPTION_ARGUMENT],
  options: [ANSWERS_OPTION],
  examples: ['modelsmith exception approve 3f2a', 'modelsmith exception approve 3f2a --answers 91bc04de77aa'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { exception, answers }, common) => {
    if (!common.dryRun) needPerson(context, 'approve');
    const desk = await openDesk(context, common);
    return await decideOnException(desk, common, { act: 'approve', exception, answers });
  },
};
