import * as z from 'zod';
import { IterationId, toIteration, toIterationId } from '../../domain/names.ts';
import type { Export } from '../../domain/record.ts';
import { isDemonstration } from '../../domain/repository.ts';
import { bundleOf, type Bundle } from '../../machine/world.ts';
import { checkRequested } from '../shared/intake/adapter-check.ts';
import { addExport, copyWeights, type ExportInput } from '../shared/intake/add-export.ts';
import { exportRegistry, PLAIN_HTTP_OPTION } from '../shared/intake/registry-choice.ts';
import { addDueStep } from '../shared/intake/automatic-step.ts';
import type { Command, CommonOptions, Outcome } from '../shared/command.ts';
import { iterationOutcome } from '../shared/views/iteration-outcome.ts';
import { ADAPTER_OPTION, REGISTRY_OPTION } from '../shared/intake/pipeline-options.ts';
import { exportJson, exportLines } from '../shared/intake/export-lines.ts';
import { FROM_OPTION, withModel } from '../shared/intake/model-folder.ts';
import { SIGN_OPTION } from '../shared/intake/model-signature.ts';
import { land, openDesk, Plan, type Desk } from '../shared/opening/write.ts';

const Input = z.object({
  iteration: IterationId,
  adapter: z.string().nullable().default(null),
  from: z.string().nullable().default(null),
  registry: z.string().nullable().default(null),
  signModel: z.string().nullable().default(null),
  plainHttp: z.boolean().default(false),
});

/** Puts the weights into the registry; the iteration becomes artifact-exported in the same commit. */
export const exportArtifact: Command<z.infer<typeof Input>> = {
  name: 'export',
  group: 'pipeline',
  summary: 'put the weights into the registry, addressed by digest: artifact-exported',
  description:
    'Takes the files of the request and no others. The embedded registry is a folder in OCI image layout; skopeo and oras ' +
    'read it: skopeo inspect --raw oci:<folder>:<line>-<version>\n\n' +
    'Any registry that speaks the OCI distribution specification does as well: oci://<host>/<repository>. What it has is not ' +
    'sent again, an upload that was broken off goes on where it was, and all of it is read back. Who you are there is taken ' +
    'from your docker configuration (docker login).\n\n' +
    'What was exported before is brought to a registry that lacks it, and nothing is signed.',
  arguments: [{ name: '<iteration>', description: 'line@version' }],
  options: [ADAPTER_OPTION, FROM_OPTION, REGISTRY_OPTION, PLAIN_HTTP_OPTION, SIGN_OPTION],
  examples: [
    'modelsmith export claims-triage@1.4.0 --adapter out/adapter',
    'modelsmith export claims-triage@1.4.0 --from oci://registry.example.org/candidates/claims:run-2117',
    'modelsmith export claims-triage@1.4.0 --adapter out/adapter --registry oci://registry.example.org/models/claims-triage',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const desk = await openDesk(context, common);
    const plan = new Plan(desk);
    const iteration = toIteration(input.iteration);
    const registry = await exportRegistry(context, input, {
      id: desk.workspace.world.law.repository.id,
      facts: desk.workspace.facts,
    });
    const before = bundleOf(desk.workspace.world.tree, iteration);
    const { signModel } = input;
    if (before?.record.export !== undefined) {
      const { export: done } = before.record;
      return await withModel(context, input, ({ folder: adapter }) =>
        bringAgain(desk, common, before, done, { adapter, registry, signModel }),
      );
    }
    const entry = await withModel(context, input, ({ folder: adapter }) =>
      addExport(desk, common, plan, iteration, { adapter, registry, signModel, inspected: false }),
    );
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

/** Brings what was exported to a registry that lacks it. Evidence says already what it is, so there is nothing to sign. */
async function bringAgain(
  desk: Desk,
  common: CommonOptions,
  bundle: Bundle,
  entry: Export,
  copy: Omit<ExportInput, 'inspected'>,
): Promise<Outcome> {
  const headline = `${toIterationId(bundle.iteration)} cannot be exported`;
  const no = await checkRequested(desk.context, headline, copy.adapter, bundle.record.request);
  if (no !== null) return no;
  await copyWeights(desk, common, bundle, copy);
  const { principal } = desk.who;
  const demonstration = isDemonstration(desk.workspace.world.law.repository);
  const report = { commit: null, dryRun: common.dryRun, files: [], signer: principal.id, demonstration };
  return iterationOutcome(desk, new Plan(desk), bundle.iteration, report, {
    json: { export: exportJson(entry, copy.registry) },
    lines: () => exportLines(entry, copy.registry, common.dryRun),
  });
}
