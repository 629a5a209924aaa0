import type { Version } from '../domain/names.ts';
import { ALIASES } from '../domain/states.ts';
import { stepsUntil } from '../domain/aliases.ts';
import { tagOf, type DesiredPlace } from './desired.ts';
import { isBarred, isKept, type Lying } from './reconciliation.ts';
import { standingAt } from './receipts.ts';
import { aliasesOf, recordsOf, bundleOf, type World } from './world.ts';

/** What is otherwise at a target than the last that was signed of it, where nothing is moved now. */
export interface Drift {
  /** Where it lies; null for what is gone. */
  readonly key: string | null;
  readonly version: Version | null;
  readonly how: 'not signed for' | 'changed' | 'gone';
}

/**
 * What somebody did by hand where nothing moves: towards a held alias, and on a tip that is not valid. It is told and not put
 * right: what is to lie there is what people have to settle first, and taking something away by hand may be how they stopped it.
 */
export function driftAt(world: World, place: DesiredPlace, found: readonly Lying[]): readonly Drift[] {
  if (place.kept !== 'all' && place.kept.size === 0) return [];
  const live = liveVersions(world, place);
  const isWanted = (lying: Lying): boolean => place.wanted.some(({ key }) => key === lying.key);
  const lying = found
    .filter((each) => isKept(place, each) && !isBarred(place, each) && !isWanted(each))
    .flatMap(({ key, version, sound }): readonly Drift[] => {
      const isSigned = version !== null && live.has(version) && wasPointedTo(world, place, key, version);
      if (!isSigned) return [{ key, version, how: 'not signed for' }];
      return sound ? [] : [{ key, version, how: 'changed' }];
    });
  const gone = [...live].filter(
    (version) =>
      !place.barred.has(version) &&
      !found.some((each) => each.version === version) &&
      !place.wanted.some((slot) => slot.version === version),
  );
  return [...lying, ...gone.map((version): Drift => ({ key: null, version, how: 'gone' }))];
}

function liveVersions(world: World, place: DesiredPlace): ReadonlySet<Version> {
  return new Set(
    recordsOf(world.tree, place.line).flatMap(({ iteration }) => {
      const bundle = bundleOf(world.tree, iteration);
      return bundle !== null && standingAt(world, bundle, place).status === 'live' ? [iteration.version] : [];
    }),
  );
}

/** A receipt names no tag: under one lies only what its alias pointed to at some time. Elsewhere keys are versions. */
function wasPointedTo(
  { tree }: World,
  { line, target }: DesiredPlace,
  key: string,
  version: Version,
): boolean {
  if (target.kind !== 'registry') return true;
  const alias = ALIASES.find((each) => tagOf(line, each) === key);
  return stepsUntil(aliasesOf(tree, line)).some(({ moves }) =>
    moves.some((move) => move.alias === alias && move.to === version),
  );
}
