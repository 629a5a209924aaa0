import type { TreeFile, TreeFolder } from '../domain/tree.ts';
import type { Combined, GuardedValues } from './combine.ts';
import { together, withOverrides } from './keep-brakes.ts';

/**
 * What counts at a commit. At a valid one that is its own tree. At a void one, which changes nothing, it is what its latest
 * valid ancestors give together, and every override that was imposed since: a brake works on a broken road too.
 */
export interface InForce {
  /** The latest valid commits it descends from, sorted; itself where it is valid. */
  readonly bases: readonly string[];
  /** Null where the bases do not combine: then authority is needed under each of them. */
  readonly tree: TreeFolder | null;
  readonly guarded: GuardedValues;
  /** The trees of the bases, with the overrides since; one where they combine. */
  readonly laws: readonly TreeFolder[];
  /**
   * By whose law brakes are judged: that which the bases give together where none of them disputes it, whatever else they
   * dispute – an old branch, merged by force, must not take the brake from whoever holds it since. Else all of `laws`.
   */
  readonly brakeLaws: readonly TreeFolder[];
  /** The latest signature time among the bases and their valid ancestors, seconds since 1970. */
  readonly clock: number;
  /** Overrides imposed on void commits, by path. */
  readonly since: ReadonlyMap<string, TreeFile>;
}

/** What a commit descends from and with it everything that takes a look at more than its parents. */
export interface Lineage {
  /** Those of the commits that are no ancestors of another of them, sorted. */
  latest(ids: readonly string[]): readonly string[];
  isAncestor(id: string, of: string): boolean;
  /** Valid commits put together; null for commits that are not known. */
  combine(ids: readonly string[], choice?: ReadonlyMap<string, string>): Combination | null;
  /** Void commits reachable from this one without passing a valid one. */
  voidAncestry(id: string): readonly VoidCommit[];
}

export interface Combination extends Combined {
  /** The tree of each commit, in the order of their ids. */
  readonly trees: readonly TreeFolder[];
  /** What they give together, for its law alone; null where they dispute that. */
  readonly law: TreeFolder | null;
  readonly clock: number;
}

export interface VoidCommit {
  readonly id: string;
  readonly codes: readonly string[];
  readonly governed: boolean;
  /** It holds something signed or governed of its own that is no brake: a decision of somebody, such as a no. */
  readonly bears: boolean;
  /** All its parents are valid: the trouble began here. */
  readonly first: boolean;
}

export function inForceAt(id: string, tree: TreeFolder, guarded: GuardedValues, clock: number): InForce {
  return { bases: [id], tree, guarded, laws: [tree], brakeLaws: [tree], clock, since: new Map() };
}

/** What counts after a void commit. @param imposed overrides it puts in force all the same. */
export function inForceAfter(
  parents: readonly InForce[],
  imposed: ReadonlyMap<string, TreeFile>,
  lineage: Lineage,
): InForce {
  const since = together([...parents.flatMap((parent) => [...parent.since]), ...imposed]);
  const bases = lineage.latest([...new Set(parents.flatMap((parent) => parent.bases))]);
  const combined = lineage.combine(bases);
  const clock = Math.max(0, ...parents.map((parent) => parent.clock));
  const withSince = (tree: TreeFolder): TreeFolder => withOverrides(tree, since);
  if (combined === null || combined.disputed.length > 0) {
    const laws = (combined?.trees ?? []).map(withSince);
    const brakeLaws = combined?.law == null ? laws : [withSince(combined.law)];
    return { bases, tree: null, guarded: new Map(), laws, brakeLaws, clock, since };
  }
  const tree = withSince(combined.tree);
  return { bases, tree, guarded: combined.guarded, laws: [tree], brakeLaws: [tree], clock, since };
}
