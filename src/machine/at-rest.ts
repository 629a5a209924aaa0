import { retiredVersions } from '../domain/aliases.ts';
import type { Iteration, LineName } from '../domain/names.ts';
import { isPartlyRead } from '../domain/partly-read.ts';
import { bundleFolder } from '../domain/paths.ts';
import type { PromotionRecord } from '../domain/record.ts';
import { nodeAt, type TreeFolder } from '../domain/tree.ts';
import { aliasesOf, iterationsOf, recordOf } from './world.ts';

/** Retired: nothing more can happen to it, and what is told of it is in its record. Most of a long history is. */
export function isAtRest({ state }: Pick<PromotionRecord, 'state'>): boolean {
  return state === 'deprecated';
}

/**
 * The iterations of a line, those that are retired apart. Whatever retires one is a step of the aliases of its line, too, so
 * those that were left unread need not be looked at.
 */
export function iterationsByRest(
  tree: TreeFolder,
  line: LineName,
): { readonly inMotion: readonly Iteration[]; readonly atRest: readonly Iteration[] } {
  const retired = retiredVersions(aliasesOf(tree, line));
  const all = iterationsOf(tree, line);
  const resting = new Set(
    all.filter((iteration) => {
      if (!retired.has(iteration.version)) return false;
      const folder = nodeAt(tree, bundleFolder(iteration));
      if (folder?.kind === 'folder' && isPartlyRead(folder)) return true;
      const record = recordOf(tree, iteration);
      return record !== null && isAtRest(record);
    }),
  );
  return {
    inMotion: all.filter((iteration) => !resting.has(iteration)),
    atRest: [...resting],
  };
}
