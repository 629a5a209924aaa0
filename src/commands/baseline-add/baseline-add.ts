import * as z from 'zod';
import { sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { Baseline } from '../../domain/baseline.ts';
import { seal } from '../../domain/document.ts';
import { LineName } from '../../domain/names.ts';
import { Label } from '../../domain/text.ts';
import { evaluatedName } from '../../machine/report-check.ts';
import { toFileEntries } from '../../machine/file-check.ts';
import type { Command } from '../shared/command.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { readHarnessOutput } from '../shared/intake/harness-output.ts';
import { isLineKnown, lineMeant } from '../shared/opening/line-meant.ts';
import { counted } from '../shared/views/notices.ts';
import { IMPORTER_OPTION } from '../shared/intake/pipeline-options.ts';
import { required } from '../shared/opening/required.ts';
import { entryBy, land, openDesk, Plan, roleFor, written } from '../shared/opening/write.ts';

const Input = z.object({
  line: LineName,
  results: z.string(),
  model: required('the name of the model that was evaluated').pipe(Label),
  importer: z.string().nullable().default(null),
  comparator: z.boolean().default(false),
  newLine: z.boolean().default(false),
});

/** Imports how a model that is not governed here does: what candidates of the line are compared with. */
export const baselineAdd: Command<z.infer<typeof Input>> = {
  name: 'baseline add',
  group: 'pipeline',
  summary: 'record how the base model does, which candidates are compared with',
  description:
    'Takes the output of an evaluation of a model that is not governed here. The next lock of the line names it. ' +
    'Where the output says which model it is of, that has to be the one that --model names; where it does not, your word stands. ' +
    'With --comparator no lock does: modelsmith report shows it beside every result of the line.',
  arguments: [
    { name: '<line>', description: 'the line of models' },
    { name: '<results>', description: 'output of the evaluation harness, or the folder of its outputs' },
  ],
  options: [
    { flags: '--model <name>', description: 'what was evaluated (must be given)' },
    IMPORTER_OPTION,
    {
      flags: '--comparator',
      description:
        'only to be reported beside results (a rival, a model behind an interface): nothing is measured by it',
    },
    {
      flags: '--new-line',
      description: 'another line begins, though its name is nearly that of one there is',
    },
  ],
  examples: [
    'modelsmith baseline add claims-triage results/base.json --model Qwen/Qwen2.5-7B-Instruct',
    'modelsmith baseline add claims-triage results/rival.json --model vendor/frontier --comparator',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { line, results, model, importer, comparator, newLine }, common) => {
    const desk = await openDesk(context, common);
    const { world } = desk.workspace;
    const meant = newLine ? null : lineMeant(world, line);
    if (meant !== null)
      throw new CannotTell('USAGE', `there is no line ${line} yet`, {
        facts: [`there is: ${meant}`],
        remedy: `name ${meant}, or say with --new-line that another line begins`,
      });
    const begins = !isLineKnown(world, line);
    const headline = `${line} cannot take this baseline`;
    const output = await readHarnessOutput(context, results, importer);
    if (output.kind === 'refused') return { kind: 'refused', headline, reasons: output.reasons };
    const { files, report, reportBytes } = output;
    const baseline = seal(Baseline, {
      schema: 'modelsmith/baseline/v1',
      ...entryBy(desk, 'baseline', roleFor(desk, common, ['evaluation-owner'], line), []),
      line,
      model,
      ...(comparator && { comparator: true }),
      report: sha256(reportBytes),
      files: toFileEntries(files),
    });
    const told = evaluatedName(report);
    const plan = new Plan(desk);
    const no = plan.add(headline, { kind: 'baseline', baseline, report: reportBytes, files });
    if (no !== null) return no;
    const landed = await land(desk, common, plan, `Record the baseline ${model} of ${line}`);
    const measurements = report.tasks.map(({ task, metric, filter, value }) => ({
      task,
      metric,
      filter,
      value,
    }));
    return written(
      landed,
      [
        `${comparator ? 'comparator' : 'baseline'} of ${line}: ${escapeShown(model)}, ${counted(measurements.length, 'measurement')}`,
        `baseline ${baseline.id}`,
        told === null
          ? 'the results do not say which model they are of: that is your word alone'
          : `the results say so: ${escapeShown(told)}`,
        ...(begins ? [`first evidence of the line ${line}`] : []),
        ...(comparator ? [] : [`next: modelsmith lock ${line}`]),
      ],
      {
        line,
        baseline: baseline.id,
        model,
        modelTold: told === null ? 'declared' : 'results',
        importer: report.importer,
        measurements,
      },
    );
  },
};
