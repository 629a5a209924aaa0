import * as z from 'zod';
import { sha256 } from '../../base/digest.ts';
import { seal } from '../../domain/document.ts';
import { CheckResult, checkerOf } from '../../domain/check.ts';
import { checkReportDocument, statusOf } from '../../domain/check-report.ts';
import { CheckName, IterationId, toIteration } from '../../domain/names.ts';
import { reason } from '../../domain/reason.ts';
import { checkStandings } from '../../machine/check-standing.ts';
import { toFileEntries } from '../../machine/file-check.ts';
import { bundleOf } from '../../machine/world.ts';
import { checkLines, findingLines } from '../shared/review/check-lines.ts';
import type { Command } from '../shared/command.ts';
import { iterationOutcome } from '../shared/views/iteration-outcome.ts';
import { required } from '../shared/opening/required.ts';
import { entryBy, land, openDesk, Plan, roleFor } from '../shared/opening/write.ts';
import { readToolOutput } from './tool-output.ts';

const Input = z.object({
  iteration: IterationId,
  file: z.array(z.string()).min(1),
  name: required('the name of the check, such as malware-scan').pipe(CheckName),
  format: z.string().nullable().default(null),
});

/** Records what an outside tool found out about the artifact of an iteration. */
export const checkAdd: Command<z.infer<typeof Input>> = {
  name: 'check add',
  group: 'pipeline',
  summary: 'record what a scanner, a safety probe or a script of yours found',
  description:
    'Only an automation in the role checker:<name> records results of the check <name>. A result with errors has failed; it is ' +
    'recorded too, for good, and ends with exit code 0, since recording it is what was asked. Of several results of a check the newest ' +
    'counts. Which checks a change needs before it goes to customers, and how old a result may be, says the policy.\n\n' +
    'Read are SARIF 2.1.0, JUnit XML, reports of garak, and what a script of yours writes as ' +
    '{"schema": "modelsmith/generic-check/v1", "tool": {"name", "version"}, "findings": [{"rule", "level", "message"}]}, ' +
    'where a level is error, warning or note.',
  arguments: [
    { name: '<iteration>', description: 'line@version' },
    { name: '<file...>', description: 'what the tool wrote, all of one format' },
  ],
  options: [
    { flags: '--name <name>', description: 'name of the check, such as malware-scan (must be given)' },
    {
      flags: '--format <name>',
      description: 'sarif, junit, garak or generic (default: the one that knows the files)',
    },
  ],
  examples: [
    'modelsmith check add claims-triage@1.4.0 scan.sarif --name malware-scan',
    'modelsmith check add claims-triage@1.4.0 garak.*.report.jsonl --name red-team --format garak',
    'modelsmith check add claims-triage@1.4.0 findings.json --name licences --key-file ci.key',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { iteration: it, file, name, format }, common) => {
    const desk = await openDesk(context, common);
    const plan = new Plan(desk);
    const iteration = toIteration(it);
    const headline = `${it} cannot take a result of the check ${name}`;
    const bundle = bundleOf(plan.world.tree, iteration);
    if (bundle === null)
      return { kind: 'refused', headline, reasons: [reason('ITERATION_UNKNOWN', { iteration: it })] };
    const output = await readToolOutput(context, file, format);
    if (output.kind === 'refused') return { kind: 'refused', headline, reasons: output.reasons };
    const { request } = bundle.record;
    const { report: found, files } = output;
    const report = new TextEncoder().encode(checkReportDocument.print(found));
    const role = roleFor(desk, common, [checkerOf(name)], iteration.line);
    const check = seal(CheckResult, {
      ...entryBy(desk, 'check', role, [request.id]),
      name,
      artifact: request.artifact.digest,
      status: statusOf(found),
      report: sha256(report),
      files: toFileEntries(files),
    });
    const no = plan.add(headline, { kind: 'check', iteration, check, report, files });
    if (no !== null) return no;
    const landed = await land(desk, common, plan, `Record the check ${name} of ${it}: ${check.status}`);
    const { tool, counts, cut } = found;
    return iterationOutcome(desk, plan, iteration, landed, {
      json: {
        check: { name, status: check.status, entry: check.id, report: check.report, tool, counts, cut },
      },
      lines: (after, style, columns) => [
        ...findingLines(name, found, style, columns),
        ...checkLines(checkStandings(plan.world, after, desk.actor.clock), style, columns),
      ],
    });
  },
};
