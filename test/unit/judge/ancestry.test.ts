import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ancestryOf, type Graph } from '../../../src/judge/ancestry.ts';

/** A graph from lists of parents by place; the id of a commit is its place. */
function graphOf(parents: readonly (readonly number[])[]): Graph {
  return {
    parentsOf: (id) => (parents[Number(id)] ?? []).map(String),
    placeOf: Number,
  };
}

/** The definition, without cleverness. */
function slowly(graph: Graph, first: string, second: string) {
  const above = (id: string): Set<string> =>
    new Set([id, ...graph.parentsOf(id).flatMap((parent) => [...above(parent)])]);
  const [a, b] = [above(first), above(second)];
  const common = [...a].filter((id) => b.has(id));
  const bases = common.filter((id) => !common.some((other) => other !== id && above(other).has(id)));
  return {
    bases: bases.sort(),
    onlyFirst: [...a].filter((id) => !b.has(id)).sort(),
    onlySecond: [...b].filter((id) => !a.has(id)).sort(),
  };
}

const graphs = fc
  .array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { minLength: 1, maxLength: 14 })
  .map((rows) => [
    [],
    ...rows.map(([a, b, two], index) => [
      ...new Set(two ? [a % (index + 1), b % (index + 1)] : [a % (index + 1)]),
    ]),
  ]);

describe('ancestry', () => {
  test('agrees with the definition on any graph', () => {
    fc.assert(
      fc.property(graphs, fc.nat(), fc.nat(), (parents, x, y) => {
        const graph = graphOf(parents);
        const [first, second] = [String(x % parents.length), String(y % parents.length)];
        const { bases, onlyFirst, onlySecond } = ancestryOf(graph, first, second);
        expect({
          bases: [...bases].sort(),
          onlyFirst: [...onlyFirst].sort(),
          onlySecond: [...onlySecond].sort(),
        }).toEqual(slowly(graph, first, second));
      }),
      { numRuns: 500 },
    );
  });

  test('a criss-cross has two bases', () => {
    const graph = graphOf([[], [0], [0], [1, 2], [1, 2]]);
    expect([...ancestryOf(graph, '3', '4').bases].sort()).toEqual(['1', '2']);
  });
});
