import type { Sha256 } from '../base/digest.ts';
import { toIterationId, type Iteration } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { TreeFolder } from '../domain/tree.ts';
import { completeRuns } from './verdict.ts';
import { recordsOf } from './world.ts';

/**
 * The same weights are one iteration of a line at a time, and never again once a run of them failed: a second version
 * would turn the fixed number of runs into a choice among runs. Requests of a line follow each other in one line of
 * commits, so this holds across branches too.
 */
export function repeatedArtifact(
  tree: TreeFolder,
  iteration: Iteration,
  artifact: Sha256,
): readonly Reason[] {
  return recordsOf(tree, iteration.line).flatMap(({ iteration: other, record }) => {
    if (other.version === iteration.version || record.request.artifact.digest !== artifact) return [];
    const failed = completeRuns({ record }).some((run) => run.scores.verdict === 'fail');
    if (!failed && record.state === 'deprecated') return [];
    const why = failed ? 'a run of it failed' : `it is ${record.state}`;
    return [reason('ARTIFACT_ALREADY_REQUESTED', { iteration: toIterationId(other), why })];
  });
}
