import * as z from 'zod';
import { printBasePin } from '../../domain/base-pin.ts';
import { EntryId, IterationId, PrincipalName, toIteration } from '../../domain/names.ts';
import { addRequest } from '../shared/intake/add-request.ts';
import type { Command } from '../shared/command.ts';
import { artifactWords, originLines } from '../shared/intake/artifact-words.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { ExceptionStart } from '../shared/views/exception-start.ts';
import { iterationOutcome } from '../shared/views/iteration-outcome.ts';
import { METADATA_TEMPLATE } from '../shared/intake/metadata-template.ts';
import { FROM_OPTION, withModel } from '../shared/intake/model-folder.ts';
import { REQUEST_OPTIONS } from '../shared/intake/pipeline-options.ts';
import { PLAIN_HTTP_OPTION } from '../shared/intake/registry-choice.ts';
import { land, openDesk, Plan } from '../shared/opening/write.ts';

const Input = z
  .object({
    iteration: IterationId.optional(),
    adapter: z.string().nullable().default(null),
    from: z.string().nullable().default(null),
    plainHttp: z.boolean().default(false),
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
    const demand = (name: 'iteration' | 'metadata', what: string): void => {
      if (!input.template && input[name] === undefined)
        issues.addIssue({ code: 'custom', path: [name], message: `must be given: ${what}` });
    };
    demand('iteration', 'line@version, such as claims-triage@1.4.0');
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
    FROM_OPTION,
    PLAIN_HTTP_OPTION,
    { flags: '--template', description: 'print an example of the metadata payload, and do nothing else' },
  ],
  examples: [
    'modelsmith request --template > metadata.yaml',
    'modelsmith request claims-triage@1.4.0 --adapter out/adapter --metadata metadata.yaml',
    'modelsmith request claims-triage@1.4.0 --from oci://registry.example.org/candidates/claims:run-2117 --metadata metadata.yaml',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const { iteration: it, metadata } = input;
    if (input.template || it === undefined || metadata === undefined)
      return { kind: 'yes', json: { template: METADATA_TEMPLATE }, text: () => METADATA_TEMPLATE.trimEnd() };
    const desk = await openDesk(context, common);
    const plan = new Plan(desk);
    const iteration = toIteration(it);
    const done = await withModel(context, input, ({ folder: adapter, origin }) =>
      addRequest(desk, common, plan, iteration, { ...input, adapter, origin, metadata }),
    );
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
        origin: entry.origin ?? null,
      },
      lines: () => [
        `requested for ${entry.onBehalfOf}, to be measured by the lock ${entry.lock.slice(0, 12)}`,
        `artifact ${artifact.digest}`,
        `  ${artifactWords(entry.artifact)}, known to the harness as ${escapeShown(entry.artifact.name)}`,
        `  on ${escapeShown(base)}`,
        ...originLines(entry.origin),
      ],
    });
  },
};
