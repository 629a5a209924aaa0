import { CommentEntry, commentDocument } from '../../domain/comment.ts';
import { toIterationId } from '../../domain/names.ts';
import { bundleFolder, commentFile } from '../../domain/paths.ts';
import { reason } from '../../domain/reason.ts';
import { fileAt } from '../../domain/tree.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { edgeOnward } from '../edges.ts';
import { idsOfBundle } from '../entries-in.ts';
import { checkEntry } from '../entry-check.ts';
import { bundleOf, type World } from '../world.ts';

type CommentAct = Extract<Act, { kind: 'comment' }>;

/** Anybody enrolled may say something, about entries that are there; a manager may also say by when a review is wanted. */
export function decideComment(world: World, { iteration, comment }: CommentAct, actor: Actor): Decision {
  const bundle = bundleOf(world.tree, iteration);
  const id = toIterationId(iteration);
  if (bundle === null) return refused(reason('ITERATION_UNKNOWN', { iteration: id }));
  const { state } = bundle.record;
  const path = commentFile(comment.id);
  const here: ReadonlySet<string> = idsOfBundle(bundle);
  const rule =
    comment.act === 'expedite'
      ? { roles: ['ml-manager'] as const, reliedOn: [], humanOnly: true }
      : { roles: [comment.role], reliedOn: comment.reliedOn };
  const reasons = [
    ...checkEntry(world, actor, CommentEntry, comment, { line: iteration.line, ...rule }),
    // An auditor looks, and says so in audit findings alone.
    ...(comment.role === 'auditor'
      ? [reason('ROLE_CANNOT', { act: comment.act, role: comment.role, allowed: ['any other'] })]
      : []),
    ...(comment.iteration === id
      ? []
      : [reason('ENTRY_UNRELATED', { what: comment.iteration, expected: id })]),
    ...(fileAt(bundle.folder, path) === null ? [] : [reason('ENTRY_ALTERED', { path })]),
    ...comment.reliedOn
      .filter((entry) => !here.has(entry))
      .map((entry) => reason('ENTRY_UNKNOWN', { entry, iteration: id })),
    ...(comment.act === 'expedite' && comment.due <= comment.time
      ? [reason('DUE_NOT_AHEAD', { due: comment.due, time: comment.time })]
      : []),
    // Where no gate is ahead there is nothing to wish for.
    ...(comment.act === 'expedite' && edgeOnward(state) === null
      ? [reason('STATE_OTHER', { iteration: id, state, needed: 'a state before production-validated' })]
      : []),
  ];
  return refusedIf(reasons, () => [
    putText(`${bundleFolder(iteration)}/${path}`, commentDocument.print(comment)),
  ]);
}
