import type { Sha256 } from '../base/digest.ts';
import { evaluationReportDocument, type EvaluationReport } from '../domain/evaluation-report.ts';
import { toIterationId, type Iteration } from '../domain/names.ts';
import { bundleFolder, reportFile } from '../domain/paths.ts';
import type { CompleteEvaluation, Evaluation } from '../domain/record.ts';
import type { TreeFolder } from '../domain/tree.ts';
import { completeRuns } from './verdict.ts';
import { trusted } from './trusted-files.ts';
import { recordsOf, type Bundle } from './world.ts';

/**
 * The complete runs of an iteration that have the output of this one: a file in both from which one of the two reports
 * was made. What lies beside – transcripts, logs – may be the same in both: who answers alike twice was still asked twice.
 * @param report of the evaluation, which is not in the tree yet; null for an errored one.
 */
export function runsAgain(
  tree: TreeFolder,
  bundle: Pick<Bundle, 'iteration' | 'record'>,
  evaluation: Evaluation,
  report: Uint8Array | null,
): readonly CompleteEvaluation[] {
  return runsWithOutputOf(tree, evaluation, report)(bundle);
}

function runsWithOutputOf(
  tree: TreeFolder,
  evaluation: Evaluation,
  report: Uint8Array | null,
): (bundle: Pick<Bundle, 'iteration' | 'record'>) => readonly CompleteEvaluation[] {
  const digests = new Set(evaluation.files.map((file) => file.sha256));
  let own: readonly Sha256[] | null = null;
  const ownOutputs = (): readonly Sha256[] => {
    const read = report === null ? null : evaluationReportDocument.parse(report, reportFile(evaluation.run));
    return outputsOf(evaluation, read?.ok === true ? read.value : null);
  };
  return ({ iteration, record }) =>
    completeRuns({ record }).filter((run) => {
      const shared = run.files.map((file) => file.sha256).filter((digest) => digests.has(digest));
      if (shared.length === 0) return false;
      own ??= ownOutputs();
      const path = `${bundleFolder(iteration)}/${reportFile(run.run)}`;
      const counting = [...own, ...outputsOf(run, trusted(evaluationReportDocument, tree, path))];
      return shared.some((digest) => counting.includes(digest));
    });
}

/**
 * One harness output measures one artifact: under another iteration it would be somebody else's result.
 * @returns the complete runs of other artifacts of the line that have the output of this one.
 */
export function runsOfAnother(
  tree: TreeFolder,
  { line, version }: Iteration,
  evaluation: Evaluation,
  report: Uint8Array | null,
): readonly string[] {
  if (evaluation.status === 'errored') return [];
  const runsOf = runsWithOutputOf(tree, evaluation, report);
  return recordsOf(tree, line).flatMap((other) => {
    const { iteration, record } = other;
    if (iteration.version === version || record.request.artifact.digest === evaluation.artifact) return [];
    return runsOf(other).map((run) => `${toIterationId(iteration)} ${run.run}`);
  });
}

/** What the report says it was made from; without a readable one every file of a run that claims to be complete. */
function outputsOf({ status, files }: Evaluation, report: EvaluationReport | null): readonly Sha256[] {
  return (report?.raw ?? (status === 'complete' ? files : [])).map((file) => file.sha256);
}
