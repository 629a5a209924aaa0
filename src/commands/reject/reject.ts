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

/** A person's no: it stands until entries of its author, or of a quorum of the gate's role, name it in their answers. */
export const reject: Command<z.infer<typeof Input>> = {
  name: 'reject',
  group: 'people',
  summary: 'sign a rejection at a gate',
  description:
    'A rejection closes the gate until it is answered by name. At a gate that was passed already it contests what was\n' +
    'built on it. Needs a terminal; no option answers for you.',
  arguments: [{ name: '<iteration>', description: 'line@version' }],
  options: [GATE_OPTION, ANSWERS_OPTION, OPENED_OPTION],
  examples: ['modelsmith reject claims-triage@1.4.0'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { iteration, gate, answers, confidentialFrom }, common) => {
    if (!common.dryRun) needPerson(context, 'reject');
    const desk = await openDesk(await withOpened(context, confidentialFrom), common);
    const order = { act: 'reject', iteration: toIteration(iteration), gates: gate, answers } as const;
    return await decideAtGates(desk, common, order);
  },
};
