import { CannotTell } from '../../base/errors.ts';
import { toIterationId } from '../../domain/names.ts';
import type { Bundle } from '../../machine/world.ts';
import type { View } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { itemLines } from '../shared/intake/item-lines.ts';
import { itemCountLines, itemsOf, type ItemOfIteration, type RunItems } from '../shared/intake/run-items.ts';
import { styleOf, wrap } from '../shared/terminal/style.ts';

/** Which items are asked for; null for all. */
export interface ItemChoice {
  readonly run: string | null;
  readonly task: string | null;
  readonly item: string | null;
}

/** The items in the transcripts of a bundle. @throws CannotTell NO_INPUT where none is what was asked for. */
export function showItems(
  context: Pick<Context, 'items' | 'opened'>,
  bundle: Bundle,
  choice: ItemChoice,
): { readonly json: object; lines(view: View): readonly string[] } {
  const it = toIterationId(bundle.iteration);
  const all = bundle.record.evaluations.map((run) => itemsOf(context, bundle, run));
  const runs = all
    .filter(({ run }) => choice.run === null || run === choice.run)
    .map((of) => ({ ...of, items: of.items.filter((item) => isChosen(item, choice)) }));
  const chosen = runs.flatMap(({ items }) => items);
  const { run, task, item } = choice;
  if (chosen.length === 0 && [run, task, item].some((name) => name !== null)) {
    throw new CannotTell('NO_INPUT', `${it} has no such item`, {
      facts: all.flatMap((run) => itemCountLines(run, Number.POSITIVE_INFINITY)),
      remedy: `modelsmith show ${it} --items`,
    });
  }
  return {
    json: { runs },
    lines: ({ columns, color }) => [
      ...all.flatMap((run) => itemCountLines(run, columns)),
      ...(all.some(hasTranscripts) ? [] : wrap(`${it} has no transcripts: none came with its runs`, columns)),
      ...chosen.flatMap((item) => ['', ...itemLines(item, styleOf(color), columns)]),
    ],
  };
}

function isChosen(item: ItemOfIteration, { task, item: name }: ItemChoice): boolean {
  return (task === null || item.task === task) && (name === null || item.item === name);
}

function hasTranscripts({ items, unread, closed }: RunItems): boolean {
  return items.length + unread.length + closed.length > 0;
}
