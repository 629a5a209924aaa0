import * as z from 'zod';
import { IterationId, toIteration } from '../../domain/names.ts';
import { GateName } from '../../domain/states.ts';
import type { Command } from '../shared/command.ts';
import { decideAtGates } from '../shared/gates/gate-decision.ts';
import { OPENED_OPTION, withOpened } from '../shared/confidential/opened.ts';
import { Answers, ANSWERS_OPTION, GATE_OPTION } from '../shared/gates/gate-options.ts';
import { ownWork } from '../shared/sharing/own-work.ts';
import { needPerson } from '../shared/terminal/prompts.ts';
import { openDesk } from '../shared/opening/write.ts';

const Input = z.object({
  iteration: IterationId.optional(),
  gate: z.array(GateName).default([]),
  answers: Answers,
  confidentialFrom: z.string().nullable().default(null),
});

/** A person's yes at the gates of the edge onward. */
export const approve: Command<z.infer<typeof Input>> = {
  name: 'approve',
  group: 'people',
  summary: 'review an iteration and sign at its gates',
  description:
    'Shows what is decided, asks you to acknowledge it and to give a reason, and signs with your own key. If your\n' +
    'signature completes the gates, the iteration moves with it. Needs a terminal; no option answers for you.',
  arguments: [{ name: '[iteration]', description: 'line@version; without it, those that wait for you' }],
  options: [GATE_OPTION, ANSWERS_OPTION, OPENED_OPTION],
  examples: [
    'modelsmith approve',
    'modelsmith approve claims-triage@1.4.0',
    'modelsmith approve claims-triage@1.4.0 --gate domain-validation',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { iteration, gate, answers, confidentialFrom }, common) => {
    if (!common.dryRun && iteration !== undefined) needPerson(context, 'approve');
    const desk = await openDesk(await withOpened(context, confidentialFrom), common);
    if (iteration === undefined) return ownWork(desk, 'approve', common);
    const order = { act: 'approve', iteration: toIteration(iteration), gates: gate, answers } as const;
    return await decideAtGates(desk, common, order);
  },
};
