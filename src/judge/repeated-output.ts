import { toIterationId } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { TreeFolder } from '../domain/tree.ts';
import type { Act } from '../machine/act.ts';
import { runsOfAnother } from '../machine/repeated-output.ts';

/**
 * Two branches may each record the same harness output, for different artifacts: neither can see the other, and their
 * strands differ. Where they meet, the acts of one side are held to the runs of the other.
 */
export function repeatedOutputs(acts: readonly Act[], other: TreeFolder): readonly Reason[] {
  return acts.flatMap((act) => {
    if (act.kind !== 'evaluate') return [];
    const run = `${toIterationId(act.iteration)} ${act.evaluation.run}`;
    return runsOfAnother(other, act.iteration, act.evaluation, act.report).map((earlier) =>
      reason('EVAL_RUN_REPEATED', { run, earlier }),
    );
  });
}
