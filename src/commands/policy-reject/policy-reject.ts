import * as z from 'zod';
import { decideOnChange } from '../shared/changes/change-decision.ts';
import { CHANGE_ARGUMENT, ChangeStart } from '../shared/changes/change-pick.ts';
import type { Command } from '../shared/command.ts';
import { needPerson } from '../shared/terminal/prompts.ts';
import { openDesk } from '../shared/opening/write.ts';

const Input = z.object({ change: ChangeStart.nullable().default(null) });

/** A person's no to a change: it stands until it is answered by name. */
export const policyReject: Command<z.infer<typeof Input>> = {
  name: 'policy reject',
  group: 'policy',
  summary: 'sign a rejection of a proposal, or of a change that is in force',
  description:
    'A rejection keeps a change from coming into force until you, or two people with a policy approver among them, answer\n' +
    'it by name. Of a change in force it holds every transition by people. Needs a terminal; no option answers for you.',
  arguments: [CHANGE_ARGUMENT],
  options: [],
  examples: ['modelsmith policy reject 3f2a'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { change }, common) => {
    if (!common.dryRun) needPerson(context, 'reject');
    const desk = await openDesk(context, common);
    return await decideOnChange(desk, common, { act: 'reject', change, answers: [], entry: null });
  },
};
