import { seal } from '../../../src/domain/document.ts';
import { Drill, drillSteps } from '../../../src/domain/drill.ts';
import type { OverrideAct } from '../../../src/domain/override-acts.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { at, header, type By, type Signed } from './world.ts';

/** Recording drills of overrides. */

export const MIA: By = { name: 'mia', role: 'override', hours: 7.5 };

/** A report of a drill that passed in half an hour, before it is sealed. `changes` go over any field. */
export function reportOf(overrides: readonly OverrideAct[], by: By = MIA, changes: object = {}): object {
  return {
    schema: 'modelsmith/drill/v1',
    ...header('drill', by, []),
    overrides,
    tip: 'a'.repeat(40),
    copy: `drill-${'0'.repeat(26)}`,
    remote: 'own',
    tool: '0.1.0',
    started: at(by.hours - 0.5),
    steps: drillSteps(overrides).map((step) => ({ ...step, ms: 1000 })),
    liftedBy: ['kim', 'lee'],
    outcome: 'passed',
    ...changes,
  };
}

export function drill(
  overrides: readonly OverrideAct[] = ['freeze'],
  by: By = MIA,
  changes: object = {},
): (tree: TreeFolder) => Signed {
  const report = seal(Drill, reportOf(overrides, by, changes) as never);
  return () => ({ by, act: { kind: 'drill', drill: report } });
}

/** A drill that did not get beyond its first steps. */
export const failedAfter = (steps: number, overrides: readonly OverrideAct[] = ['freeze']): object => ({
  steps: drillSteps(overrides)
    .slice(0, steps)
    .map((step) => ({ ...step, ms: 1000 })),
  liftedBy: [],
  outcome: 'failed',
  failure: 'The hook refused it.',
});
