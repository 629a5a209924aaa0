import type { Terminal } from '../../../ports/terminal.ts';
import { escapeShown } from '../terminal/escape.ts';
import { findIn } from './find-in.ts';
import { counted } from './notices.ts';
import { wrap } from '../terminal/style.ts';

/** Lines of a page, at the least. */
const FEWEST = 5;
/** Lines that the question below a page takes, and what is said before it. */
const BELOW = 4;

/** What somebody has looked at. */
export interface Paged {
  readonly pages: number;
  /** How many of them were on the screen. */
  readonly seen: number;
}

/**
 * Shows lines a page at a time and asks after each where to go: nothing but lines, one after the other, so that a screen
 * reader reads them and nothing is said by colour. All at once where they fit, or where nobody is at the terminal.
 * @param lines escaped, and wrapped to the width. @throws CannotTell NOT_PERMITTED when the person breaks off.
 */
export async function showPages(terminal: Terminal, lines: readonly string[]): Promise<Paged> {
  const size = Math.max(FEWEST, terminal.rows - BELOW);
  const pages = Math.max(1, Math.ceil(lines.length / size));
  const show = (page: number): void => terminal.say(lines.slice(page * size, (page + 1) * size).join('\n'));
  const say = (text: string): void => terminal.say(wrap(text, terminal.columns).join('\n'));
  if (pages === 1 || !terminal.interactive) {
    terminal.say(lines.join('\n'));
    return { pages: 1, seen: 1 };
  }
  say(`${counted(pages, 'page')}. ${HELP}`);
  const seen = new Set<number>();
  let [page, shown] = [0, -1];
  let search: { readonly text: string; readonly line: number } | null = null;
  for (;;) {
    if (page !== shown) show(page);
    seen.add(page);
    shown = page;
    const answer = (await terminal.ask(question(page, pages))).trim();
    const wish = wishOf(answer, search?.text ?? null);
    switch (wish.kind) {
      case 'done':
        return { pages, seen: seen.size };
      case 'next':
        if (page === pages - 1) return { pages, seen: seen.size };
        page += 1;
        break;
      case 'go': {
        const to = wish.page ?? page - 1;
        if (to >= 0 && to < pages) page = to;
        else say(wish.page === null ? 'this is the first page' : `there are pages 1 to ${pages}`);
        break;
      }
      case 'search': {
        const here = search?.text === wish.text && Math.floor(search.line / size) === page;
        const from = here ? (search?.line ?? 0) + 1 : page * size;
        const ahead = findIn(lines, wish.text, from);
        const line: number | null = ahead ?? findIn(lines, wish.text, 0);
        if (line === null) {
          say(`no line says “${escapeShown(wish.text)}”`);
          break;
        }
        search = { text: wish.text, line };
        page = Math.floor(line / size);
        if (page !== shown) show(page);
        shown = page;
        say(
          `${ahead === null ? 'from the beginning again: ' : ''}found in line ${(line % size) + 1} of page ${page + 1}:`,
        );
        terminal.say(lines[line] ?? '');
        break;
      }
      case 'unknown':
        say(HELP);
    }
  }
}

const HELP =
  'Enter: the next page; b: the one before; g 3: page 3; /word: the next line with that word; n: the one after it; q: done.';

function question(page: number, pages: number): string {
  return `page ${page + 1} of ${pages} (Enter: ${page === pages - 1 ? 'done' : 'the next'}):`;
}

type Wish =
  | { readonly kind: 'next' | 'done' | 'unknown' }
  /** Counted from 0; null for the one before. */
  | { readonly kind: 'go'; readonly page: number | null }
  | { readonly kind: 'search'; readonly text: string };

function wishOf(answer: string, sought: string | null): Wish {
  if (answer === '') return { kind: 'next' };
  if (answer === 'q') return { kind: 'done' };
  if (answer === 'b') return { kind: 'go', page: null };
  const number = /^g ?(\d{1,9})$/.exec(answer)?.[1];
  if (number !== undefined) return { kind: 'go', page: Number(number) - 1 };
  const text = answer.startsWith('/') ? answer.slice(1).trim() || sought : answer === 'n' ? sought : null;
  return text === null ? { kind: 'unknown' } : { kind: 'search', text };
}
