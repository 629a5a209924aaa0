import type { Sha256 } from '../base/digest.ts';
import { toIterationId, type Iteration } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { TreeFolder } from '../domain/tree.ts';
import { completeRuns } from './verdict.ts';
import { iterationsOf, recordOf } from './world.ts';

/**
 * Refuses weights of which a run failed in another iteration of the line. The worst run decides, so one failing run
 * settles it, decided or not; under a second version the fixed number of runs would become a choice among runs.
 */
export function failedElsewhere(tree: TreeFolder, iteration: Iteration, artifact: Sha256): readonly Reason[] {
  return iterationsOf(tree, iteration.line)
    .filter((other) => other.version !== iteration.version)
    .filter((other) => {
      const record = recordOf(tree, other);
      return (
        record?.request.artifact.digest === artifact &&
        completeRuns({ record }).some((run) => run.scores.verdict === 'fail')
      );
    })
    .map((other) => reason('ARTIFACT_ALREADY_FAILED', { iteration: toIterationId(other) }));
}
