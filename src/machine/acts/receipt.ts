import { toIdSet } from '../../domain/entry.ts';
import { toIterationId, type EntryId } from '../../domain/names.ts';
import { bundleFolder, receiptFile } from '../../domain/paths.ts';
import { Receipt, receiptDocument } from '../../domain/receipt.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import type { Role } from '../../domain/roles.ts';
import type { TargetKind } from '../../domain/target.ts';
import { fileAt } from '../../domain/tree.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { checkEntry } from '../entry-check.ts';
import { placeDigest, targetNamed, targetsOfLine } from '../targets.ts';
import { bundleOf, isPassed, type Bundle, type World } from '../world.ts';

type ReceiptAct = Extract<Act, { kind: 'receipt' }>;

/** Who says what is live at a target: the machine that reaches it; where none does, a person who looked. */
export function receiptRoles(kind: TargetKind): readonly Role[] {
  return kind === 'external' ? ['operator', 'team-lead'] : ['reconciler'];
}

/** What was put to a target, or taken away from it, after people let it go to customers. It changes nothing else. */
export function decideReceipt(world: World, { iteration, receipt }: ReceiptAct, actor: Actor): Decision {
  const bundle = bundleOf(world.tree, iteration);
  const id = toIterationId(iteration);
  if (bundle === null) return refused(reason('ITERATION_UNKNOWN', { iteration: id }));
  const target = targetNamed(world.law, receipt.target);
  const ofLine = targetsOfLine(world.law, iteration.line).map(({ name }) => name);
  // What the line was taken away from is cleared, and nothing new is put there.
  if (target === null || (receipt.outcome === 'live' && !ofLine.includes(receipt.target)))
    return refused(reason('TARGET_UNKNOWN', { target: receipt.target, line: iteration.line, known: ofLine }));
  const path = receiptFile(receipt.id);
  const { state } = bundle.record;
  const isOut = isPassed(bundle, { to: 'customer-deployed' });
  const reasons = [
    ...checkEntry(world, actor, Receipt, receipt, {
      line: iteration.line,
      roles: receiptRoles(target.kind),
      reliedOn: receiptRelies(bundle),
      humanOnly: target.kind === 'external',
    }),
    ...(receipt.iteration === id
      ? []
      : [reason('ENTRY_UNRELATED', { what: receipt.iteration, expected: id })]),
    ...(fileAt(bundle.folder, path) === null ? [] : [reason('ENTRY_ALTERED', { path })]),
    ...(isOut && !(receipt.outcome === 'live' && state === 'deprecated')
      ? []
      : [
          reason('STATE_OTHER', {
            iteration: id,
            state,
            needed: 'customer-deployed or production-validated',
          }),
        ]),
    ...differs('target', receipt.place, placeDigest({ name: receipt.target, target })),
    ...differs('artifact', receipt.artifact, bundle.record.request.artifact.digest),
    ...differs('manifest', receipt.manifest, bundle.record.export?.manifest.sha256 ?? 'none'),
  ];
  return refusedIf(reasons, () => [
    putText(`${bundleFolder(iteration)}/${path}`, receiptDocument.print(receipt)),
  ]);
}

/** What was exported, and that people let it go to customers. */
export function receiptRelies({ record }: Bundle): readonly EntryId[] {
  return toIdSet([
    ...(record.export === undefined ? [] : [record.export.id]),
    ...record.transitions.filter(({ to }) => to === 'customer-deployed').map(({ id }) => id),
  ]);
}

function differs(what: string, stated: string, expected: string): readonly Reason[] {
  return stated === expected ? [] : [reason('RECEIPT_DIFFERS', { what, stated, expected })];
}
