import { z } from 'zod';
import { EntryId, IterationId, SafePath, toIteration } from '../../domain/names.ts';
import { addEvidence } from '../shared/add-evidence.ts';
import type { Command } from '../shared/command.ts';
import { land, openDesk, Plan, written } from '../shared/write.ts';

const Input = z.object({
  iteration: IterationId,
  file: z.array(z.string()).min(1),
  asPath: SafePath.nullable().default(null),
  answers: z.array(EntryId).default([]),
});

/** Puts documents into a bundle. */
export const evidenceAdd: Command<z.infer<typeof Input>> = {
  name: 'evidence add',
  group: 'pipeline',
  summary: 'put documents into a bundle: model card, rollback procedure, risk assessment, attachments',
  description:
    'model-card.md, rollback-procedure.md and risk-assessment.md go by their names, anything else below attachments/.\nOnce somebody has decided on a document, it changes only in answer to a change request.',
  arguments: [
    { name: '<iteration>', description: 'line@version' },
    { name: '<file...>', description: 'files to put in' },
  ],
  options: [
    { flags: '--as-path <path>', description: 'path in the bundle, for one file' },
    { flags: '--answers <id>', description: 'the change request this answers', repeat: true },
  ],
  examples: ['modelsmith evidence add claims-triage@1.4.0 model-card.md rollback-procedure.md'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const desk = await openDesk(context, common);
    const plan = new Plan(desk);
    const paths = await addEvidence(desk, common, plan, toIteration(input.iteration), {
      files: input.file,
      asPath: input.asPath,
      answers: input.answers,
    });
    if ('kind' in paths) return paths;
    const report = await land(desk, common, plan, `Add evidence to ${input.iteration}`);
    return written(report, [`${input.iteration} holds ${paths.join(', ')}`], {
      iteration: input.iteration,
      paths,
    });
  },
};
