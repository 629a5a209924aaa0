import { z } from 'zod';
import { IterationId, toIteration } from '../../domain/names.ts';
import { addExport, registryFolder } from '../shared/add-export.ts';
import { addDueStep } from '../shared/automatic-step.ts';
import type { Command } from '../shared/command.ts';
import { iterationOutcome } from '../shared/iteration-outcome.ts';
import { ADAPTER_OPTION, REGISTRY_OPTION } from '../shared/pipeline-options.ts';
import { exportJson, exportLines } from '../shared/export-lines.ts';
import { SIGN_OPTION } from '../shared/model-signature.ts';
import { required } from '../shared/required.ts';
import { land, openDesk, Plan } from '../shared/write.ts';

const Input = z.object({
  iteration: IterationId,
  adapter: required('the folder of the adapter that was requested'),
  registry: z.string().nullable().default(null),
  signModel: z.string().nullable().default(null),
});

/** Puts the weights into the registry; the iteration becomes artifact-exported in the same commit. */
export const exportArtifact: Command<z.infer<typeof Input>> = {
  name: 'export',
  group: 'pipeline',
  summary: 'put the weights into the registry, addressed by digest: artifact-exported',
  description:
    'Takes the files of the request and no others. The embedded registry is a folder in OCI image layout; skopeo and oras ' +
    'read it: skopeo inspect --raw oci:<folder>:<line>-<version>',
  arguments: [{ name: '<iteration>', description: 'line@version' }],
  options: [ADAPTER_OPTION, REGISTRY_OPTION, SIGN_OPTION],
  examples: ['modelsmith export claims-triage@1.4.0 --adapter out/adapter'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const desk = await openDesk(context, common);
    const plan = new Plan(desk);
    const iteration = toIteration(input.iteration);
    const { adapter, signModel } = input;
    const registry = registryFolder(desk, input.registry);
    const entry = await addExport(desk, common, plan, iteration, {
      adapter,
      registry,
      signModel,
      inspected: false,
    });
    if ('kind' in entry) return entry;
    const no = addDueStep(desk, common, plan, iteration);
    if (no !== null) return no;
    const report = await land(desk, common, plan, `Export ${input.iteration}`);
    return iterationOutcome(desk, plan, iteration, report, {
      json: { export: exportJson(entry, registry) },
      lines: () => exportLines(entry, registry, common.dryRun),
    });
  },
};
