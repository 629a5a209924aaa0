import { isChangeStrand, LAW_STRAND, lineStrand, strandOf } from '../domain/strands.ts';
import {
  differences,
  EMPTY_TREE,
  withNode,
  withoutFile,
  type TreeFile,
  type TreeFolder,
} from '../domain/tree.ts';

/** Commits that come together: what each of them has, and what they have in common. */
export interface Sides {
  readonly trees: readonly TreeFolder[];
  /** Values of guarded paths, in the order of `trees`. */
  readonly guarded: readonly GuardedValues[];
  /** The latest common ancestors; none: the sides have nothing in common. */
  readonly bases: readonly { readonly tree: TreeFolder; readonly guarded: GuardedValues }[];
}

/** Mode and object id of what lies at a guarded path; a path that is not here is not there. */
export type GuardedValues = ReadonlyMap<string, string>;

export interface Combined {
  /** What mechanically follows; where strands are in dispute, with the first side's value. */
  readonly tree: TreeFolder;
  readonly guarded: GuardedValues;
  /** Strands that more than one side moved, or that may not move together; sorted. */
  readonly disputed: readonly string[];
  /** Which strands each side moved, in their order. */
  readonly moved: readonly ReadonlySet<string>[];
}

/** What is in dispute where acts of one side must not stand beside what another brought: only one of them can, as a whole. */
export const WHOLE = 'everything';

/** One side as it is. */
export function oneSide({ trees, guarded }: Sides, chosen: number): Pick<Combined, 'tree' | 'guarded'> {
  return { tree: trees[chosen] ?? EMPTY_TREE, guarded: guarded[chosen] ?? new Map() };
}

/** The strand of a guarded path. */
export function guardedStrand(path: string): string {
  return `guarded ${path}`;
}

/** What stands for one file of a log that two sides have with different bytes: a name that is no digest can be taken twice. */
function fileStrand(path: string): string {
  return `file ${path}`;
}

/**
 * Puts the sides together strand by strand: for each that of the side that moved it, for each log the union. A side has
 * moved a strand if its bytes there are those of no common ancestor.
 * @param guardedPaths paths guarded by the law of any side. @param choice which side stands for a disputed strand.
 */
export function combine(
  sides: Sides,
  guardedPaths: readonly string[],
  choice: ReadonlyMap<string, number> = new Map(),
): Combined {
  const { trees, bases } = sides;
  const moved = trees.map(
    (tree, index) =>
      new Set([
        ...movedStrands(
          tree,
          bases.map((base) => base.tree),
        ),
        ...movedGuarded(sides, index, guardedPaths),
      ]),
  );
  const [first = EMPTY_TREE, ...others] = trees;
  const touched = new Set<string>();
  const changes = new Map<string, readonly (TreeFile | null)[]>();
  others.forEach((other, index) => {
    for (const { path, before, after } of differences(first, other)) {
      for (const strand of strandsOf(path, before, after)) touched.add(strand);
      const values = [...(changes.get(path) ?? trees.map(() => before))];
      values[index + 1] = after;
      changes.set(path, values);
    }
  });
  for (const path of guardedPaths)
    if (sides.guarded.some((values) => values.get(path) !== sides.guarded[0]?.get(path)))
      touched.add(guardedStrand(path));
  const rivals = [...changes].flatMap(([path, values]) =>
    strandOf(path) === null && digestsOf(values).size > 1 ? [fileStrand(path)] : [],
  );
  const disputed = [...new Set([...disputedStrands(moved, touched), ...rivals])].sort();
  const sideOf = (strand: string): number => {
    const mover = moved.findIndex((strands) => strands.has(strand));
    return choice.get(strand) ?? (mover < 0 ? 0 : mover);
  };
  const gone: string[] = [];
  const put: { path: string; file: TreeFile }[] = [];
  for (const [path, values] of changes) {
    const strand = strandOf(path);
    const file =
      strand === null
        ? // Whatever is chosen, a log loses no file.
          (values[choice.get(fileStrand(path)) ?? 0] ?? values.find((value) => value !== null))
        : values[sideOf(strand)];
    if (file == null) gone.push(path);
    else put.push({ path, file });
  }
  // What goes makes room first: a folder may come where a file was.
  const room = gone.reduce(withoutFile, first);
  const tree = put.reduce((result, { path, file }) => withNode(result, path, file), room);
  const guarded = new Map(
    guardedPaths.flatMap((path) => {
      const value = sides.guarded[sideOf(guardedStrand(path))]?.get(path);
      return value === undefined ? [] : [[path, value] as const];
    }),
  );
  return { tree, guarded, disputed, moved };
}

function digestsOf(values: readonly (TreeFile | null)[]): ReadonlySet<string> {
  return new Set(values.flatMap((value) => (value === null ? [] : [value.sha256])));
}

function movedStrands(side: TreeFolder, bases: readonly TreeFolder[]): ReadonlySet<string> {
  return (bases.length === 0 ? [EMPTY_TREE] : bases)
    .map(
      (base): ReadonlySet<string> =>
        new Set(differences(base, side).flatMap(({ path, before, after }) => strandsOf(path, before, after))),
    )
    .reduce((moved, against) => new Set([...moved].filter((strand) => against.has(strand))));
}

function movedGuarded({ guarded, bases }: Sides, side: number, paths: readonly string[]): readonly string[] {
  const value = (path: string): string | undefined => guarded[side]?.get(path);
  const old = bases.length === 0 ? [new Map<string, string>()] : bases.map((base) => base.guarded);
  return paths.filter((path) => old.every((values) => values.get(path) !== value(path))).map(guardedStrand);
}

/** The strands a difference touches. A record that appears also changes which iterations the line has. */
function strandsOf(path: string, before: TreeFile | null, after: TreeFile | null): readonly string[] {
  const strand = strandOf(path);
  if (strand === null) return [];
  const [top = '', line = ''] = path.split('/');
  const isNewBundle =
    top === 'promotions' && path.endsWith('/promotion-record.json') && (before === null || after === null);
  return isNewBundle ? [strand, lineStrand(line)] : [strand];
}

function disputedStrands(
  moved: readonly ReadonlySet<string>[],
  touched: ReadonlySet<string>,
): readonly string[] {
  const movers = (strand: string): number => moved.filter((strands) => strands.has(strand)).length;
  // A strand that differs and that no side moved cannot come from valid commits.
  const contended = [...touched].filter((strand) => movers(strand) !== 1);
  const ruled = moved.flatMap((law, index) =>
    law.has(LAW_STRAND)
      ? moved.flatMap((other, at) =>
          at === index || other.has(LAW_STRAND) ? [] : [...other].filter((strand) => !isChangeStrand(strand)),
        )
      : [],
  );
  return [...contended, ...ruled];
}
