import type { TreeFolder } from '../../../domain/tree.ts';
import type { Bundle, World } from '../../../machine/world.ts';
import type { Style } from '../style.ts';

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
