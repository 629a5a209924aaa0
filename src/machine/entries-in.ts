import type { EntryId } from '../domain/names.ts';
import type { TreeFolder } from '../domain/tree.ts';
import { changesOf } from './changes.ts';
import { baselinesOf, entriesOf, iterationsOf, linesOf, locksOf, recordOf } from './world.ts';

/** The ids of all entries in a tree: what people and machines have done, beside overrides and repairs. */
export function entryIdsIn(tree: TreeFolder): ReadonlySet<EntryId> {
  const ofLines = linesOf(tree).flatMap((line) => [
    ...locksOf(tree, line).map(({ id }) => id),
    ...baselinesOf(tree, line).map(({ id }) => id),
    ...iterationsOf(tree, line).flatMap((iteration) => {
      const record = recordOf(tree, iteration);
      if (record === null) return [];
      return [
        record.request.id,
        ...record.evidence.map(({ id }) => id),
        ...record.evaluations.map(({ id }) => id),
        ...(record.export === undefined ? [] : [record.export.id]),
        ...record.transitions.map(({ id }) => id),
        ...entriesOf(tree, iteration).map(({ id }) => id),
      ];
    }),
  ]);
  const ofChanges = changesOf(tree).flatMap(({ change, approvals, applied }) => [
    change.id,
    ...approvals.map(({ id }) => id),
    ...(applied === null ? [] : [applied.id]),
  ]);
  return new Set([...ofLines, ...ofChanges]);
}
