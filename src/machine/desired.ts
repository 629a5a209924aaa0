import { aliasTargets } from '../domain/aliases.ts';
import type { LineName, SafeName, Version } from '../domain/names.ts';
import { ALIASES, type AliasName } from '../domain/states.ts';
import type { NamedTarget } from '../domain/target.ts';
import { heldAliases, type HeldAlias } from './held-aliases.ts';
import { disablementOf } from './overrides.ts';
import { targetNamed, targetsOfLine } from './targets.ts';
import { aliasesOf, linesOf, recordsOf, receiptsOf, type World } from './world.ts';

/** What is to lie at one key of a target. */
export interface Slot {
  readonly key: string;
  readonly version: Version;
}

/** What is to be at one target of one line. */
export interface DesiredPlace extends NamedTarget {
  readonly line: LineName;
  readonly wanted: readonly Slot[];
  /** Keys at which what lies there stays, whatever it is; `all`: everything that is there. */
  readonly kept: ReadonlySet<string> | 'all';
  /** Versions that are to be nowhere: a capability of theirs is switched off. */
  readonly barred: ReadonlySet<Version>;
  /** Aliases it follows that nobody moves now. */
  readonly held: readonly HeldAlias[];
}

/**
 * What verified evidence wants to be where. Towards an alias that is held nothing moves, and what serves already stays; what a
 * disabled capability bars goes all the same.
 * @param at seconds since 1970.
 * @param isVoid the tip is not valid: nothing is moved on its word.
 */
export function desiredPlaces(world: World, at: number, isVoid: boolean): readonly DesiredPlace[] {
  const held = heldAliases(world, at);
  return linesOf(world.tree).flatMap((line) => {
    const now = aliasTargets(aliasesOf(world.tree, line));
    const barred = barredVersions(world, line);
    const listed = new Set<string>(targetsOfLine(world.law, line).map(({ name }) => name));
    return placesOf(world, line).map((each): DesiredPlace => {
      const { follows } = each.target;
      const ofLine = held.filter((alias) => alias.line === line);
      const isHeld = (alias: AliasName): boolean => isVoid || ofLine.some((hold) => hold.alias === alias);
      const moving = listed.has(each.name) ? follows.filter((alias) => !isHeld(alias)) : [];
      const slots = moving.flatMap((alias): readonly Slot[] => {
        const version = now.get(alias) ?? null;
        return version === null || barred.has(version)
          ? []
          : [{ key: keyOf(each, line, alias, version), version }];
      });
      return {
        ...each,
        line,
        wanted: [...new Map(slots.map((slot) => [slot.key, slot])).values()],
        kept: keptKeys(each, line, isHeld),
        barred,
        held: ofLine.filter(({ alias }) => follows.includes(alias)),
      };
    });
  });
}

/** The same for who moves nothing there: only what is switched off goes. */
export function brakesAlone(place: DesiredPlace): DesiredPlace {
  return { ...place, wanted: [], kept: 'all' };
}

/** The tag of an alias; in every other place an iteration lies under its version. */
function keyOf({ target }: NamedTarget, line: LineName, alias: AliasName, version: Version): string {
  return target.kind === 'registry' ? tagOf(line, alias) : version;
}

/** No version begins with a letter, so no exported manifest is called so. */
export function tagOf(line: LineName, alias: AliasName): string {
  return `${line}-${alias}`;
}

/**
 * Where tags are told apart each keeps its own, also that of an alias which is followed no more; elsewhere nobody knows by which
 * alias something came.
 */
function keptKeys(
  { target }: NamedTarget,
  line: LineName,
  isHeld: (alias: AliasName) => boolean,
): DesiredPlace['kept'] {
  if (target.kind === 'registry') return new Set(ALIASES.filter(isHeld).map((alias) => tagOf(line, alias)));
  return target.follows.some(isHeld) ? 'all' : new Set();
}

/** The targets of a line, and those it was taken away from, which are cleared. */
function placesOf({ law, tree }: World, line: LineName): readonly NamedTarget[] {
  const left = recordsOf(tree, line).flatMap(({ iteration }) =>
    receiptsOf(tree, iteration).map(({ target }) => target),
  );
  const names = new Set<SafeName>([...targetsOfLine(law, line).map(({ name }) => name), ...left]);
  return [...names].sort().flatMap((name) => {
    const target = targetNamed(law, name);
    return target === null ? [] : [{ name, target }];
  });
}

function barredVersions({ law, tree }: World, line: LineName): ReadonlySet<Version> {
  return new Set(
    recordsOf(tree, line)
      .filter(({ record }) => disablementOf(law.overrides, line, record.request.change.capabilities) !== null)
      .map(({ iteration }) => iteration.version),
  );
}
