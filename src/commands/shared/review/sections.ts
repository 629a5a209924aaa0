import { MODEL_CARD, ROLLBACK_PROCEDURE } from '../../../domain/paths.ts';
import { checkStandings } from '../../../machine/check-standing.ts';
import { standingOf } from '../../../machine/standing.ts';
import { checkReportOf } from '../../../machine/world.ts';
import { checkLines, findingLines } from './check-lines.ts';
import { confidentialLines } from '../confidential/lines.ts';
import { decisionLines } from './decision-lines.ts';
import { documentLines } from '../views/document-lines.ts';
import { escapeShown } from '../terminal/escape.ts';
import { waiverLines } from '../views/exception-text.ts';
import { exceptionViews } from '../views/exception-view.ts';
import { scoresTable } from '../intake/scores-table.ts';
import { subjectLines } from './subject-lines.ts';
import { quoted, wrap } from '../terminal/style.ts';
import { attemptLines } from './attempt-lines.ts';
import { changeLines } from './change-lines.ts';
import type { ReviewGround, Section } from './ground.ts';
import { regressionLines } from './regression-lines.ts';

/** Documents are read to the end, page by page. */
const ALL = Number.POSITIVE_INFINITY;

/** Everything a person should have read before deciding, in the order in which it is read. */
export function reviewSections(ground: ReviewGround): readonly Section[] {
  const { world, bundle, at, style, columns } = ground;
  const standing = standingOf(world, bundle, at);
  return [
    { title: 'What it is', lines: subjectLines(world.law, bundle, columns, false) },
    { title: 'Scores', lines: scoreLines(ground) },
    { title: 'Regressions by task', lines: regressionLines(ground) },
    { title: 'Earlier attempts', lines: attemptLines(ground) },
    { title: 'Change and risk', lines: changeLines(ground) },
    ...exceptionSection(ground),
    ...checkSection(ground),
    ...confidentialSection(ground),
    { title: 'Model card', lines: documentLines(bundle, MODEL_CARD, columns, ALL) },
    { title: 'Rollback procedure', lines: documentLines(bundle, ROLLBACK_PROCEDURE, columns, ALL) },
    {
      title: 'Decisions and words so far',
      lines: [...decisionLines(world, bundle, standing, style, columns), ...wordLines(ground)],
    },
  ];
}

function scoreLines({ bundle, style, columns }: ReviewGround): readonly string[] {
  const { evaluations } = bundle.record;
  if (evaluations.length === 0) return ['  nothing was evaluated yet'];
  return evaluations.flatMap((run) =>
    run.status === 'complete'
      ? scoresTable(bundle, run, style, columns)
      : wrap(`run ${run.run}: errored, which is not failed: ${escapeShown(run.error)}`, columns),
  );
}

/** What the policy asks for, and the newest result of each check in its words; no section where there is neither. */
function checkSection({ world, bundle, at, style, columns }: ReviewGround): readonly Section[] {
  const newest = new Map((bundle.record.checks ?? []).map((check) => [check.name, check]));
  const lines = [
    ...checkLines(checkStandings(world, bundle, at), style, columns),
    ...[...newest.values()].flatMap(({ id, name }) =>
      findingLines(name, checkReportOf(bundle, id), style, columns),
    ),
  ];
  return lines.length === 0 ? [] : [{ title: 'Checks', lines }];
}

/** What was waived to let it in, and what is done in its place; no section where nothing was. */
function exceptionSection({ world, bundle, at, columns }: ReviewGround): readonly Section[] {
  const lines = exceptionViews(world, bundle, at).flatMap((view) => waiverLines(view, columns));
  return lines.length === 0 ? [] : [{ title: 'Exceptions it needs', lines }];
}

/** What only some may read: where its content is, and that of what was erased nothing can be looked at. */
function confidentialSection({ bundle, columns }: ReviewGround): readonly Section[] {
  const lines = confidentialLines(bundle, columns);
  return lines.length === 0 ? [] : [{ title: 'Confidential files', lines }];
}

function wordLines({ bundle, columns }: ReviewGround): readonly string[] {
  return bundle.comments.flatMap((entry) => [
    ...wrap(
      `${entry.time}  ${entry.principal} (${entry.role})  ${entry.act === 'expedite' ? `wants a decision by ${entry.due}` : 'comments'}`,
      columns - 4,
    ).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`),
    ...quoted(entry.reason, columns, '    | '),
  ]);
}
