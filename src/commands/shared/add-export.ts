import { CannotTell } from '../../base/errors.ts';
import { seal } from '../../domain/document.ts';
import { modelManifest, OCI_MANIFEST } from '../../domain/model-manifest.ts';
import { toIterationId, type Iteration } from '../../domain/names.ts';
import { reason } from '../../domain/reason.ts';
import { Export } from '../../domain/record.ts';
import { exportRelies } from '../../machine/acts/export.ts';
import { bundleOf } from '../../machine/world.ts';
import type { PushOrder } from '../../ports/registry.ts';
import { checkRequested } from './adapter-check.ts';
import type { CommonOptions, Outcome } from './command.ts';
import { modelSigner } from './model-signature.ts';
import { entryBy, roleFor, type Desk, type Plan } from './write.ts';

export interface ExportInput {
  readonly adapter: string;
  readonly registry: string;
  /** Whether the folder was held against the request just now. */
  readonly inspected: boolean;
  /** File of the key that signs the model for whoever takes it from the registry; null: none. */
  readonly signModel: string | null;
}

/**
 * The folder of the embedded registry: the one named, else one beside the repository.
 * @throws CannotTell USAGE where it would lie in the repository, which is for evidence and not for weights.
 */
export function registryFolder({ context, workspace }: Desk, option: string | null): string {
  const named = option ?? context.environment['MODELSMITH_REGISTRY'] ?? '';
  const { workTree, gitDir } = workspace.facts;
  const folder = context.files.absolute(named === '' ? `${workTree ?? gitDir}-registry` : named);
  const inside = [workTree, gitDir].some((top) => top !== null && `${folder}/`.startsWith(`${top}/`));
  if (!inside) return folder;
  throw new CannotTell('USAGE', 'the registry must lie outside the evidence repository', {
    facts: [folder],
    remedy: 'name another folder with --registry, or with MODELSMITH_REGISTRY',
  });
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
    registry: 'oci-layout',
    reference: manifest.reference,
  });
  const no =
    plan.add(headline, { kind: 'export', iteration, export: entry }) ??
    (inspected ? null : await checkRequested(desk.context, headline, adapter, request));
  if (no !== null) return no;
  const signed = signModel === null ? null : await modelSigner(desk.context, signModel);
  const directory = desk.context.files.absolute(adapter);
  if (common.dryRun) return entry;
  await push(desk, registry, { iteration, artifact, directory });
  const path = `${registry}/${manifest.reference}.model.sig`;
  await signed?.(request.artifact.name, artifact.files, path);
  return entry;
}

async function push({ context }: Desk, registry: string, order: PushOrder): Promise<void> {
  const bytes = order.artifact.files.reduce((sum, file) => sum + file.size, 0);
  const megabytes = Math.ceil(bytes / 1_000_000);
  context.terminal.progress(`copying ${toIterationId(order.iteration)} (${megabytes} MB) to ${registry}`);
  try {
    await context.registry(registry).push(order);
  } finally {
    context.terminal.progress('');
  }
}
