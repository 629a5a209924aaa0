import { z } from 'zod';
import { printBasePin } from '../../domain/base-pin.ts';
import { EntryId, IterationId, PrincipalName, toIteration } from '../../domain/names.ts';
import { addRequest } from '../shared/add-request.ts';
import type { Command } from '../shared/command.ts';
import { artifactWords } from '../shared/artifact-words.ts';
import { escapeShown } from '../shared/escape.ts';
import { ExceptionStart } from '../shared/exception-start.ts';
import { iterationOutcome } from '../shared/iteration-outcome.ts';
import { METADATA_TEMPLATE } from '../shared/metadata-template.ts';
import { REQUEST_OPTIONS } from '../shared/pipeline-options.ts';
import { land, openDesk, Plan } from '../shared/write.ts';

const Input = z
  .object({
    iteration: IterationId.optional(),
    adapter: z.string().optional(),
    metadata: z.string().optional(),
    base: z.string().nullable().default(null),
    lock: EntryId.nullable().default(null),
    onBehalfOf: PrincipalName.nullable().default(null),
    exception: z.array(ExceptionStart).default([]),
    modelKey: z.string().nullable().default(null),
    modelCa: z.string().nullable().default(null),
    template: z.boolean().default(false),
  })
  .superRefine((input, issues) => {
    const demand = (name: 'iteration' | 'adapter' | 'metadata', what: string): void => {
      if (!input.template && input[name] === undefined)
        issues.addIssue({ code: 'custom', path: [name], message: `must be given: ${what}` });
    };
    demand('iteration', 'line@version, such as claims-triage@1.4.0');
    demand('adapter', 'the folder of the adapter');
    demand('metadata', 'a YAML file; `modelsmith request --template` prints an example');
  });

/** Asks for the promotion of an adapter. */
export const request: Command<z.infer<typeof Input>> = {
  name: 'request',
  group: 'pipeline',
  summary: 'ask for the promotion of an adapter, with what it is and where it comes from',
  description:
    'Inspects the adapter without loading it and records it by digest, with its pinned base, what changed and what it ' +
    'was trained on. A pipeline asks for a person, who counts as the requester.',
  arguments: [{ name: '[iteration]', description: 'line@version' }],
  options: [
    ...REQUEST_OPTIONS,
    { flags: '--template', description: 'print an example of the metadata payload, and do nothing else' },
  ],
  examples: [
    'modelsmith request --template > metadata.yaml',
    'modelsmith request claims-triage@1.4.0 --adapter out/adapter --metadata metadata.yaml',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const { iteration: it, adapter, metadata } = input;
    if (input.template || it === undefined || adapter === undefined || metadata === undefined)
      return { kind: 'yes', json: { template: METADATA_TEMPLATE }, text: () => METADATA_TEMPLATE.trimEnd() };
    const desk = await openDesk(context, common);
    const plan = new Plan(desk);
    const iteration = toIteration(it);
    const done = await addRequest(desk, common, plan, iteration, { ...input, adapter, metadata });
    if (done.kind === 'refused') return done;
    const report = await land(desk, common, plan, `Request ${it}`);
    const { artifact, request: entry } = done;
    const base = `${artifact.base.name}@${printBasePin(artifact.base.pin)}`;
    return iterationOutcome(desk, plan, iteration, report, {
      json: {
        request: entry.id,
        onBehalfOf: entry.onBehalfOf,
        lock: entry.lock,
        artifact: {
          name: entry.artifact.name,
          digest: artifact.digest,
          files: artifact.files,
          facts: artifact.facts,
        },
        base: artifact.base,
      },
      lines: () => [
        `requested for ${entry.onBehalfOf}, to be measured by the lock ${entry.lock.slice(0, 12)}`,
        `artifact ${artifact.digest}`,
        `  ${artifactWords(entry.artifact)}, known to the harness as ${escapeShown(entry.artifact.name)}`,
        `  on ${escapeShown(base)}`,
      ],
    });
  },
};
