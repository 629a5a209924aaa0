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
  /** The latest common ancestors of two of them; none: they have nothing in common. */
  readonly bases: (one: number, other: number) => readonly Base[];
}

export interface Base {
  readonly tree: TreeFolder;
  readonly guarded: GuardedValues;
  /** From when on keys may not sign by the certificates there. */
  readonly ends?: ReadonlyMap<string, number>;
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
 * moved a strand against another if its bytes there are those of none of their latest common ancestors.
 * @param guardedPaths paths guarded by the law of any side. @param choice which side stands for a disputed strand.
 */
export function combine(
  sides: Sides,
  guardedPaths: readonly string[],
  choice: ReadonlyMap<string, number> = new Map(),
): Combined {
  const { trees } = sides;
  const moves = movesOf(sides, guardedPaths);
  const [first = EMPTY_TREE, ...others] = trees;
  const changes = new Map<string, readonly (TreeFile | null)[]>();
  others.forEach((other, index) => {
    for (const { path, before, after } of differences(first, other)) {
      const values = [...(changes.get(path) ?? trees.map(() => before))];
      values[index + 1] = after;
      changes.set(path, values);
    }
  });
  const held = heldThere(sides, changes, guardedPaths);
  const winners = new Map([...held].map(([strand, values]) => [strand, winnerOf(strand, values, moves)]));
  const contended = [...winners].flatMap(([strand, winner]) => (winner === null ? [strand] : []));
  const rivals = [...changes].flatMap(([path, values]) =>
    strandOf(path) === null && digestsOf(values).size > 1 ? [fileStrand(path)] : [],
  );
  const disputed = [...new Set([...contended, ...ruledStrands(moves), ...rivals])].sort();
  const sideOf = (strand: string): number => choice.get(strand) ?? winners.get(strand) ?? 0;
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
  const moved = trees.map(
    (_tree, side) => new Set(moves.flatMap(({ by, strands }) => (by === side ? [...strands] : []))),
  );
  return { tree, guarded, disputed, moved };
}

/** The strands one side moved against another. */
interface Moves {
  readonly by: number;
  readonly against: number;
  readonly strands: ReadonlySet<string>;
}

function movesOf({ trees, guarded, bases }: Sides, guardedPaths: readonly string[]): readonly Moves[] {
  const movedBy = (side: number, tree: TreeFolder, common: readonly Base[]): ReadonlySet<string> =>
    new Set([
      ...movedStrands(
        tree,
        common.map((base) => base.tree),
      ),
      ...movedGuarded(guarded[side], common, guardedPaths),
    ]);
  return trees.flatMap((tree, one) =>
    trees.slice(one + 1).flatMap((second, index): readonly Moves[] => {
      const other = one + 1 + index;
      const common = bases(one, other);
      return [
        { by: one, against: other, strands: movedBy(one, tree, common) },
        { by: other, against: one, strands: movedBy(other, second, common) },
      ];
    }),
  );
}

/** For each strand in which the sides differ what each of them has there, as one text. */
function heldThere(
  { guarded }: Pick<Sides, 'guarded'>,
  changes: ReadonlyMap<string, readonly (TreeFile | null)[]>,
  guardedPaths: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const add = (strand: string, values: readonly string[]): void => {
    if (new Set(values).size === 1) return;
    found.set(
      strand,
      values.map((value, side) => `${found.get(strand)?.[side] ?? ''} ${value}`),
    );
  };
  for (const [path, values] of changes) {
    const texts = values.map((value) => value?.sha256 ?? '-');
    const strand = strandOf(path);
    if (strand !== null) add(strand, texts);
    const [, line = ''] = path.split('/');
    if (isRecord(path) && values.includes(null))
      add(
        lineStrand(line),
        values.map((value) => (value === null ? '-' : '+')),
      );
  }
  for (const path of guardedPaths)
    add(
      guardedStrand(path),
      guarded.map((values) => values.get(path) ?? '-'),
    );
  return found;
}

/** The side that moved a strand against every other that has something else there, and that none of these moved; null for none. */
function winnerOf(strand: string, values: readonly string[], moves: readonly Moves[]): number | null {
  const beaten = (by: number, against: number): boolean =>
    moves.some((each) => each.by === by && each.against === against && each.strands.has(strand));
  const wins = (side: number): boolean =>
    values.every((value, other) => value === values[side] || (beaten(side, other) && !beaten(other, side)));
  const winner = values.findIndex((_value, side) => wins(side));
  return winner < 0 ? null : winner;
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

function movedGuarded(
  values: GuardedValues | undefined,
  bases: readonly Base[],
  paths: readonly string[],
): readonly string[] {
  const old = bases.length === 0 ? [new Map<string, string>()] : bases.map((base) => base.guarded);
  return paths.filter((path) => old.every((each) => each.get(path) !== values?.get(path))).map(guardedStrand);
}

/** The strands a difference touches. A record that appears also changes which iterations the line has. */
function strandsOf(path: string, before: TreeFile | null, after: TreeFile | null): readonly string[] {
  const strand = strandOf(path);
  if (strand === null) return [];
  const [, line = ''] = path.split('/');
  return isRecord(path) && (before === null || after === null) ? [strand, lineStrand(line)] : [strand];
}

function isRecord(path: string): boolean {
  return path.startsWith('promotions/') && path.endsWith('/promotion-record.json');
}

/** What moved beside the law: only a proposal may. */
function ruledStrands(moves: readonly Moves[]): readonly string[] {
  return moves
    .filter(({ strands }) => strands.has(LAW_STRAND))
    .flatMap(({ by, against }) => moves.filter((back) => back.by === against && back.against === by))
    .filter(({ strands }) => !strands.has(LAW_STRAND))
    .flatMap(({ strands }) => [...strands].filter((strand) => !isChangeStrand(strand)));
}
