import { completeRuns } from '../../../machine/verdict.ts';
import type { Bundle } from '../../../machine/world.ts';
import type { Terminal } from '../../../ports/terminal.ts';
import type { Context } from '../context.ts';
import { escapeShown } from '../terminal/escape.ts';
import { findIn } from '../views/find-in.ts';
import { counted } from '../views/notices.ts';
import { showPages } from '../views/pager.ts';
import { itemLines } from '../intake/item-lines.ts';
import { itemCountLines, itemsOf, type ItemOfIteration } from '../intake/run-items.ts';
import type { Style } from '../terminal/style.ts';

export interface Transcripts {
  /** Sorted by key. */
  readonly items: readonly ItemOfIteration[];
  /** Counts by task, and in words what could not be read; escaped. */
  readonly summary: readonly string[];
  /** Whether some are not at hand that somebody has: then nobody can draw among all of them. */
  readonly isPartial: boolean;
}

/** The items of every complete run. */
export function transcriptsOf(
  context: Pick<Context, 'items' | 'opened'>,
  bundle: Bundle,
  columns: number,
): Transcripts {
  const found = completeRuns(bundle).map((run) => itemsOf(context, bundle, run));
  return {
    items: found.flatMap(({ items }) => items).sort((a, b) => (a.key < b.key ? -1 : 1)),
    summary: found.flatMap((run) => itemCountLines(run, columns)),
    isPartial: found.some(({ closed }) => closed.some(({ kept }) => kept !== 'erased')),
  };
}

/** What a person walks around in: a list by number, search in everything, one item at a time. */
export async function browse(
  terminal: Terminal,
  { items, summary }: Transcripts,
  style: Style,
  columns: number,
): Promise<void> {
  for (const line of summary) terminal.say(line);
  if (items.length === 0) {
    terminal.say('  no items can be read from the transcripts; the raw files are in the bundle');
    return;
  }
  let shown: readonly ItemOfIteration[] = items;
  terminal.say(listed(shown, items.length));
  for (;;) {
    const answer = (
      await terminal.ask(`1-${shown.length}: read an item, /text: search, a: all items, Enter: back?`)
    ).trim();
    const number = /^\d{1,8}$/.test(answer) ? Number(answer) : 0;
    const item = shown[number - 1];
    if (answer === '') return;
    if (answer.startsWith('/')) {
      shown = matching(items, answer.slice(1));
      if (shown.length === 0) terminal.say(`  nothing holds ${escapeShown(answer.slice(1))}`);
      if (shown.length === 0) shown = items;
      terminal.say(listed(shown, items.length));
    } else if (answer === 'a') {
      shown = items;
      await showPages(terminal, shown.map(numbered));
    } else if (item !== undefined) {
      await showPages(terminal, itemLines(item, style, columns));
    } else terminal.say('that is none of these');
  }
}

const FIRST = 10;

function listed(shown: readonly ItemOfIteration[], of: number): string {
  const more = shown.length - FIRST;
  return [
    `  ${shown.length === of ? counted(of, 'item') : `${shown.length} of ${counted(of, 'item')}`}`,
    ...shown.slice(0, FIRST).map(numbered),
    ...(more > 0 ? [`  and ${more} more, by their numbers (a lists them)`] : []),
  ].join('\n');
}

function numbered({ key }: ItemOfIteration, index: number): string {
  return `  ${index + 1}  ${escapeShown(key)}`;
}

function matching(items: readonly ItemOfIteration[], text: string): readonly ItemOfIteration[] {
  return items.filter(
    ({ key, input, output, expected }) => findIn([key, input, output, expected ?? ''], text, 0) !== null,
  );
}
