import type { EvaluationReport } from '../../domain/evaluation-report.ts';
import { Lock, lockDocument } from '../../domain/lock.ts';
import type { LineName } from '../../domain/names.ts';
import { lockFile } from '../../domain/paths.ts';
import type { LineRule } from '../../domain/line-rule.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import type { Rubric } from '../../domain/rubric.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { checkEntry } from '../entry-check.ts';
import { ruleOfLine, type Law } from '../law.ts';
import { stopOf } from '../overrides.ts';
import { checkBaselineDate } from '../report-check.ts';
import { unscorable } from '../run-score.ts';
import { score } from '../score.ts';
import { baselineNamed, lockNamed, type World } from '../world.ts';

type LockAct = Extract<Act, { kind: 'lock' }>;

/** A lock fixes what the policy says at that moment: rubric, thresholds, number of runs, and what the baseline ran. */
export function decideLock(world: World, { lock }: LockAct, actor: Actor): Decision {
  const rule = ruleOfLine(world.law, lock.line);
  if (rule === null) return refused(reason('LINE_UNKNOWN', { line: lock.line }));
  const rubric = world.law.rubrics.get(rule.rubric);
  if (rubric === undefined) return refused(reason('RUBRIC_UNKNOWN', { rubric: rule.rubric }));
  const baseline = baselineNamed(world.before ?? world.tree, lock.line, lock.baseline.id);
  if (baseline === null) return refused(reason('BASELINE_UNKNOWN', { baseline: lock.baseline.id }));
  const reasons = [
    ...stopReasons(world.law, lock.line),
    ...(baseline.baseline.comparator === true
      ? [
          reason('BASELINE_IS_COMPARATOR', {
            baseline: lock.baseline.id,
            model: baseline.baseline.model,
          }),
        ]
      : []),
    ...checkEntry(world, actor, Lock, lock, {
      line: lock.line,
      roles: ['pipeline', 'evaluation-owner'],
      reliedOn: [lock.baseline.id],
    }),
    ...differences(lock, rule, rubric.sha256, rubric.rubric, baseline.baseline.report, baseline.report),
    ...unscorableBaseline(rubric.rubric, baseline.report),
    ...checkBaselineDate(baseline.report, lock),
    ...(lockNamed(world.tree, lock.line, lock.id) === null
      ? []
      : [reason('ENTRY_ALTERED', { path: lockFile(lock.line, lock.id) })]),
  ];
  return refusedIf(reasons, () => [putText(lockFile(lock.line, lock.id), lockDocument.print(lock))]);
}

/** A line that was stopped takes neither new locks nor new requests; what is on its way goes on. */
export function stopReasons(law: Law, line: LineName): readonly Reason[] {
  const stop = stopOf(law.overrides, line);
  return stop === null
    ? []
    : [reason('CANDIDATES_STOPPED', { line, override: stop.id, reason: stop.reason })];
}

/** What a lock of this rule and baseline has to say. Used to write one and to judge one. */
export function lockedContent(
  rule: LineRule,
  rubricDigest: Lock['rubric']['sha256'],
  rubric: Rubric,
  baselineReport: Lock['baseline']['report'],
  report: EvaluationReport,
) {
  const wanted = new Set(rubric.tasks.map((task) => task.task));
  const rows = report.tasks.filter((row) => wanted.has(row.task));
  return {
    rubric: { name: rubric.name, sha256: rubricDigest },
    thresholds: rule.thresholds,
    runs: rule.runs,
    harness: { name: report.harness.name, version: report.harness.version },
    tasks: [...new Map(rows.map((row) => [row.task, row])).values()]
      .sort((a, b) => (a.task < b.task ? -1 : 1))
      .map(({ task, version, hash }) => ({ task, version, ...(hash !== undefined && { hash }) })),
    baselineReport,
  };
}

function differences(
  lock: Lock,
  rule: LineRule,
  rubricDigest: Lock['rubric']['sha256'],
  rubric: Rubric,
  baselineReport: Lock['baseline']['report'],
  report: EvaluationReport,
): readonly Reason[] {
  const due = lockedContent(rule, rubricDigest, rubric, baselineReport, report);
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['rubric', lock.rubric, due.rubric],
    ['thresholds', lock.thresholds, due.thresholds],
    ['runs', lock.runs, due.runs],
    ['harness', lock.harness, due.harness],
    ['tasks', lock.tasks, due.tasks],
    ['baseline report', lock.baseline.report, due.baselineReport],
  ];
  return pairs.flatMap(([what, has, wants]) => {
    const [stated, expected] = [JSON.stringify(has), JSON.stringify(wants)];
    return stated === expected
      ? []
      : [reason('LOCK_DIFFERS_FROM_POLICY', { what, lock: stated, policy: expected })];
  });
}

/** A baseline that the rubric cannot score would make every later regression count unanswerable. */
function unscorableBaseline(rubric: Rubric, report: EvaluationReport): readonly Reason[] {
  const result = score(rubric, report, report);
  return result.kind === 'scored' ? [] : result.faults.map(unscorable);
}
