import type { NonEmpty } from '../base/nonempty.ts';
import type { EvaluationReport } from '../domain/evaluation-report.ts';
import { RUBRIC } from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { rubricDocument, type Rubric } from '../domain/rubric.ts';
import type { ScoresRecord } from '../domain/scores.ts';
import { fileAt } from '../domain/tree.ts';
import { score, type Scored, type ScoreFault } from './score.ts';
import { scoresRecord } from './thresholds.ts';
import { trustedFile } from './trusted-files.ts';
import { lockedBaseline, type Bundle, type World } from './world.ts';

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
  const { lock, folder } = bundle;
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
  const rubric = trustedFile(rubricDocument, file, RUBRIC);
  const exact = score(rubric, report, lockedBaseline(world.tree, bundle).report);
  if (exact.kind === 'scored')
    return { kind: 'scored', scores: scoresRecord(exact, lock.thresholds), exact, rubric };
  const [first, ...rest] = exact.faults;
  return { kind: 'refused', reasons: [unscorable(first), ...rest.map(unscorable)] };
}

export function unscorable({ code, facts }: ScoreFault): Reason {
  return reason('EVAL_UNSCORABLE', { fault: code, facts });
}
