import type { EntryHeader } from '../domain/entry.ts';
import type { EntryId, LineName } from '../domain/names.ts';
import { holderOfKey, holdsRole, isKeyEnded, type Law } from './law.ts';
import { taintOf } from './taint.ts';
import type { World } from './world.ts';

/** Somebody's word on a proposal or on an exception, which is named by the digest of all it says. */
export type Word = EntryHeader & { readonly answers: readonly EntryId[]; readonly reason: string } & (
    { readonly act: 'approve' | 'reject' } | { readonly act: 'withdraw'; readonly withdraws: EntryId }
  );

/** Ids that a withdrawal takes back, where it is by the author of what it names. */
export function withdrawnFrom({ approvals }: { readonly approvals: readonly Word[] }): ReadonlySet<EntryId> {
  const author = new Map(approvals.map((entry) => [entry.id, entry.principal]));
  return new Set(
    approvals.flatMap((entry) =>
      entry.act === 'withdraw' && author.get(entry.withdraws) === entry.principal ? [entry.withdraws] : [],
    ),
  );
}

/** Approvals that count now: not taken back, by no stolen key, and with person, key and role still there. */
export function countedApprovals<W extends Word>(
  world: World,
  approvals: readonly W[],
  line: LineName | null,
  at: number,
): readonly W[] {
  const withdrawn = withdrawnFrom({ approvals });
  const taint = taintOf(world);
  return approvals.filter(
    (entry) =>
      entry.act === 'approve' &&
      !withdrawn.has(entry.id) &&
      !taint.isTainted(entry) &&
      isActive(world.law, entry, line, at),
  );
}

/** Whether person, key and role are still there. */
export function isActive(law: Law, entry: EntryHeader, line: LineName | null, at: number): boolean {
  const holder = holderOfKey(law, entry.key);
  return (
    holder?.principal.id === entry.principal &&
    holder.principal.kind === 'human' &&
    !isKeyEnded(holder.key) &&
    holdsRole(holder.principal, entry.role, line, at)
  );
}

/** Who can settle an objection in the place of its author. */
type Suffices<W> = (answers: readonly W[]) => boolean;

/** Rejections that nobody has settled, whatever became of their authors. A thief takes none back. */
export function openRejections<W extends Word>(
  world: World,
  approvals: readonly W[],
  suffices: Suffices<W>,
): readonly W[] {
  const taint = taintOf(world);
  const withdrawn = withdrawnFrom({
    approvals: approvals.filter((entry) => entry.act !== 'withdraw' || !taint.isTainted(entry)),
  });
  return approvals.filter(
    (entry) =>
      entry.act === 'reject' && !withdrawn.has(entry.id) && !isSettled(world, approvals, entry, suffices),
  );
}

/** Withdrawals of approvals that something was built on, and that nobody has settled. */
export function openWithdrawals<W extends Word>(
  world: World,
  approvals: readonly W[],
  relied: ReadonlySet<EntryId>,
  suffices: Suffices<W>,
): readonly W[] {
  const withdrawn = withdrawnFrom({ approvals });
  return approvals.filter(
    (entry) =>
      entry.act === 'withdraw' &&
      relied.has(entry.withdraws) &&
      withdrawn.has(entry.withdraws) &&
      !isSettled(world, approvals, entry, suffices),
  );
}

/** Settled by its author, or by those who suffice in his place. */
function isSettled<W extends Word>(
  world: World,
  approvals: readonly W[],
  objection: W,
  suffices: Suffices<W>,
): boolean {
  const withdrawn = withdrawnFrom({ approvals });
  const taint = taintOf(world);
  const answers = approvals.filter(
    (entry) =>
      entry.act === 'approve' &&
      entry.answers.includes(objection.id) &&
      !withdrawn.has(entry.id) &&
      !taint.isTainted(entry),
  );
  return answers.some((entry) => entry.principal === objection.principal) || suffices(answers);
}
