import { sha256 } from '../../base/digest.ts';
import { CheckResult, checkerOf } from '../../domain/check.ts';
import { checkReportDocument, statusOf } from '../../domain/check-report.ts';
import { toIterationId } from '../../domain/names.ts';
import { bundleFolder, checkRawFolder, checkReportFile, RECORD } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { recordDocument } from '../../domain/record.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { checkEntry } from '../entry-check.ts';
import { fileProblems } from '../evidence-rules.ts';
import { checkFiles } from '../file-check.ts';
import { checkRoom } from '../record-room.ts';
import { checkReport } from '../report-check.ts';
import { bundleOf, type World } from '../world.ts';

type CheckAct = Extract<Act, { kind: 'check' }>;

/** What an outside tool found, recorded by the automation that runs it and by nobody else. */
export function decideCheck(world: World, act: CheckAct, actor: Actor): Decision {
  const { iteration, check, files, report } = act;
  const bundle = bundleOf(world.tree, iteration);
  if (bundle === null) return refused(reason('ITERATION_UNKNOWN', { iteration: toIterationId(iteration) }));
  const { record } = bundle;
  const { request, checks = [] } = record;
  const after = { ...record, checks: [...checks, check] };
  const folder = bundleFolder(iteration);
  const reportPath = checkReportFile(check.id);
  const raw = checkRawFolder(check.id);
  const reasons = [
    ...checkEntry(world, actor, CheckResult, check, {
      line: iteration.line,
      roles: [checkerOf(check.name)],
      reliedOn: [request.id],
    }),
    ...(record.state === 'deprecated'
      ? [
          reason('STATE_OTHER', {
            iteration: toIterationId(iteration),
            state: record.state,
            needed: 'any other',
          }),
        ]
      : []),
    ...(check.artifact === request.artifact.digest
      ? []
      : [
          reason('EVAL_OTHER_MODEL', {
            what: 'artifact',
            requested: request.artifact.digest,
            evaluated: check.artifact,
          }),
        ]),
    ...checkFiles(check.files, files),
    // They are evidence at a gate, and nobody can put others in their place.
    ...files.flatMap(({ path, bytes }) => fileProblems(`${raw}/${path}`, bytes)),
    ...checkFindings(check, report, reportPath),
    ...checkRoom(record, check, after),
  ];
  return refusedIf(reasons, () => [
    ...files.map(({ path, bytes }) => ({ path: `${folder}/${raw}/${path}`, bytes })),
    { path: `${folder}/${reportPath}`, bytes: report },
    putText(`${folder}/${RECORD}`, recordDocument.print(after)),
  ]);
}

/** The report is the one that was signed, is about the files that were signed, and says what the result says. */
function checkFindings(check: CheckResult, bytes: Uint8Array, path: string): readonly Reason[] {
  const found = sha256(bytes);
  if (found !== check.report) return [reason('FILE_DIFFERS', { path, stated: check.report, found })];
  const report = checkReportDocument.parse(bytes, path);
  if (!report.ok)
    return report.problems.map(({ place, message }) => reason('DOCUMENT_UNSOUND', { path, message, place }));
  const status = statusOf(report.value);
  return [
    // Each is in the other: nothing lies beside what the report was made from.
    ...checkReport(report.value, check.files),
    ...checkReport({ raw: check.files }, report.value.raw),
    ...(status === check.status
      ? []
      : [reason('SCORE_DIFFERS', { what: `check ${check.name}`, recorded: check.status, computed: status })]),
  ];
}
