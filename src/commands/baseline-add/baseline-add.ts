import { z } from 'zod';
import { sha256 } from '../../base/digest.ts';
import { Baseline } from '../../domain/baseline.ts';
import { seal } from '../../domain/document.ts';
import { LineName } from '../../domain/names.ts';
import { Label } from '../../domain/text.ts';
import { toFileEntries } from '../../machine/file-check.ts';
import type { Command } from '../shared/command.ts';
import { readHarnessOutput } from '../shared/harness-output.ts';
import { entryBy, land, openDesk, Plan, roleFor, written } from '../shared/write.ts';

const Input = z.object({
  line: LineName,
  results: z.string(),
  model: Label,
  importer: z.string().nullable().default(null),
});

/** Imports how a model that is not governed here does: what candidates of the line are compared with. */
export const baselineAdd: Command<z.infer<typeof Input>> = {
  name: 'baseline add',
  group: 'pipeline',
  summary: 'record how the base model (or a rival) does: what candidates are compared with',
  arguments: [
    { name: '<line>', description: 'the line of models' },
    { name: '<results>', description: 'output of the evaluation harness' },
  ],
  options: [
    { flags: '--model <name>', description: 'what was evaluated' },
    {
      flags: '--importer <name>',
      description: 'read the output with this importer (default: the one that knows it)',
    },
  ],
  examples: ['modelsmith baseline add claims-triage results/base.json --model Qwen/Qwen2.5-7B-Instruct'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { line, results, model, importer }, common) => {
    const desk = await openDesk(context, common);
    const headline = `${line} cannot take this baseline`;
    const output = await readHarnessOutput(context, results, importer);
    if (output.kind === 'refused') return { kind: 'refused', headline, reasons: output.reasons };
    const baseline = seal(Baseline, {
      schema: 'modelsmith/baseline/v1',
      ...entryBy(desk, 'baseline', roleFor(desk, common, ['evaluation-owner'], line), []),
      line,
      model,
      report: sha256(output.reportBytes),
      files: toFileEntries(output.files),
    });
    const plan = new Plan(desk);
    const no = plan.add(headline, {
      kind: 'baseline',
      baseline,
      report: output.reportBytes,
      files: output.files,
    });
    if (no !== null) return no;
    const report = await land(desk, common, plan, `Record the baseline ${model} of ${line}`);
    const tasks = output.report.tasks.map(({ task, metric, value }) => ({ task, metric, value }));
    const lines = [`baseline of ${line}: ${model}, ${tasks.length} measurements`, `baseline ${baseline.id}`];
    return written(report, lines, { line, baseline: baseline.id, model, tasks });
  },
};
