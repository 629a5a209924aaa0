import * as z from 'zod';
import { IterationId, SafePath, toIteration } from '../../domain/names.ts';
import { addEvidence } from '../shared/intake/add-evidence.ts';
import type { Command } from '../shared/command.ts';
import { CONFIDENTIAL_OPTION, Protection } from '../shared/confidential/protect.ts';
import { Answers } from '../shared/gates/gate-options.ts';
import { iterationOutcome } from '../shared/views/iteration-outcome.ts';
import { land, openDesk, Plan } from '../shared/opening/write.ts';

const Input = z.object({
  iteration: IterationId,
  file: z.array(z.string()).min(1),
  asPath: SafePath.nullable().default(null),
  answers: Answers,
  confidential: Protection,
});

/** Puts documents into a bundle. */
export const evidenceAdd: Command<z.infer<typeof Input>> = {
  name: 'evidence add',
  group: 'pipeline',
  summary: 'put documents into a bundle: model card, rollback procedure, attachments',
  description:
    'model-card.md, rollback-procedure.md and risk-assessment.md go by their names, anything else below attachments/. ' +
    'Once somebody has decided on a document, it changes only in answer to a change request.',
  arguments: [
    { name: '<iteration>', description: 'line@version' },
    { name: '<file...>', description: 'files to put in' },
  ],
  options: [
    { flags: '--as-path <path>', description: 'path in the bundle, for one file: attachments/<name>' },
    { flags: '--answers <entry>', description: 'change request that this answers', repeat: true },
    CONFIDENTIAL_OPTION,
  ],
  examples: [
    'modelsmith evidence add claims-triage@1.4.0 model-card.md rollback-procedure.md',
    'modelsmith evidence add claims-triage@1.4.0 out/curves.png --as-path attachments/loss/curves.png',
    'modelsmith evidence add claims-triage@1.4.0 live.jsonl --confidential seal',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { iteration: it, file, asPath, answers, confidential }, common) => {
    const desk = await openDesk(context, common);
    const plan = new Plan(desk);
    const iteration = toIteration(it);
    const paths = await addEvidence(desk, common, plan, iteration, {
      ...{ files: file, asPath, answers, confidential },
    });
    if ('kind' in paths) return paths;
    const report = await land(desk, common, plan, `Add evidence to ${it}`);
    return iterationOutcome(desk, plan, iteration, report, {
      json: { paths },
      lines: () => paths.map((path) => `${common.dryRun ? 'would add' : 'added'} ${path}`),
    });
  },
};
