import { sha256 } from '../../base/digest.ts';
import { evaluationReportDocument, type EvaluationReport } from '../../domain/evaluation-report.ts';
import { toIdSet } from '../../domain/entry.ts';
import { toIterationId } from '../../domain/names.ts';
import { bundleFolder, rawFolder, RECORD, reportFile } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { Evaluation, recordDocument, type CompleteEvaluation } from '../../domain/record.ts';
import type { TreeFolder } from '../../domain/tree.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { checkConfidential, checkInClear, checkScored } from '../confidential.ts';
import { checkEntry } from '../entry-check.ts';
import { fileProblems } from '../evidence-rules.ts';
import { checkFiles } from '../file-check.ts';
import { evaluationRoom } from '../record-room.ts';
import { runsAgain, runsOfAnother } from '../repeated-output.ts';
import { checkCompleteness, checkDate, checkModel, checkReport, checkYardstick } from '../report-check.ts';
import { scoreRun } from '../run-score.ts';
import { runsVerdict } from '../verdict.ts';
import { bundleOf, type Bundle, type World } from '../world.ts';

type EvaluateAct = Extract<Act, { kind: 'evaluate' }>;

/** One run, complete or errored. What a complete run scores is computed again here, never taken from the record. */
export function decideEvaluation(world: World, act: EvaluateAct, actor: Actor): Decision {
  const { iteration, evaluation, files, report } = act;
  const bundle = bundleOf(world.tree, iteration);
  if (bundle === null) return refused(reason('ITERATION_UNKNOWN', { iteration: toIterationId(iteration) }));
  const { record } = bundle;
  const after = { ...record, evaluations: [...record.evaluations, evaluation] };
  const verdict = runsVerdict(bundle);
  const reasons = [
    ...checkEntry(world, actor, Evaluation, evaluation, {
      line: iteration.line,
      roles: ['pipeline', 'evaluation-owner'],
      reliedOn: toIdSet([record.request.id, bundle.lock.id]),
    }),
    ...checkFiles(evaluation.files, files),
    ...(record.state === 'candidate'
      ? []
      : [
          reason('STATE_OTHER', {
            iteration: toIterationId(iteration),
            state: record.state,
            needed: 'candidate',
          }),
        ]),
    ...(verdict === 'pending'
      ? []
      : [reason('EVAL_ALREADY_DECIDED', { iteration: toIterationId(iteration), verdict })]),
    ...evaluationRoom(record, after),
    ...(evaluation.artifact === record.request.artifact.digest
      ? []
      : [
          reason('EVAL_OTHER_MODEL', {
            what: 'artifact',
            requested: record.request.artifact.digest,
            evaluated: evaluation.artifact,
          }),
        ]),
    ...(evaluation.lock === bundle.lock.id
      ? []
      : [reason('EVAL_OTHER_YARDSTICK', { what: 'lock', locked: bundle.lock.id, used: evaluation.lock })]),
    // They are evidence at gates, and nobody can put others in their place.
    ...files.flatMap(({ path, bytes }) => fileProblems(`${rawFolder(evaluation.run)}/${path}`, bytes)),
    ...checkConfidential(
      files.map(({ path, bytes }) => ({ path: `${rawFolder(evaluation.run)}/${path}`, bytes })),
      bundle,
    ),
    ...(evaluation.status === 'errored'
      ? checkInClear(
          world.law,
          iteration.line,
          files.map(({ path }) => path),
          [],
        )
      : []),
    ...repeatedRuns(world.tree, bundle, act).map((earlier) =>
      reason('EVAL_RUN_REPEATED', { run: evaluation.run, earlier }),
    ),
    ...(evaluation.status === 'complete' ? checkComplete(world, bundle, evaluation, report) : []),
    ...(evaluation.status === 'errored' && report !== null
      ? [reason('FILE_NOT_EVIDENCE', { path: reportFile(evaluation.run) })]
      : []),
  ];
  return refusedIf(reasons, () => [
    ...files.map((file) => ({
      path: `${bundleFolder(iteration)}/${rawFolder(evaluation.run)}/${file.path}`,
      bytes: file.bytes,
    })),
    ...(report === null
      ? []
      : [{ path: `${bundleFolder(iteration)}/${reportFile(evaluation.run)}`, bytes: report }]),
    putText(`${bundleFolder(iteration)}/${RECORD}`, recordDocument.print(after)),
  ]);
}

/** The same name, or the same output under another name, is not another run. */
function repeatedRuns(
  tree: TreeFolder,
  bundle: Bundle,
  { iteration, evaluation, report }: EvaluateAct,
): readonly string[] {
  const again = runsAgain(tree, bundle, evaluation, report);
  return [
    ...bundle.record.evaluations
      .filter((run) => run.run === evaluation.run || again.some(({ id }) => id === run.id))
      .map(({ run }) => run),
    ...runsOfAnother(tree, iteration, evaluation, report),
  ];
}

function checkComplete(
  world: World,
  bundle: Bundle,
  evaluation: CompleteEvaluation,
  bytes: Uint8Array | null,
): readonly Reason[] {
  const path = reportFile(evaluation.run);
  if (bytes === null) return [reason('EVIDENCE_MISSING', { path })];
  const digest = sha256(bytes);
  if (digest !== evaluation.report)
    return [reason('FILE_DIFFERS', { path, stated: evaluation.report, found: digest })];
  const report = evaluationReportDocument.parse(bytes, path);
  if (!report.ok)
    return report.problems.map(({ place, message }) => reason('DOCUMENT_UNSOUND', { path, message, place }));
  return [
    ...checkReport(report.value, evaluation.files),
    ...checkScored(report.value.raw),
    ...checkInClear(
      world.law,
      bundle.iteration.line,
      evaluation.files.map((file) => file.path),
      report.value.raw,
    ),
    ...(report.value.raw.length === 0
      ? [reason('EVIDENCE_MISSING', { path: `${rawFolder(evaluation.run)}/` })]
      : []),
    ...checkCompleteness(report.value),
    ...checkModel(report.value, bundle.record.request),
    ...checkDate(report.value, bundle.record.request),
    ...checkYardstick(report.value, bundle.lock),
    ...checkScores(world, bundle, evaluation, report.value),
  ];
}

function checkScores(
  world: World,
  bundle: Bundle,
  evaluation: CompleteEvaluation,
  report: EvaluationReport,
): readonly Reason[] {
  const scored = scoreRun(world, bundle, report);
  if (scored.kind === 'refused') return scored.reasons;
  const [recorded, computed] = [evaluation.scores, scored.scores];
  const differ = (what: string, a: unknown, b: unknown): readonly Reason[] =>
    JSON.stringify(a) === JSON.stringify(b)
      ? []
      : [reason('SCORE_DIFFERS', { what, recorded: JSON.stringify(a), computed: JSON.stringify(b) })];
  return [
    ...differ('core', recorded.core, computed.core),
    ...differ('held-out', recorded.heldOut, computed.heldOut),
    ...differ('regressions', recorded.regressions, computed.regressions),
    ...differ('verdict', [recorded.verdict, recorded.shortfalls], [computed.verdict, computed.shortfalls]),
    ...computed.tasks.flatMap((task, index) => differ(`task ${task.id}`, recorded.tasks[index], task)),
    ...(recorded.tasks.length > computed.tasks.length
      ? differ('number of tasks', recorded.tasks.length, computed.tasks.length)
      : []),
  ];
}
