import { toIterationId } from '../../domain/names.ts';
import { bundleFolder, RECORD, sealedFile } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { Erasure, MOST_ERASURES, recordDocument } from '../../domain/record.ts';
import { fileAt } from '../../domain/tree.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { confidentialIn } from '../confidential.ts';
import { checkEntry } from '../entry-check.ts';
import { erasureRoom } from '../record-room.ts';
import { bundleOf, type Bundle, type World } from '../world.ts';

type EraseAct = Extract<Act, { kind: 'erase' }>;

/**
 * A data owner says that content of confidential files is gone, and takes their ciphertext out. It can be asked for at any
 * time, by law or by the person it is about, so no state and no gate stands against it.
 */
export function decideErasure(world: World, { iteration, erasure }: EraseAct, actor: Actor): Decision {
  const bundle = bundleOf(world.tree, iteration);
  if (bundle === null) return refused(reason('ITERATION_UNKNOWN', { iteration: toIterationId(iteration) }));
  const { record, folder } = bundle;
  const { erasures = [] } = record;
  const after = { ...record, erasures: [...erasures, erasure] };
  const path = `${bundleFolder(iteration)}/${RECORD}`;
  const reasons = [
    ...checkEntry(world, actor, Erasure, erasure, {
      line: iteration.line,
      roles: ['data-owner'],
      reliedOn: [record.request.id],
      humanOnly: true,
    }),
    ...(erasure.files.length === 0 ? [reason('EVIDENCE_MISSING', { path: 'any file' })] : []),
    ...checkErased(bundle, erasure),
    ...(erasures.length < MOST_ERASURES
      ? []
      : [
          reason('DOCUMENT_UNSOUND', {
            path,
            message: `holds ${MOST_ERASURES} erasures, and no more fit`,
            place: { file: path, key: 'erasures' },
          }),
        ]),
    ...erasureRoom(after),
  ];
  return refusedIf(reasons, () => [
    ...erasure.files
      .map((file) => sealedFile(file.path))
      .filter((name) => fileAt(folder, name) !== null)
      .map((name) => ({ path: `${bundleFolder(iteration)}/${name}`, bytes: null })),
    putText(path, recordDocument.print(after)),
  ]);
}

function checkErased(bundle: Bundle, { files }: Erasure): readonly Reason[] {
  const known = new Map(confidentialIn(bundle).map((file) => [file.path, file]));
  return files.flatMap(({ path, size, sha256 }): readonly Reason[] => {
    const found = known.get(path);
    if (found === undefined)
      return [reason('ERASE_UNKNOWN', { path, message: 'is no confidential file of this bundle' })];
    if (found.erased !== null) return [reason('ERASE_UNKNOWN', { path, message: 'was erased already' })];
    return found.file.sha256 === sha256 && found.file.size === size
      ? []
      : [reason('FILE_DIFFERS', { path, stated: sha256, found: found.file.sha256 })];
  });
}
