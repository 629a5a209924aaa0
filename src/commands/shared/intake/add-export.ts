import { seal } from '../../../domain/document.ts';
import { modelManifest, OCI_MANIFEST } from '../../../domain/model-manifest.ts';
import { toIterationId, type Iteration } from '../../../domain/names.ts';
import { reason } from '../../../domain/reason.ts';
import { Export } from '../../../domain/record.ts';
import { printRegistryPlace, type RegistryPlace } from '../../../domain/registry-place.ts';
import { exportRelies } from '../../../machine/acts/export.ts';
import { bundleOf, type Bundle } from '../../../machine/world.ts';
import type { PushOrder, PushProgress } from '../../../ports/registry.ts';
import { checkRequested } from './adapter-check.ts';
import type { CommonOptions, Outcome } from '../command.ts';
import { modelSigner } from './model-signature.ts';
import { entryBy, roleFor, type Desk, type Plan } from '../opening/write.ts';

export interface ExportInput {
  readonly adapter: string;
  readonly registry: RegistryPlace;
  /** Whether the folder was held against the request just now. */
  readonly inspected: boolean;
  /** File of the key that signs the model for whoever takes it from the registry; null: none. */
  readonly signModel: string | null;
}

/**
 * Adds the export to a plan, then copies the weights: a commit never tells of weights that are not there, and weights
 * without a commit do no harm, since the same export again changes nothing. With `--dry-run` nothing is copied.
 */
export async function addExport(
  desk: Desk,
  common: CommonOptions,
  plan: Plan,
  iteration: Iteration,
  { adapter, registry, inspected, signModel }: ExportInput,
): Promise<Export | Extract<Outcome, { kind: 'refused' }>> {
  const it = toIterationId(iteration);
  const headline = `${it} cannot be exported`;
  const bundle = bundleOf(plan.world.tree, iteration);
  if (bundle === null)
    return { kind: 'refused', headline, reasons: [reason('ITERATION_UNKNOWN', { iteration: it })] };
  const { request } = bundle.record;
  const artifact = { files: request.artifact.files, digest: request.artifact.digest, base: request.base };
  const manifest = modelManifest(artifact, iteration);
  const entry = seal(Export, {
    ...entryBy(desk, 'export', roleFor(desk, common, ['pipeline'], iteration.line), exportRelies(bundle)),
    artifact: artifact.digest,
    manifest: { mediaType: OCI_MANIFEST, size: manifest.manifestBytes.length, sha256: manifest.digest },
    // A folder is a place on one machine; a registry is the same for everybody.
    registry: registry.kind === 'layout' ? 'oci-layout' : printRegistryPlace(registry),
    reference: manifest.reference,
  });
  const no =
    plan.add(headline, { kind: 'export', iteration, export: entry }) ??
    (inspected ? null : await checkRequested(desk.context, headline, adapter, request));
  if (no !== null) return no;
  await copyWeights(desk, common, bundle, { adapter, registry, signModel });
  return entry;
}

/** Copies what was requested to a registry, and signs it where that is wanted. What is there is not sent again. */
export async function copyWeights(
  desk: Desk,
  common: CommonOptions,
  { iteration, record: { request } }: Bundle,
  { adapter, registry, signModel }: Omit<ExportInput, 'inspected'>,
): Promise<void> {
  const artifact = { files: request.artifact.files, digest: request.artifact.digest, base: request.base };
  const signed = signModel === null ? null : await modelSigner(desk.context, signModel);
  const directory = desk.context.files.absolute(adapter);
  if (common.dryRun) return;
  await push(desk, registry, { iteration, artifact, directory });
  // A registry takes blobs by their manifest only; there it lies where the command was run.
  const folder = registry.kind === 'layout' ? registry.folder : desk.context.files.absolute('.');
  const { reference } = modelManifest(artifact, iteration);
  await signed?.(request.artifact.name, artifact.files, `${folder}/${reference}.model.sig`);
}

async function push({ context }: Desk, registry: RegistryPlace, order: PushOrder): Promise<void> {
  const name = toIterationId(order.iteration);
  const to = printRegistryPlace(registry);
  const bytes = order.artifact.files.reduce((sum, file) => sum + file.size, 0);
  context.terminal.progress(`copying ${name} (${megabytes(bytes)} MB) to ${to}`);
  let shown = '';
  const onProgress = ({ what, bytes: done, of }: PushProgress): void => {
    const text = `${what} ${name}: ${megabytes(done)} of ${megabytes(of)} MB, ${to}`;
    if (text !== shown) context.terminal.progress(text);
    shown = text;
  };
  try {
    await (await context.registry(registry)).push({ ...order, onProgress });
  } finally {
    context.terminal.progress('');
  }
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1_000_000);
}
