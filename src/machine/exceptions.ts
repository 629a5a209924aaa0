import {
  closedExceptionDocument,
  exceptionApprovalDocument,
  exceptionDocument,
  exceptionReviewDocument,
  type ClosedException,
  type Exception,
  type ExceptionApproval,
  type ExceptionReview,
} from '../domain/exception.ts';
import { toIterationId, type EntryId, type IterationId, type LineName } from '../domain/names.ts';
import type { EntryHeader } from '../domain/entry.ts';
import { CLOSED, EXCEPTION, exceptionFolder } from '../domain/paths.ts';
import type { PromotionRecord } from '../domain/record.ts';
import { filesUnder, namesIn, nodeAt, type TreeFolder } from '../domain/tree.ts';
import { entriesUnder, sortEntries, trusted, trustedFile } from './trusted-files.ts';
import { recordsOf } from './world.ts';

/** One exception with everything signed about it. */
export interface ExceptionCase {
  readonly exception: Exception;
  /** Sorted by (time, id). */
  readonly approvals: readonly ExceptionApproval[];
  /** Null until somebody ends it, or what it renews, before its time: what was ended on purpose nothing continues. */
  readonly closed: ClosedException | null;
  /** Sorted by (time, id). */
  readonly reviews: readonly ExceptionReview[];
}

/** @returns null where the line has no such exception. */
export function exceptionNamed(tree: TreeFolder, line: LineName, id: EntryId): ExceptionCase | null {
  const folder = nodeAt(tree, exceptionFolder(line, id));
  if (folder?.kind !== 'folder') return null;
  const exception = trusted(exceptionDocument, folder, EXCEPTION);
  if (exception === null) return null;
  return {
    exception,
    approvals: entriesUnder(exceptionApprovalDocument, folder, 'approvals'),
    closed: closedIn(tree, exception, folder),
    reviews: reviewsIn(folder),
  };
}

function closedIn(tree: TreeFolder, { line, renews }: Exception, folder: TreeFolder): ClosedException | null {
  const own = trusted(closedExceptionDocument, folder, CLOSED);
  if (own !== null || renews === undefined) return own;
  const earlier = nodeAt(tree, exceptionFolder(line, renews));
  if (earlier?.kind !== 'folder') return null;
  const exception = trusted(exceptionDocument, earlier, EXCEPTION);
  return exception === null ? null : closedIn(tree, exception, earlier);
}

function reviewsIn(folder: TreeFolder): readonly ExceptionReview[] {
  const entries = filesUnder(folder, 'reviews').filter(([name]) => name.endsWith('.json'));
  return sortEntries(entries.map(([name, file]) => trustedFile(exceptionReviewDocument, file, name)));
}

/** Those of one line, in the order in which they were opened. */
export function exceptionsOf(tree: TreeFolder, line: LineName): readonly ExceptionCase[] {
  return namesIn(tree, `exceptions/${line}`)
    .flatMap((id) => exceptionNamed(tree, line, id as EntryId) ?? [])
    .sort((a, b) => (a.exception.time < b.exception.time ? -1 : 1));
}

/** All there are. */
export function allExceptions(tree: TreeFolder): readonly ExceptionCase[] {
  return namesIn(tree, 'exceptions').flatMap((line) => exceptionsOf(tree, line as LineName));
}

/** What has used an exception: the iterations that needed it, and the exceptions that renew it. */
export interface Uses {
  readonly iterations: readonly IterationId[];
  readonly renewals: readonly ExceptionCase[];
}

const known = new WeakMap<TreeFolder, Map<LineName, ReadonlyMap<EntryId, Uses>>>();

/** The uses of each exception of a line; of one that nothing uses there is no word. */
export function usesOf(tree: TreeFolder, line: LineName): ReadonlyMap<EntryId, Uses> {
  const memo = known.get(tree) ?? new Map<LineName, ReadonlyMap<EntryId, Uses>>();
  known.set(tree, memo);
  const seen = memo.get(line) ?? findUses(tree, line);
  memo.set(line, seen);
  return seen;
}

function findUses(tree: TreeFolder, line: LineName): ReadonlyMap<EntryId, Uses> {
  const all = exceptionsOf(tree, line);
  if (all.length === 0) return new Map();
  const found = new Map<EntryId, Uses>();
  const of = (id: EntryId): Uses => found.get(id) ?? { iterations: [], renewals: [] };
  for (const { iteration, record } of recordsOf(tree, line))
    for (const id of namedBy(record, all))
      found.set(id, { ...of(id), iterations: [...of(id).iterations, toIterationId(iteration)] });
  for (const each of all) {
    const { renews } = each.exception;
    if (renews !== undefined) found.set(renews, { ...of(renews), renewals: [...of(renews).renewals, each] });
  }
  return found;
}

/** Every entry of an exception. */
export function entriesOfException({
  exception,
  approvals,
  closed,
  reviews,
}: ExceptionCase): readonly EntryHeader[] {
  const isOwn = closed?.exception === exception.id;
  return [exception, ...approvals, ...(isOwn ? [closed] : []), ...reviews];
}

/** Those that a request names, and those that steps by people rested on in their place. */
function namedBy(record: PromotionRecord | null, all: readonly ExceptionCase[]): ReadonlySet<EntryId> {
  const { exceptions } = record?.request ?? {};
  if (record === null || exceptions === undefined) return new Set();
  const relied = new Set(record.transitions.flatMap((step) => step.reliedOn));
  return new Set([...exceptions, ...all.map(({ exception }) => exception.id).filter((id) => relied.has(id))]);
}
