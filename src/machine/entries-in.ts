import type { EntryId } from '../domain/names.ts';
import type { PromotionRecord } from '../domain/record.ts';
import type { TreeFolder } from '../domain/tree.ts';
import { changesOf } from './changes.ts';
import { allExceptions, entriesOfException } from './exceptions.ts';
import { aliasWords } from './pins.ts';
import { drillsOf } from './drills.ts';
import {
  aliasesOf,
  baselinesOf,
  commentsOf,
  entriesOf,
  iterationsOf,
  linesOf,
  locksOf,
  receiptsOf,
  recordOf,
  type Bundle,
} from './world.ts';

/** The ids of all entries in a tree: what people and machines have done, beside overrides and repairs. */
export function entryIdsIn(tree: TreeFolder): ReadonlySet<EntryId> {
  const ofLines = linesOf(tree).flatMap((line) => [
    ...locksOf(tree, line).map(({ id }) => id),
    ...baselinesOf(tree, line).map(({ id }) => id),
    ...aliasWords(aliasesOf(tree, line)).map(({ id }) => id),
    ...iterationsOf(tree, line).flatMap((iteration) => {
      const record = recordOf(tree, iteration);
      if (record === null) return [];
      return [
        ...idsOfRecord(record),
        ...entriesOf(tree, iteration).map(({ id }) => id),
        ...commentsOf(tree, iteration).map(({ id }) => id),
        ...receiptsOf(tree, iteration).map(({ id }) => id),
      ];
    }),
  ]);
  const ofChanges = changesOf(tree).flatMap(({ change, approvals, applied }) => [
    change.id,
    ...approvals.map(({ id }) => id),
    ...(applied === null ? [] : [applied.id]),
  ]);
  const ofExceptions = allExceptions(tree)
    .flatMap(entriesOfException)
    .map(({ id }) => id);
  return new Set([...ofLines, ...ofChanges, ...ofExceptions, ...drillsOf(tree).map(({ id }) => id)]);
}

/** The same of one iteration, with the lock it is measured by. */
export function idsOfBundle({ record, lock, entries, comments, receipts }: Bundle): ReadonlySet<EntryId> {
  return new Set([
    lock.id,
    ...idsOfRecord(record),
    ...[...entries, ...comments, ...receipts].map(({ id }) => id),
  ]);
}

function idsOfRecord(record: PromotionRecord): readonly EntryId[] {
  return [
    record.request.id,
    ...record.evidence.map(({ id }) => id),
    ...record.evaluations.map(({ id }) => id),
    ...(record.checks ?? []).map(({ id }) => id),
    ...(record.export === undefined ? [] : [record.export.id]),
    ...(record.erasures ?? []).map(({ id }) => id),
    ...record.transitions.map(({ id }) => id),
  ];
}
