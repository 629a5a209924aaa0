import { isDemonstration } from '../../../domain/repository.ts';
import { toIterationId } from '../../../domain/names.ts';
import { MODEL_CARD, ROLLBACK_PROCEDURE } from '../../../domain/paths.ts';
import type { GateRule } from '../../../machine/gate-rule.ts';
import { standingOf } from '../../../machine/standing.ts';
import type { Bundle, World } from '../../../machine/world.ts';
import { documentLines } from '../views/document-lines.ts';
import { decisionLines } from '../review/decision-lines.ts';
import { escapeShown } from '../terminal/escape.ts';
import { separationLines, separationWaiver } from '../views/notices.ts';
import { scoresTable } from '../intake/scores-table.ts';
import { seatNames } from '../views/seat-names.ts';
import { subjectLines } from '../review/subject-lines.ts';
import { wrap, type Style } from '../terminal/style.ts';
import type { Desk } from '../opening/write.ts';

export interface GateScreen {
  /** What the person is about to do, such as `approve`. */
  readonly act: string;
  readonly desk: Desk;
  readonly bundle: Bundle;
  readonly rules: readonly GateRule[];
  /** Leaves out the documents and the facts that a rejection does not turn on. */
  readonly brief: boolean;
  readonly style: Style;
  readonly columns: number;
}

/** Everything a person should have seen before signing, top down, at the width of the terminal. */
export function gateScreen(screen: GateScreen): string {
  const { desk, bundle, style, brief } = screen;
  const columns = Math.min(screen.columns, 100);
  const { world } = desk.workspace;
  const standing = standingOf(world, bundle, desk.actor.clock);
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', style.bold(title), ...lines];
  return [
    ...banner(screen, world, columns),
    ...section('What it is', subjectLines(world.law, bundle, columns, brief)),
    ...section('Evaluation', evaluations(bundle, style, columns)),
    ...section('Decisions so far', decisionLines(world, bundle, standing, style, columns)),
    ...(brief ? [] : section('Model card', documentLines(bundle, MODEL_CARD, columns))),
    ...(brief ? [] : section('Rollback procedure', documentLines(bundle, ROLLBACK_PROCEDURE, columns))),
    '',
    '',
  ].join('\n');
}

/** What is decided, by whom, where: before the parts are gone through one by one. */
export function gateHead(screen: GateScreen): string {
  return banner(screen, screen.desk.workspace.world, Math.min(screen.columns, 100)).join('\n');
}

function banner(
  { act, desk, bundle, rules, style }: GateScreen,
  world: World,
  columns: number,
): readonly string[] {
  const { principal } = desk.who;
  const [edge] = rules.map((rule) => rule.edge);
  const way = edge === undefined ? '' : `   ${edge.from} → ${edge.to}`;
  return [
    ...(isDemonstration(world.law.repository) ? ['DEMONSTRATION'] : []),
    ...wrap(`${toIterationId(bundle.iteration)}${way}`, columns).map((line) => style.bold(line)),
    ...wrap(
      `${act} at ${seatNames(rules)}, as ${principal.id}${principal.name === principal.id ? '' : ` (${escapeShown(principal.name)})`}`,
      columns,
    ),
    ...waiverLines(world, bundle, style, columns),
  ];
}

/** Said with everything that is released where separation of duties is waived. */
export function waiverLines(world: World, bundle: Bundle, style: Style, columns: number): readonly string[] {
  return separationLines(separationWaiver(world, [bundle]))
    .flatMap((line) => wrap(line, columns))
    .map((line) => style.careful(line));
}

function evaluations(bundle: Bundle, style: Style, columns: number): readonly string[] {
  return bundle.record.evaluations.flatMap((run) =>
    run.status === 'complete'
      ? scoresTable(bundle, run, style, columns)
      : wrap(`run ${run.run}: errored, which is not failed: ${escapeShown(run.error)}`, columns),
  );
}
