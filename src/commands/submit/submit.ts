import { z } from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { EntryId, IterationId, PrincipalName, SafeName, toIteration } from '../../domain/names.ts';
import { bundleOf } from '../../machine/world.ts';
import { addEvaluation } from '../shared/add-evaluation.ts';
import { addEvidence } from '../shared/add-evidence.ts';
import { addExport, registryFolder } from '../shared/add-export.ts';
import { addRequest } from '../shared/add-request.ts';
import { addDueStep } from '../shared/automatic-step.ts';
import type { Command } from '../shared/command.ts';
import { runLines } from '../shared/run-lines.ts';
import { land, openDesk, Plan, written } from '../shared/write.ts';

const Input = z.object({
  iteration: IterationId,
  adapter: z.string(),
  metadata: z.string(),
  results: z.array(z.string()).min(1),
  run: z.array(SafeName).default([]),
  evidence: z.array(z.string()).default([]),
  base: z.string().nullable().default(null),
  lock: EntryId.nullable().default(null),
  onBehalfOf: PrincipalName.nullable().default(null),
  importer: z.string().nullable().default(null),
  registry: z.string().nullable().default(null),
});

/** Everything a pipeline does for a candidate, in one commit: as far as the criteria carry it. */
export const submit: Command<z.infer<typeof Input>> = {
  name: 'submit',
  group: 'pipeline',
  summary: 'request, evidence, evaluation and export of a candidate in one commit, with what becomes due',
  description: 'A run that does not clear the lock is recorded, and nothing is exported.',
  arguments: [{ name: '<iteration>', description: 'line@version' }],
  options: [
    {
      flags: '--adapter <folder>',
      description: 'folder with adapter_config.json and adapter_model.safetensors',
    },
    { flags: '--metadata <file>', description: 'the metadata payload, a YAML file' },
    { flags: '--results <file>', description: 'output of the harness, one for each run', repeat: true },
    {
      flags: '--run <name>',
      description: 'name of each run, in the same order (default: run-1, run-2, …)',
      repeat: true,
    },
    { flags: '--evidence <file>', description: 'document for the bundle', repeat: true },
    { flags: '--base <name@pin>', description: 'the base model, where the adapter does not pin it' },
    {
      flags: '--lock <id>',
      description: 'the lock to be measured by (default: the newest before training began)',
    },
    { flags: '--on-behalf-of <person>', description: 'for whom an automation asks (default: its owner)' },
    { flags: '--importer <name>', description: 'read the outputs with this importer' },
    { flags: '--registry <folder>', description: 'the OCI image layout to export into' },
  ],
  examples: [
    'modelsmith submit claims-triage@1.4.0 --adapter out/adapter --metadata metadata.yaml --results results.json \\',
    '      --evidence model-card.md --evidence rollback-procedure.md',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const desk = await openDesk(context, common);
    const plan = new Plan(desk);
    const iteration = toIteration(input.iteration);
    if (input.run.length > 0 && input.run.length !== input.results.length) {
      throw new CannotTell('USAGE', '--run must be given as often as --results, or not at all');
    }
    const artifact = await addRequest(desk, common, plan, iteration, input);
    if (artifact.kind === 'refused') return artifact;
    if (input.evidence.length > 0) {
      const paths = await addEvidence(desk, common, plan, iteration, {
        files: input.evidence,
        asPath: null,
        answers: [],
      });
      if ('kind' in paths) return paths;
    }
    const lines: string[] = [];
    for (const [index, results] of input.results.entries()) {
      const run = input.run[index] ?? SafeName.parse(`run-${index + 1}`);
      const evaluation = await addEvaluation(desk, common, plan, iteration, {
        results,
        run,
        importer: input.importer,
        errored: null,
      });
      if ('kind' in evaluation) return evaluation;
      const no = addDueStep(desk, common, plan, iteration);
      if (no !== null) return no;
      lines.push(...runLines(plan.world, iteration, evaluation));
    }
    if (bundleOf(plan.world.tree, iteration)?.record.state === 'eval-accepted') {
      const registry = registryFolder(desk, input.registry);
      const entry = await addExport(desk, common, plan, iteration, { adapter: input.adapter, registry });
      if ('kind' in entry) return entry;
      const no = addDueStep(desk, common, plan, iteration);
      if (no !== null) return no;
      lines.push(`exported sha256:${entry.manifest.sha256} to oci:${registry}:${entry.reference}`);
    }
    const state = bundleOf(plan.world.tree, iteration)?.record.state ?? 'candidate';
    const report = await land(desk, common, plan, `Submit ${input.iteration}: ${state}`);
    return written(report, [...lines, `${input.iteration} is ${state}`], {
      iteration: input.iteration,
      state,
      artifact: artifact.digest,
    });
  },
};
