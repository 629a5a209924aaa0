import * as z from 'zod';
import type { Command } from '../shared/command.ts';
import { ExceptionStart } from '../shared/views/exception-start.ts';
import { needPerson } from '../shared/terminal/prompts.ts';
import { openDesk } from '../shared/opening/write.ts';
import { decideOnException } from './decision.ts';
import { EXCEPTION_ARGUMENT } from './pick.ts';

const Input = z.object({ exception: ExceptionStart.nullable().default(null) });

/** A person's no to an exception: it stands until it is answered by name. */
export const rejectException: Command<z.infer<typeof Input>> = {
  name: 'exception reject',
  group: 'emergency',
  summary: 'sign a rejection of an exception; it waives nothing while that stands',
  description:
    'A rejection stands until you, or all whose approval the exception takes, answer it by name. What the exception has let in\n' +
    'already is held. Needs a terminal; no option answers for you.',
  arguments: [EXCEPTION_ARGUMENT],
  options: [],
  examples: ['modelsmith exception reject 3f2a'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { exception }, common) => {
    if (!common.dryRun) needPerson(context, 'reject');
    const desk = await openDesk(context, common);
    return await decideOnException(desk, common, { act: 'reject', exception, answers: [] });
  },
};
