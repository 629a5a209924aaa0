import type { NonEmpty } from '../base/nonempty.ts';
import type { EvaluationReport } from '../domain/evaluation-report.ts';
import { RUBRIC } from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { rubricDocument, type Rubric } from '../domain/rubric.ts';
import type { ScoresRecord } from '../domain/scores.ts';
import { fileAt } from '../domain/tree.ts';
import { score, type Scored } from './score.ts';
import { scoresRecord } from './thresholds.ts';
import { baselineNamed, parseFile, type Bundle, type World } from './world.ts';

export type RunScore =
  | {
      readonly kind: 'scored';
      readonly scores: ScoresRecord;
      readonly exact: Scored;
      readonly rubric: Rubric;
    }
  | { readonly kind: 'refused'; readonly reasons: NonEmpty<Reason> };

/** Scores a report by the iteration's locked rubric, baseline and thresholds. */
export function scoreRun(world: Pick<World, 'tree'>, bundle: Bundle, report: EvaluationReport): RunScore {
  const { lock, folder, iteration } = bundle;
  const file = fileAt(folder, RUBRIC);
  if (file?.sha256 !== lock.rubric.sha256) {
    return {
      kind: 'refused',
      reasons: [
        reason('FILE_DIFFERS', {
          path: RUBRIC,
          stated: lock.rubric.sha256,
          found: file?.sha256 ?? 'no file',
        }),
      ],
    };
  }
  const rubric = parseFile(rubricDocument, file, RUBRIC);
  const baseline = baselineNamed(world.tree, iteration.line, lock.baseline.id);
  if (baseline === null)
    return { kind: 'refused', reasons: [reason('BASELINE_UNKNOWN', { baseline: lock.baseline.id })] };
  if (!rubric.ok) {
    const [{ place, message }] = rubric.problems;
    return { kind: 'refused', reasons: [reason('DOCUMENT_UNSOUND', { path: RUBRIC, message, place })] };
  }
  const exact = score(rubric.value, report, baseline.report);
  if (exact.kind === 'scored')
    return { kind: 'scored', scores: scoresRecord(exact, lock.thresholds), exact, rubric: rubric.value };
  const [first, ...rest] = exact.faults.map(({ code, facts }) =>
    reason('EVAL_UNSCORABLE', { fault: code, facts }),
  );
  if (first === undefined) throw new Error('a refused score without a fault');
  return { kind: 'refused', reasons: [first, ...rest] };
}
