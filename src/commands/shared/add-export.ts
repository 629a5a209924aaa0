import { seal } from '../../domain/document.ts';
import { modelManifest, OCI_MANIFEST } from '../../domain/model-manifest.ts';
import { toIterationId, type Iteration } from '../../domain/names.ts';
import { reason } from '../../domain/reason.ts';
import { Export } from '../../domain/record.ts';
import { exportRelies } from '../../machine/acts/export.ts';
import { bundleOf } from '../../machine/world.ts';
import type { CommonOptions, Outcome } from './command.ts';
import { entryBy, roleFor, type Desk, type Plan } from './write.ts';

export interface ExportInput {
  readonly adapter: string;
  readonly registry: string;
}

/** The folder of the embedded registry, where none is named: beside the repository, never in it. */
export function registryFolder(desk: Desk, option: string | null): string {
  const { context, workspace } = desk;
  const named = option ?? context.environment['MODELSMITH_REGISTRY'] ?? null;
  return context.files.absolute(named ?? `${workspace.facts.workTree ?? workspace.facts.gitDir}-registry`);
}

/** Puts the weights into the registry and adds the export to a plan. With `--dry-run` nothing is copied. */
export async function addExport(
  desk: Desk,
  common: CommonOptions,
  plan: Plan,
  iteration: Iteration,
  input: ExportInput,
): Promise<Export | Extract<Outcome, { kind: 'refused' }>> {
  const it = toIterationId(iteration);
  const headline = `${it} cannot be exported`;
  const bundle = bundleOf(plan.world.tree, iteration);
  if (bundle === null)
    return { kind: 'refused', headline, reasons: [reason('ITERATION_UNKNOWN', { iteration: it })] };
  const { record } = bundle;
  if (record.state !== 'eval-accepted') {
    return {
      kind: 'refused',
      headline,
      reasons: [reason('STATE_OTHER', { iteration: it, state: record.state, needed: 'eval-accepted' })],
    };
  }
  const { artifact, base } = record.request;
  const order = {
    iteration,
    artifact: { files: artifact.files, digest: artifact.digest, base },
    directory: desk.context.files.absolute(input.adapter),
  };
  if (!common.dryRun) desk.context.terminal.progress(`exporting ${it} to ${input.registry}`);
  const manifest = modelManifest(order.artifact, iteration);
  if (!common.dryRun) await desk.context.registry(input.registry).push(order);
  desk.context.terminal.progress('');
  const entry = seal(Export, {
    ...entryBy(desk, 'export', roleFor(desk, common, ['pipeline'], iteration.line), exportRelies(bundle)),
    artifact: artifact.digest,
    manifest: { mediaType: OCI_MANIFEST, size: manifest.manifestBytes.length, sha256: manifest.digest },
    registry: 'oci-layout',
    reference: manifest.reference,
  });
  return plan.add(headline, { kind: 'export', iteration, export: entry }) ?? entry;
}
