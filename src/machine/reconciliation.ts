import type { Version } from '../domain/names.ts';
import type { ReceiptOutcome } from '../domain/receipt.ts';
import type { DesiredPlace, Slot } from './desired.ts';
import { mayBeToldOtherwise, standingAt } from './receipts.ts';
import { targetsOfLine } from './targets.ts';
import { bundleOf, isPassed, recordsOf, type World } from './world.ts';

/** What lies at one key. */
export interface Lying {
  readonly key: string;
  readonly version: Version | null;
  readonly sound: boolean;
}

export type Move =
  | { readonly kind: 'put'; readonly slot: Slot; readonly why: 'missing' | 'differs' }
  | {
      readonly kind: 'remove';
      readonly key: string;
      readonly version: Version | null;
      readonly why: 'disabled' | 'not wanted';
    };

/**
 * How what lies at a target comes to be what is wanted there, in order: first goes what is switched off, then what is missing
 * comes, and what is not wanted goes last, so that something serves all the time.
 */
export function movesFor(place: DesiredPlace, found: readonly Lying[]): readonly Move[] {
  const { wanted } = place;
  const remove =
    (why: 'disabled' | 'not wanted') =>
    ({ key, version }: Lying): Move => ({
      kind: 'remove',
      key,
      version,
      why,
    });
  const puts = wanted.flatMap((slot): readonly Move[] => {
    const there = found.find(({ key }) => key === slot.key);
    if (there === undefined) return [{ kind: 'put', slot, why: 'missing' }];
    return there.version === slot.version && there.sound ? [] : [{ kind: 'put', slot, why: 'differs' }];
  });
  return [
    ...found.filter((each) => isBarred(place, each)).map(remove('disabled')),
    ...puts,
    ...found
      .filter(
        (each) =>
          !isBarred(place, each) && !isKept(place, each) && !wanted.some(({ key }) => key === each.key),
      )
      .map(remove('not wanted')),
  ];
}

/** Whether what lies there stays, whatever it is. */
export function isKept({ kept }: DesiredPlace, { key }: Lying): boolean {
  return kept === 'all' || kept.has(key);
}

/** Whether it is to be nowhere. */
export function isBarred({ barred }: DesiredPlace, { version }: Lying): boolean {
  return version !== null && barred.has(version);
}

/** A receipt that evidence lacks. */
export interface Owed {
  readonly version: Version;
  readonly outcome: ReceiptOutcome;
  /** Where it lies; null for what was taken away. */
  readonly key: string | null;
}

/** What has to be said so that evidence tells what lies at a target now. Of what never went to customers nothing is said. */
export function owedReceipts(
  world: World,
  { line, name, target, wanted, barred }: DesiredPlace,
  found: readonly Lying[],
): readonly Owed[] {
  const isOfLine = targetsOfLine(world.law, line).some((each) => each.name === name);
  return recordsOf(world.tree, line).flatMap(({ iteration, record }): readonly Owed[] => {
    const { version } = iteration;
    const bundle = bundleOf(world.tree, iteration);
    if (bundle === null || !isPassed(bundle, { to: 'customer-deployed' })) return [];
    const { status } = standingAt(world, bundle, { name, target });
    const isDoubtful = mayBeToldOtherwise(world, bundle, { name, target });
    if (!found.some((each) => each.version === version && each.sound)) {
      // Who cannot be asked was told to take it away, whether or not anything is known of its having been there.
      // Of what nobody told anything now nobody knows whether it is there.
      const isListed = found.some((each) => each.version === version);
      const isTold = target.kind === 'webhook' && barred.has(version) && status !== 'removed';
      return (status === 'live' && !(isDoubtful && isListed)) || isTold
        ? [{ version, outcome: 'removed', key: null }]
        : [];
    }
    // Where nothing is wanted anybody may have put it: that is no word for what nobody let go there.
    const here = found.find(
      (each) =>
        each.version === version &&
        each.sound &&
        wanted.some((slot) => slot.key === each.key && slot.version === version),
    );
    return here !== undefined &&
      (status !== 'live' || isDoubtful) &&
      isOfLine &&
      record.state !== 'deprecated'
      ? [{ version, outcome: 'live', key: here.key }]
      : [];
  });
}
