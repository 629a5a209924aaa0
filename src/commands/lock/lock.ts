import * as z from 'zod';
import { seal } from '../../domain/document.ts';
import { Lock } from '../../domain/lock.ts';
import { EntryId, LineName } from '../../domain/names.ts';
import { reason } from '../../domain/reason.ts';
import { lockedContent } from '../../machine/acts/lock.ts';
import { ruleOfLine } from '../../machine/law.ts';
import { baselineNamed, baselinesOf } from '../../machine/world.ts';
import type { Command } from '../shared/command.ts';
import { entryBy, land, openDesk, Plan, roleFor, written } from '../shared/opening/write.ts';

const Input = z.object({
  line: LineName,
  baseline: EntryId.optional(),
  dataset: z.array(z.string()).default([]),
});

/** Fixes the yardstick of a line before a training begins. */
export const lock: Command<z.infer<typeof Input>> = {
  name: 'lock',
  group: 'pipeline',
  summary: 'fix rubric, thresholds and baseline of a line before training begins',
  description:
    'A candidate is measured by the newest lock that was there before its training started. Its id can be written into\n' +
    'the weights, which then show it: docs/trainers.md.',
  arguments: [{ name: '<line>', description: 'the line of models' }],
  options: [
    { flags: '--baseline <id>', description: 'baseline to compare with (default: the newest of the line)' },
    { flags: '--dataset <name=revision>', description: 'pin a data set the tasks read', repeat: true },
  ],
  examples: ['modelsmith lock claims-triage', 'modelsmith lock claims-triage --dataset squad=v2.0'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const desk = await openDesk(context, common);
    const { world } = desk.workspace;
    const { line } = input;
    const headline = `${line} cannot be locked`;
    const rule = ruleOfLine(world.law, line);
    if (rule === null) return { kind: 'refused', headline, reasons: [reason('LINE_UNKNOWN', { line })] };
    const rubric = world.law.rubrics.get(rule.rubric);
    if (rubric === undefined)
      return { kind: 'refused', headline, reasons: [reason('RUBRIC_UNKNOWN', { rubric: rule.rubric })] };
    const id =
      input.baseline ?? baselinesOf(world.tree, line).findLast(({ comparator }) => comparator !== true)?.id;
    const found = id === undefined ? null : baselineNamed(world.tree, line, id);
    if (id === undefined || found === null)
      return {
        kind: 'refused',
        headline,
        reasons: [reason('BASELINE_UNKNOWN', { baseline: id ?? '' })],
      };

    const content = lockedContent(rule, rubric.sha256, rubric.rubric, found.baseline.report, found.report);
    const datasets = input.dataset.map((text) => ({
      name: text.slice(0, text.indexOf('=')),
      revision: text.slice(text.indexOf('=') + 1),
    }));
    const entry = seal(Lock, {
      schema: 'modelsmith/lock/v1',
      ...entryBy(desk, 'lock', roleFor(desk, common, ['pipeline', 'evaluation-owner'], line), [id]),
      line,
      rubric: content.rubric,
      thresholds: content.thresholds,
      runs: content.runs,
      harness: content.harness,
      tasks: content.tasks,
      datasets: datasets.sort((a, b) => (a.name < b.name ? -1 : 1)),
      baseline: { id, report: content.baselineReport },
    });
    const plan = new Plan(desk);
    const no = plan.add(headline, { kind: 'lock', lock: entry });
    if (no !== null) return no;
    const report = await land(desk, common, plan, `Lock ${line} by rubric ${rubric.rubric.name}`);
    const { core, heldOut, maxRegressions } = entry.thresholds;
    return written(
      report,
      [
        `locked ${line}: core ≥ ${core}, held-out ≥ ${heldOut}, regressions ≤ ${maxRegressions}, ${entry.runs} run${entry.runs === 1 ? '' : 's'}`,
        `lock ${entry.id}`,
        'next: train, and write that id into the weights (docs/trainers.md)',
      ],
      { line, lock: entry.id, thresholds: entry.thresholds, runs: entry.runs, rubric: entry.rubric },
    );
  },
};
