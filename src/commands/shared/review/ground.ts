import type { TreeFolder } from '../../../domain/tree.ts';
import type { Bundle, World } from '../../../machine/world.ts';
import type { Context } from '../context.ts';
import { styleOf, type Style } from '../terminal/style.ts';
import type { Workspace } from '../opening/workspace.ts';

/** What a review is about, and how it is shown. */
export interface ReviewGround {
  readonly world: World;
  readonly bundle: Bundle;
  /** Seconds since 1970: what expiry is measured at. */
  readonly at: number;
  /** What the branch held before, oldest first: where earlier bytes of changed files lie. */
  readonly earlier: readonly TreeFolder[];
  readonly style: Style;
  readonly columns: number;
}

/** A part of a review. The lines fit the columns and are escaped. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** The ground of a review of what a branch holds, at a time not before its clock; `at` in seconds since 1970. */
export function groundOfReview(
  {
    context: { terminal },
    workspace: { world, valid, verification },
    now,
  }: {
    readonly context: Pick<Context, 'terminal'>;
    readonly workspace: Workspace;
    readonly now: number;
  },
  bundle: Bundle,
  color: boolean,
  columns = Math.min(terminal.columns, 100),
): ReviewGround {
  return {
    ...{ world, bundle, columns },
    at: Math.max(now, valid.clock),
    earlier: verification.commits.map(({ tree }) => tree),
    style: styleOf(color),
  };
}
