import type { Iteration, SafeName } from '../domain/names.ts';
import type { Receipt } from '../domain/receipt.ts';
import { placeText } from '../domain/target.ts';
import { taintOf } from './taint.ts';
import { placeDigest, targetNamed } from './targets.ts';
import { bundleOf, linesOf, recordsOf, type World } from './world.ts';

/** What was live where a target was before, and lies in no place that the policy describes. */
export interface Leftover {
  readonly iteration: Iteration;
  readonly target: SafeName;
  /** The receipt that says so, the newest of that target. */
  readonly receipt: Receipt;
  /** Whether the policy still has a target of that name, at another place. */
  readonly isMoved: boolean;
}

/**
 * What nobody takes away any more: its target moved to another address, or is described no more. A receipt says by its digest
 * which description it was made for, and where that was only in the words of who signed it; they decide nothing here.
 */
export function leftovers(world: World): readonly Leftover[] {
  const taint = taintOf(world);
  return linesOf(world.tree)
    .flatMap((line) => recordsOf(world.tree, line))
    .flatMap(({ iteration }) => {
      const receipts = bundleOf(world.tree, iteration)?.receipts ?? [];
      const counted = receipts.filter((receipt) => !taint.isTainted(receipt));
      const newest = new Map(counted.map((receipt) => [receipt.target, receipt]));
      return [...newest.values()].flatMap((receipt): readonly Leftover[] => {
        const former = formerOf(world, counted, receipt);
        return former === null ? [] : [{ iteration, ...former }];
      });
    });
}

function formerOf(
  { law }: World,
  counted: readonly Receipt[],
  { target: name, outcome }: Receipt,
): Omit<Leftover, 'iteration'> | null {
  // Said to be gone, here or there.
  if (outcome === 'removed') return null;
  const target = targetNamed(law, name);
  const place = target === null ? null : placeDigest({ name, target });
  const at = target === null ? null : placeText(target);
  if (target?.kind === 'external') return null;
  const receipt = counted.findLast(
    (each) =>
      each.target === name &&
      each.outcome === 'live' &&
      each.place !== place &&
      // What follows another alias, or takes another rank, is where it was.
      (at === null || !each.seen.includes(at)),
  );
  return receipt === undefined ? null : { target: name, receipt, isMoved: target !== null };
}
