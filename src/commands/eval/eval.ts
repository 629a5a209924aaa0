import * as z from 'zod';
import { IterationId, SafeName, toIteration } from '../../domain/names.ts';
import { Text } from '../../domain/text.ts';
import { addEvaluation } from '../shared/intake/add-evaluation.ts';
import { addDueStep } from '../shared/intake/automatic-step.ts';
import type { Command } from '../shared/command.ts';
import { iterationOutcome } from '../shared/views/iteration-outcome.ts';
import { IMPORTER_OPTION } from '../shared/intake/pipeline-options.ts';
import { CONFIDENTIAL_OPTION, Protection } from '../shared/confidential/protect.ts';
import { itemCountLines, itemsOf } from '../shared/intake/run-items.ts';
import { required } from '../shared/opening/required.ts';
import { runJson, runLines } from '../shared/intake/run-lines.ts';
import { TRANSCRIPTS } from '../shared/intake/transcripts.ts';
import { land, openDesk, Plan } from '../shared/opening/write.ts';

const Input = z.object({
  iteration: IterationId,
  results: z.string(),
  transcripts: z.array(z.string()).default([]),
  run: required('a name for the run, such as run-1').pipe(SafeName),
  importer: z.string().nullable().default(null),
  errored: Text.nullable().default(null),
  confidential: Protection,
});

/** Records one evaluation run; the one that clears the lock carries the transition. */
export const evaluate: Command<z.infer<typeof Input>> = {
  name: 'eval',
  group: 'pipeline',
  summary: 'record an evaluation run; what clears the lock becomes eval-accepted',
  description:
    'Scores the run by the rubric, baseline and thresholds of the lock. A run that fails them is recorded too, for good, ' +
    'and ends with exit code 0, since recording it is what was asked. A run that could not be made is recorded with ' +
    '--errored and may be repeated; an output that imports as a complete run is a result and cannot be recorded so.\n\n' +
    'Transcripts – the samples_<task>_<time>.jsonl that --log_samples writes – are kept beside the output, for experts who ' +
    'judge single items. With --confidential seal only the evidence readers of the line can open them, with --confidential outside\n' +
    'nothing of them comes in but their digests; a line may demand one of the two.',
  arguments: [
    { name: '<iteration>', description: 'line@version' },
    {
      name: '<results>',
      description: 'output of the evaluation harness, or the folder of its outputs; with --errored its log',
    },
    { name: '[transcripts...]', description: TRANSCRIPTS },
  ],
  options: [
    { flags: '--run <name>', description: 'name of the run, such as run-1 (must be given)' },
    IMPORTER_OPTION,
    { flags: '--errored <reason>', description: 'the run could not be made; say why' },
    CONFIDENTIAL_OPTION,
  ],
  examples: [
    'modelsmith eval claims-triage@1.4.0 results.json --run run-1',
    'modelsmith eval claims-triage@1.4.0 results.json samples_*.jsonl --run run-1',
    'modelsmith eval claims-triage@1.4.0 run-1.log --run run-1 --errored "the node ran out of memory"',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const desk = await openDesk(context, common);
    const plan = new Plan(desk);
    const iteration = toIteration(input.iteration);
    const run = await addEvaluation(desk, common, plan, iteration, input);
    if ('kind' in run) return run;
    const no = addDueStep(desk, common, plan, iteration);
    if (no !== null) return no;
    const report = await land(desk, common, plan, `Record the run ${run.run} of ${input.iteration}`);
    return iterationOutcome(desk, plan, iteration, report, {
      json: { evaluation: runJson(run) },
      lines: (after, style, columns) => [
        ...runLines(after, run, style, columns),
        ...itemCountLines(itemsOf(context, after, run), columns),
      ],
    });
  },
};
