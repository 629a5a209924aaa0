import { toIdSet } from '../domain/entry.ts';
import { toIterationId, type EntryId } from '../domain/names.ts';
import type { Receipt } from '../domain/receipt.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { AliasName } from '../domain/states.ts';
import type { NamedTarget } from '../domain/target.ts';
import { lastLiftOf } from './overrides.ts';
import { taintOf } from './taint.ts';
import { placeDigest, targetsOfLine } from './targets.ts';
import type { Bundle, World } from './world.ts';

/** What evidence says about one iteration at one target of its line. */
export interface TargetStanding extends NamedTarget {
  /** `tainted`: there are receipts of this place, all made with stolen keys. */
  readonly status: 'live' | 'removed' | 'missing' | 'tainted';
  /** The newest that counts; null where none does. */
  readonly receipt: Receipt | null;
}

/** Experts judge what customers get, which is what this alias points to. */
const JUDGED: AliasName = 'serving';

export function targetStandings(world: World, bundle: Bundle): readonly TargetStanding[] {
  return targetsOfLine(world.law, bundle.iteration.line).map((each) => standingAt(world, bundle, each));
}

/** The same at one target, also where the line has it no more. */
export function standingAt(world: World, bundle: Bundle, each: NamedTarget): TargetStanding {
  const taint = taintOf(world);
  const place = placeDigest(each);
  const all = bundle.receipts.filter((receipt) => receipt.target === each.name && receipt.place === place);
  const counted = all.filter((receipt) => !taint.isTainted(receipt));
  const last = counted.at(-1);
  if (last === undefined) return { ...each, status: all.length === 0 ? 'missing' : 'tainted', receipt: null };
  // Of what is said for one second nobody knows the order.
  const isLive = counted.every(({ time, outcome }) => time !== last.time || outcome === 'live');
  return { ...each, status: isLive ? 'live' : 'removed', receipt: last };
}

/**
 * Whether who cannot be asked may have been told, since it was signed that something is live there, to take it away: by a brake that is
 * lifted now. On a tip that is not valid it was told so, and nothing could be signed.
 */
export function mayBeToldOtherwise(world: World, bundle: Bundle, each: NamedTarget): boolean {
  if (each.target.kind !== 'webhook') return false;
  const { status, receipt } = standingAt(world, bundle, each);
  const { iteration, record } = bundle;
  const lifted = lastLiftOf(world.tree, iteration.line, record.request.change.capabilities);
  return status === 'live' && receipt !== null && lifted !== null && receipt.time <= lifted;
}

/** Where it has to be live before an expert can have judged it. */
function judgedAt(world: World, bundle: Bundle): readonly TargetStanding[] {
  return targetStandings(world, bundle).filter(({ target }) => target.follows.includes(JUDGED));
}

/** Why an expert cannot have judged what customers get: it is not known to be live everywhere. */
export function receiptReasons(world: World, bundle: Bundle): readonly Reason[] {
  return judgedAt(world, bundle).flatMap(({ name, target, status }) =>
    status === 'live'
      ? []
      : [
          reason('RECEIPT_MISSING', {
            iteration: toIterationId(bundle.iteration),
            target: name,
            kind: target.kind,
            status,
          }),
        ],
  );
}

/** The receipts that an expert's word builds on. */
export function countedReceipts(world: World, bundle: Bundle): readonly EntryId[] {
  return toIdSet(
    judgedAt(world, bundle).flatMap(({ status, receipt }) =>
      status === 'live' && receipt !== null ? [receipt.id] : [],
    ),
  );
}

/** Of the receipts that an entry builds on, one that a stolen key made. */
export function reliesOnTainted(world: World, bundle: Bundle, reliedOn: readonly EntryId[]): boolean {
  const taint = taintOf(world);
  return bundle.receipts.some((receipt) => reliedOn.includes(receipt.id) && taint.isTainted(receipt));
}
