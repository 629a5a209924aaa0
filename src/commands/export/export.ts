import { z } from 'zod';
import { IterationId, toIteration } from '../../domain/names.ts';
import { addExport, registryFolder } from '../shared/add-export.ts';
import { addDueStep } from '../shared/automatic-step.ts';
import type { Command } from '../shared/command.ts';
import { land, openDesk, Plan, written } from '../shared/write.ts';

const Input = z.object({
  iteration: IterationId,
  adapter: z.string(),
  registry: z.string().nullable().default(null),
});

/** Puts the weights into the registry; the iteration becomes artifact-exported in the same commit. */
export const exportArtifact: Command<z.infer<typeof Input>> = {
  name: 'export',
  group: 'pipeline',
  summary: 'put the weights into the registry, addressed by digest: artifact-exported',
  description:
    'The embedded registry is a folder in OCI image layout, beside the repository unless named\n(--registry, MODELSMITH_REGISTRY). skopeo inspect --raw oci:<folder>:<line>-<version> reads it.',
  arguments: [{ name: '<iteration>', description: 'line@version' }],
  options: [
    { flags: '--adapter <folder>', description: 'folder with the files of the request' },
    { flags: '--registry <folder>', description: 'the OCI image layout to put it into' },
  ],
  examples: ['modelsmith export claims-triage@1.4.0 --adapter out/adapter'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const desk = await openDesk(context, common);
    const plan = new Plan(desk);
    const iteration = toIteration(input.iteration);
    const registry = registryFolder(desk, input.registry);
    const entry = await addExport(desk, common, plan, iteration, { adapter: input.adapter, registry });
    if ('kind' in entry) return entry;
    const no = addDueStep(desk, common, plan, iteration);
    if (no !== null) return no;
    const report = await land(desk, common, plan, `Export ${input.iteration}`);
    const lines = [
      `exported ${input.iteration}: sha256:${entry.manifest.sha256}`,
      `oci:${registry}:${entry.reference}`,
      `next: modelsmith approve ${input.iteration}`,
    ];
    return written(report, lines, {
      iteration: input.iteration,
      manifest: entry.manifest,
      registry,
      reference: entry.reference,
    });
  },
};
