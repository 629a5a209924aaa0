import { z } from 'zod';
import { IterationId, SafeName, toIteration } from '../../domain/names.ts';
import { Text } from '../../domain/text.ts';
import { addEvaluation } from '../shared/add-evaluation.ts';
import { addDueStep } from '../shared/automatic-step.ts';
import type { Command } from '../shared/command.ts';
import { runLines } from '../shared/run-lines.ts';
import { land, openDesk, Plan, written } from '../shared/write.ts';

const Input = z.object({
  iteration: IterationId,
  results: z.string(),
  run: SafeName,
  importer: z.string().nullable().default(null),
  errored: Text.nullable().default(null),
});

/** Records one evaluation run; the one that clears the lock carries the transition. */
export const evaluate: Command<z.infer<typeof Input>> = {
  name: 'eval',
  group: 'pipeline',
  summary: 'record an evaluation run; what clears the lock becomes eval-accepted in the same commit',
  description:
    'A failing run is recorded too, for good. A run that could not be made is recorded with --errored: errored is not\nfailed, and an output that imports as complete cannot be recorded as errored.',
  arguments: [
    { name: '<iteration>', description: 'line@version' },
    { name: '<results>', description: 'output of the evaluation harness' },
  ],
  options: [
    { flags: '--run <name>', description: 'name of the run, such as run-1' },
    {
      flags: '--importer <name>',
      description: 'read the output with this importer (default: the one that knows it)',
    },
    { flags: '--errored <reason>', description: 'the run could not be made; say why' },
  ],
  examples: ['modelsmith eval claims-triage@1.4.0 results.json --run run-1'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const desk = await openDesk(context, common);
    const plan = new Plan(desk);
    const iteration = toIteration(input.iteration);
    const evaluation = await addEvaluation(desk, common, plan, iteration, input);
    if ('kind' in evaluation) return evaluation;
    const no = addDueStep(desk, common, plan, iteration);
    if (no !== null) return no;
    const report = await land(desk, common, plan, `Record the run ${input.run} of ${input.iteration}`);
    return written(report, runLines(plan.world, iteration, evaluation), {
      iteration: input.iteration,
      evaluation,
    });
  },
};
