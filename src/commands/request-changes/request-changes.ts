import * as z from 'zod';
import { IterationId, toIteration } from '../../domain/names.ts';
import { GateName } from '../../domain/states.ts';
import type { Command } from '../shared/command.ts';
import { decideAtGates } from '../shared/gates/gate-decision.ts';
import { OPENED_OPTION, withOpened } from '../shared/confidential/opened.ts';
import { Answers, ANSWERS_OPTION, GATE_OPTION } from '../shared/gates/gate-options.ts';
import { needPerson } from '../shared/terminal/prompts.ts';
import { openDesk } from '../shared/opening/write.ts';

const Input = z.object({
  iteration: IterationId,
  gate: z.array(GateName).default([]),
  answers: Answers,
  confidentialFrom: z.string().nullable().default(null),
});

/** A person's not yet: the gate stays closed until it is answered, and evidence may change in answer to it. */
export const requestChanges: Command<z.infer<typeof Input>> = {
  name: 'request-changes',
  group: 'people',
  summary: 'ask for changes before you approve: sign a change request at a gate',
  description:
    'Closes the gate until it is answered by name. Evidence that was decided on already may then be replaced in answer to\n' +
    'it (`evidence add --answers`). Needs a terminal; no option answers for you.',
  arguments: [{ name: '<iteration>', description: 'line@version' }],
  options: [GATE_OPTION, ANSWERS_OPTION, OPENED_OPTION],
  examples: ['modelsmith request-changes claims-triage@1.4.0'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { iteration, gate, answers, confidentialFrom }, common) => {
    if (!common.dryRun) needPerson(context, 'request-changes');
    const desk = await openDesk(await withOpened(context, confidentialFrom), common);
    const order = {
      act: 'request-changes',
      iteration: toIteration(iteration),
      gates: gate,
      answers,
    } as const;
    return await decideAtGates(desk, common, order);
  },
};
