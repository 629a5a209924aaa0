import type { Version } from '../domain/names.ts';
import type { ReceiptOutcome } from '../domain/receipt.ts';
import type { DesiredPlace, Slot } from './desired.ts';
import { standingAt } from './receipts.ts';
import { targetsOfLine } from './targets.ts';
import { bundleOf, isPassed, recordsOf, type World } from './world.ts';

/** What lies at one key. */
interface Lying {
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
export function movesFor({ wanted, kept, barred }: DesiredPlace, found: readonly Lying[]): readonly Move[] {
  const isKept = ({ key }: Lying): boolean => kept === 'all' || kept.has(key);
  const isBarred = ({ version }: Lying): boolean => version !== null && barred.has(version);
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
    ...found.filter(isBarred).map(remove('disabled')),
    ...puts,
    ...found
      .filter((each) => !isBarred(each) && !isKept(each) && !wanted.some(({ key }) => key === each.key))
      .map(remove('not wanted')),
  ];
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
    const here = found.find((each) => each.version === version && each.sound);
    const isLive = standingAt(world, bundle, { name, target }).status === 'live';
    if (here === undefined) return isLive ? [{ version, outcome: 'removed', key: null }] : [];
    // At a held alias anybody may have put it: that is no word for what nobody let go there.
    const belongs = wanted.some((slot) => slot.version === version);
    return !isLive && isOfLine && belongs && !barred.has(version) && record.state !== 'deprecated'
      ? [{ version, outcome: 'live', key: here.key }]
      : [];
  });
}
