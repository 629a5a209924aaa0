import { retiredVersions } from '../domain/aliases.ts';
import type { Iteration, LineName } from '../domain/names.ts';
import type { PromotionRecord } from '../domain/record.ts';
import type { TreeFolder } from '../domain/tree.ts';
import { aliasesOf, iterationsOf } from './world.ts';

/** Retired: nothing more can happen to it, and what is told of it is in its record. Most of a long history is. */
export function isAtRest({ state }: Pick<PromotionRecord, 'state'>): boolean {
  return state === 'deprecated';
}

/**
 * The iterations of a line, those that are retired apart. Whatever retires one is a step of the aliases of its line, too, so
 * none of them is looked at.
 */
export function iterationsByRest(
  tree: TreeFolder,
  line: LineName,
): { readonly inMotion: readonly Iteration[]; readonly atRest: readonly Iteration[] } {
  const retired = retiredVersions(aliasesOf(tree, line));
  const all = iterationsOf(tree, line);
  return {
    inMotion: all.filter(({ version }) => !retired.has(version)),
    atRest: all.filter(({ version }) => retired.has(version)),
  };
}
