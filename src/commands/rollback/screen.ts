import { toIterationId, type LineName } from '../../domain/names.ts';
import { ROLLBACK_PROCEDURE } from '../../domain/paths.ts';
import { isDemonstration } from '../../domain/repository.ts';
import { bundleOf } from '../../machine/world.ts';
import { aliasSentences, aliasViews } from '../shared/views/alias-view.ts';
import { documentLines } from '../shared/views/document-lines.ts';
import { explain } from '../shared/explaining/explain.ts';
import { hanging, wrap, type Style } from '../shared/terminal/style.ts';
import type { Desk } from '../shared/opening/write.ts';
import type { Course, Planned } from './plan.ts';

export interface ScreenView {
  readonly columns: number;
  readonly style: Style;
}

/** Where aliases point, where they go, and how the way back is gone by the procedure of what is left. */
export function rollbackScreen(
  desk: Desk,
  line: LineName,
  { left, wanted, stays }: Course,
  { moves }: Planned,
  { columns, style }: ScreenView,
): string {
  const { world } = desk.workspace;
  const wide = Math.min(columns, 100);
  const bundle = left === null ? null : bundleOf(world.tree, { line, version: left });
  const now = aliasViews(world, line, desk.actor.clock).flatMap((view) => aliasSentences(line, view));
  const part = (title: string, lines: readonly string[]): readonly string[] => [
    '',
    style.bold(title),
    ...lines,
  ];
  return [
    ...(isDemonstration(world.law.repository) ? ['DEMONSTRATION'] : []),
    style.bold(`Roll back ${line}`),
    ...part(
      'Where aliases point now',
      now.flatMap((text) => hanging(`  ${text}`, wide)),
    ),
    ...part(
      'What you sign',
      [
        ...wanted.map(({ alias, version }) =>
          moves.some((move) => move.alias === alias)
            ? `  ${alias}: ${moves.find((move) => move.alias === alias)?.from ?? 'nothing'} → ${version}, and pinned there`
            : `  ${alias}: the first of two words on ${version}; nothing moves before the other`,
        ),
        ...stays.map(({ alias, why }) => `  ${alias}: stays; ${explain(why).sentence}`),
      ].flatMap((text) => hanging(text, wide)),
    ),
    ...(bundle === null
      ? []
      : part(
          `Rollback procedure of ${toIterationId(bundle.iteration)}`,
          documentLines(bundle, ROLLBACK_PROCEDURE, wide),
        )),
    '',
    ...wrap(
      'What is pinned stays: promotions and deprecations are recorded and do not move it, until somebody unpins it.',
      wide,
    ),
    ...wrap(IN_THE_WORLD, wide),
    '',
    '',
  ].join('\n');
}

export const IN_THE_WORLD =
  'A signature says where an alias has to point, and moves nothing in the world: whatever deploys by the aliases carries it out.';
