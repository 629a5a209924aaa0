import { toIterationId, type Iteration } from '../domain/names.ts';
import type { Evaluation } from '../domain/record.ts';
import type { TreeFolder } from '../domain/tree.ts';
import { completeRuns } from './verdict.ts';
import { iterationsOf, recordOf } from './world.ts';

/**
 * One harness output measures one artifact: under another iteration it would be somebody else's result.
 * @returns the complete runs of other artifacts of the line that share a raw file with this one.
 */
export function runsOfAnother(
  tree: TreeFolder,
  { line, version }: Iteration,
  evaluation: Evaluation,
): readonly string[] {
  if (evaluation.status === 'errored') return [];
  const digests = new Set(evaluation.files.map((file) => file.sha256));
  return iterationsOf(tree, line).flatMap((other) => {
    const record = other.version === version ? null : recordOf(tree, other);
    if (record === null || record.request.artifact.digest === evaluation.artifact) return [];
    return completeRuns({ record })
      .filter((run) => run.files.some((file) => digests.has(file.sha256)))
      .map((run) => `${toIterationId(other)} ${run.run}`);
  });
}
