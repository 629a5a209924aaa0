import * as z from 'zod';
import type { Command } from '../shared/command.ts';
import { ExceptionStart } from '../shared/views/exception-start.ts';
import { needPerson } from '../shared/terminal/prompts.ts';
import { openDesk } from '../shared/opening/write.ts';
import { decideOnException } from './decision.ts';
import { EXCEPTION_ARGUMENT } from './pick.ts';

const Input = z.object({ exception: ExceptionStart.nullable().default(null) });

/** Takes back what one said of an exception. */
export const withdrawException: Command<z.infer<typeof Input>> = {
  name: 'exception withdraw',
  group: 'emergency',
  summary: 'take back what you decided on an exception',
  description:
    'Where something rests on your approval, that is held until the withdrawal is settled. Needs a terminal; no option answers\n' +
    'for you.',
  arguments: [EXCEPTION_ARGUMENT],
  options: [],
  examples: ['modelsmith exception withdraw 3f2a'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { exception }, common) => {
    if (!common.dryRun) needPerson(context, 'withdraw');
    const desk = await openDesk(context, common);
    return await decideOnException(desk, common, { act: 'withdraw', exception, answers: [] });
  },
};
