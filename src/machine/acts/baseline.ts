import { sha256 } from '../../base/digest.ts';
import { Baseline, baselineDocument } from '../../domain/baseline.ts';
import { evaluationReportDocument } from '../../domain/evaluation-report.ts';
import { baselineFolder } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { nodeAt } from '../../domain/tree.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { checkBaselineInClear } from '../confidential.ts';
import { checkEntry } from '../entry-check.ts';
import { checkFiles } from '../file-check.ts';
import { ruleOfLine } from '../law.ts';
import { checkBaselineModel, checkCompleteness, checkReport } from '../report-check.ts';
import type { World } from '../world.ts';

type BaselineAct = Extract<Act, { kind: 'baseline' }>;

/** An evaluation of a model that is not governed here, kept as the mark that candidates are compared with. */
export function decideBaseline(
  world: World,
  { baseline, report, files }: BaselineAct,
  actor: Actor,
): Decision {
  if (ruleOfLine(world.law, baseline.line) === null)
    return refused(reason('LINE_UNKNOWN', { line: baseline.line }));
  const folder = baselineFolder(baseline.line, baseline.id);
  const parsed = evaluationReportDocument.parse(report, `${folder}/report.json`);
  const digest = sha256(report);
  const reasons: readonly Reason[] = [
    ...checkEntry(world, actor, Baseline, baseline, {
      line: baseline.line,
      roles: ['evaluation-owner'],
      reliedOn: [],
      humanOnly: true,
    }),
    ...checkFiles(baseline.files, files),
    ...(files.length === 0 ? [reason('EVIDENCE_MISSING', { path: `${folder}/raw/` })] : []),
    ...(digest === baseline.report
      ? []
      : [reason('FILE_DIFFERS', { path: 'report.json', stated: baseline.report, found: digest })]),
    ...(parsed.ok
      ? [
          ...checkReport(parsed.value, baseline.files),
          ...checkBaselineModel(parsed.value, baseline.model),
          ...checkCompleteness(parsed.value),
          ...checkBaselineInClear(world.law, baseline.line, files, parsed.value.raw),
        ]
      : parsed.problems.map(({ place, message }) =>
          reason('DOCUMENT_UNSOUND', { path: place.file, message, place }),
        )),
    ...(nodeAt(world.tree, folder) === null ? [] : [reason('ENTRY_ALTERED', { path: folder })]),
  ];
  return refusedIf(reasons, () => [
    putText(`${folder}/baseline.json`, baselineDocument.print(baseline)),
    { path: `${folder}/report.json`, bytes: report },
    ...files.map((file) => ({ path: `${folder}/raw/${file.path}`, bytes: file.bytes })),
  ]);
}
