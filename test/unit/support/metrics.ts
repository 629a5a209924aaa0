import type { TreeFolder } from '../../../src/domain/tree.ts';
import { bundlesOf } from '../../../src/machine/world.ts';
import type { MetricName } from '../../../src/metrics/definitions.ts';
import { lawsOf, type Laws } from '../../../src/metrics/laws.ts';
import type { Material } from '../../../src/metrics/material.ts';
import { measuresOf, type Measure } from '../../../src/metrics/measures.ts';
import { observe } from '../../../src/metrics/observe.ts';
import type { JudgedCommits } from '../../../src/metrics/policy-violations.ts';
import { START, hour, worldOf } from './world.ts';

/** From an hour up to another; without them whenever. */
export interface Hours {
  readonly from?: number;
  readonly to?: number;
}

const EVER = 1_000_000;

/** A tree as it is counted from. Its law was always in force, unless others are given. */
export function materialOf(tree: TreeFolder, { from = -EVER, to = EVER }: Hours = {}, laws?: Laws): Material {
  const world = worldOf(tree);
  return {
    world,
    bundles: bundlesOf(tree),
    laws: laws ?? lawsOf(tree, { tree, time: START }),
    window: { since: hour(from), until: hour(to) },
  };
}

const NO_COMMITS: JudgedCommits = { valid: [], violations: [] };

/** One metric of a tree. */
export function measured(name: MetricName, material: Material, commits: JudgedCommits = NO_COMMITS): Measure {
  const found = measuresOf(observe(material, commits), { line: null, role: null }).find(
    (measure) => measure.name === name,
  );
  if (found === undefined) throw new Error(`nothing is called ${name}`);
  return found;
}

/** `numerator/denominator`, and what is named. */
export function told({ numerator, denominator, named }: Measure): readonly [string, ...string[]] {
  return [`${numerator}/${denominator}`, ...named.map(({ what }) => what)];
}
