import { z } from 'zod';
import { EntryId, IterationId, PrincipalName, toIteration } from '../../domain/names.ts';
import { addRequest } from '../shared/add-request.ts';
import type { Command } from '../shared/command.ts';
import { METADATA_TEMPLATE } from '../shared/submission-metadata.ts';
import { land, openDesk, Plan, written } from '../shared/write.ts';

const Input = z
  .object({
    iteration: IterationId.optional(),
    adapter: z.string().optional(),
    metadata: z.string().optional(),
    base: z.string().nullable().default(null),
    lock: EntryId.nullable().default(null),
    onBehalfOf: PrincipalName.nullable().default(null),
    template: z.boolean().default(false),
  })
  .refine((input) => input.template || input.iteration !== undefined, {
    path: ['iteration'],
    message: 'must be given, such as claims-triage@1.4.0',
  })
  .refine((input) => input.template || input.adapter !== undefined, {
    path: ['adapter'],
    message: 'must be given: the folder of the adapter',
  })
  .refine((input) => input.template || input.metadata !== undefined, {
    path: ['metadata'],
    message: 'must be given; --template prints an example',
  });

/** Asks for the promotion of an adapter. */
export const request: Command<z.infer<typeof Input>> = {
  name: 'request',
  group: 'pipeline',
  summary: 'ask for the promotion of an adapter, with what it is and where it comes from',
  arguments: [{ name: '[iteration]', description: 'line@version' }],
  options: [
    {
      flags: '--adapter <folder>',
      description: 'folder with adapter_config.json and adapter_model.safetensors',
    },
    { flags: '--metadata <file>', description: 'the metadata payload, a YAML file' },
    { flags: '--base <name@pin>', description: 'the base model, where the adapter does not pin it' },
    {
      flags: '--lock <id>',
      description: 'the lock to be measured by (default: the newest before training began)',
    },
    { flags: '--on-behalf-of <person>', description: 'for whom an automation asks (default: its owner)' },
    { flags: '--template', description: 'print an example of the metadata payload' },
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
    if (it === undefined || adapter === undefined || metadata === undefined) {
      return { kind: 'yes', json: { template: METADATA_TEMPLATE }, text: () => METADATA_TEMPLATE.trimEnd() };
    }
    const desk = await openDesk(context, common);
    const plan = new Plan(desk);
    const artifact = await addRequest(desk, common, plan, toIteration(it), { ...input, adapter, metadata });
    if (artifact.kind === 'refused') return artifact;
    const report = await land(desk, common, plan, `Request ${it}`);
    const { base, digest, facts } = artifact;
    return written(
      report,
      [
        `requested ${it}: candidate`,
        `artifact ${digest}, rank ${facts.rank}, ${facts.parameterCount} parameters, on ${base.name}@${base.pin.value}`,
        `next: modelsmith evidence add ${it} model-card.md rollback-procedure.md`,
        `      modelsmith eval ${it} results.json --run run-1`,
      ],
      { iteration: it, artifact: digest, base },
    );
  },
};
