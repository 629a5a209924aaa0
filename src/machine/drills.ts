import { drillDocument, type Drill } from '../domain/drill.ts';
import { toSeconds } from '../domain/names.ts';
import type { OverrideAct } from '../domain/override-acts.ts';
import type { TreeFolder } from '../domain/tree.ts';
import { taintOf } from './taint.ts';
import { entriesUnder } from './trusted-files.ts';
import { type World } from './world.ts';

const DAY = 24 * 60 * 60;

/** Every drill recorded in a tree that was judged, in the order of time. */
export function drillsOf(tree: TreeFolder): readonly Drill[] {
  return entriesUnder(drillDocument, tree, 'drills');
}

/** An override that the policy has people drill. */
export interface DrillStanding {
  readonly override: OverrideAct;
  /** The latest drill of it that passed; null where there is none. */
  readonly last: Drill | null;
  /** By when the next one is due, seconds since 1970; null: since ever, for there was none. */
  readonly due: number | null;
  readonly overdue: boolean;
}

/**
 * How long ago each override was drilled that the policy asks for; none where it asks for none. What failed, or was signed
 * with a stolen key, is no drill of anything. @param at seconds since 1970.
 */
export function drillStandings(world: World, at: number): readonly DrillStanding[] {
  const rules = world.law.policy.drills;
  if (rules === undefined) return [];
  const taint = taintOf(world);
  const passed = drillsOf(world.tree).filter(
    (drill) => drill.outcome === 'passed' && !taint.isTainted(drill),
  );
  return rules.overrides.map((override) => {
    const last = passed.findLast((drill) => drill.overrides.includes(override)) ?? null;
    const due = last === null ? null : toSeconds(last.time) + rules.everyDays * DAY;
    return { override, last, due, overdue: due === null || due <= at };
  });
}
