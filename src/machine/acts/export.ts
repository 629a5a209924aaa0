import { toIdSet } from '../../domain/entry.ts';
import { modelManifest, OCI_MANIFEST } from '../../domain/model-manifest.ts';
import { toIterationId } from '../../domain/names.ts';
import { bundleFolder, RECORD } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { Export, recordDocument } from '../../domain/record.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { checkEntry } from '../entry-check.ts';
import { bundleOf, type Bundle, type World } from '../world.ts';

type ExportAct = Extract<Act, { kind: 'export' }>;

/** The weights are in a registry under a digest that follows from the request alone, so anybody can compute it. */
export function decideExport(world: World, act: ExportAct, actor: Actor): Decision {
  const { iteration } = act;
  const bundle = bundleOf(world.tree, iteration);
  if (bundle === null) return refused(reason('ITERATION_UNKNOWN', { iteration: toIterationId(iteration) }));
  const { record } = bundle;
  const reasons = [
    ...checkEntry(world, actor, Export, act.export, {
      line: iteration.line,
      roles: ['pipeline'],
      reliedOn: exportRelies(bundle),
    }),
    ...(record.state === 'eval-accepted'
      ? []
      : [
          reason('STATE_OTHER', {
            iteration: toIterationId(iteration),
            state: record.state,
            needed: 'eval-accepted',
          }),
        ]),
    ...(record.export === undefined
      ? []
      : [reason('ALREADY_EXPORTED', { iteration: toIterationId(iteration) })]),
    ...checkManifest(bundle, act.export),
  ];
  return refusedIf(reasons, () => [
    putText(`${bundleFolder(iteration)}/${RECORD}`, recordDocument.print({ ...record, export: act.export })),
  ]);
}

/** An export follows from the request and from the acceptance that made it due. */
export function exportRelies({ record }: Bundle) {
  return toIdSet([
    record.request.id,
    ...record.transitions.filter((step) => step.to === 'eval-accepted').map((step) => step.id),
  ]);
}

function checkManifest({ record, iteration }: Bundle, stated: Export): readonly Reason[] {
  const { artifact, base } = record.request;
  const { digest, manifestBytes } = modelManifest(
    { files: artifact.files, digest: artifact.digest, base },
    iteration,
  );
  const differ = (what: string, has: string, expected: string): readonly Reason[] =>
    has === expected ? [] : [reason('EXPORT_DIFFERS', { what, stated: has, expected })];
  return [
    ...differ('artifact', stated.artifact, artifact.digest),
    ...differ('manifest', stated.manifest.sha256, digest),
    ...differ('media type', stated.manifest.mediaType, OCI_MANIFEST),
    ...differ('manifest size', String(stated.manifest.size), String(manifestBytes.length)),
  ];
}
