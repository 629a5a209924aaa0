import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actingTerminal } from '../../../src/adapters/actors/acting-terminal.ts';
import { findIn } from '../../../src/commands/shared/views/find-in.ts';
import { showPages } from '../../../src/commands/shared/views/pager.ts';
import type { Terminal } from '../../../src/ports/terminal.ts';

/** Somebody at a screen of ten lines who gives these answers; what is on the screen then, question by question. */
async function leaf(lines: readonly string[], ...answers: readonly string[]) {
  const screens: string[] = [];
  let screen: string[] = [];
  let left = [...answers];
  const terminal = {
    ...{ interactive: true, columns: 60, rows: 10, color: false },
    say: (text: string) => screen.push(...text.split('\n')),
    ask: (question: string) => {
      screens.push([...screen, question].join('\n'));
      screen = [];
      const [answer, ...others] = left;
      left = others;
      return answer === undefined ? Promise.reject(new Error('asked once more')) : Promise.resolve(answer);
    },
  };
  const paged = await showPages(terminal as unknown as Terminal, lines);
  return { paged, screens, rest: screen.join('\n'), left };
}
const numbered = (count: number) => Array.from({ length: count }, (_none, index) => `line ${index + 1}`);
/** Page by page what lay on each screen: the first line of the page, and the question below. */
const pagesOf = (screens: readonly string[]) =>
  screens.map((screen) => /page \d+ of \d+.*:$/.exec(screen)?.[0]);

describe('pages', () => {
  test('what fits is shown at once and nothing is asked, nor where nobody is there', async () => {
    const { paged, screens, rest } = await leaf(numbered(6));
    expect([paged, screens, rest]).toEqual([{ pages: 1, seen: 1 }, [], numbered(6).join('\n')]);
    const said: string[] = [];
    const terminal = { interactive: false, columns: 60, rows: 10, say: (text: string) => said.push(text) };
    await showPages(terminal as unknown as Terminal, numbered(100));
    expect(said).toEqual([numbered(100).join('\n')]);
  });

  test('Enter goes on until the last, and each says which it is', async () => {
    const { paged, screens } = await leaf(numbered(14), '', '', '');
    expect(pagesOf(screens)).toEqual([
      'page 1 of 3 (Enter: the next):',
      'page 2 of 3 (Enter: the next):',
      'page 3 of 3 (Enter: done):',
    ]);
    expect(screens[0]).toMatch(/^3 pages\. Enter: the next page;/);
    expect(screens[1]).toBe(
      'line 7\nline 8\nline 9\nline 10\nline 11\nline 12\npage 2 of 3 (Enter: the next):',
    );
    expect(screens[2]).toMatch(/^line 13\nline 14\npage 3/);
    expect(paged).toEqual({ pages: 3, seen: 3 });
  });

  test('one goes back, to any page, and out', async () => {
    const { paged, screens } = await leaf(numbered(40), 'g 7', 'b', 'g2', ' q ');
    expect(pagesOf(screens)).toEqual([
      ...[
        'page 1 of 7 (Enter: the next):',
        'page 7 of 7 (Enter: done):',
        'page 6 of 7 (Enter: the next):',
        'page 2 of 7 (Enter: the next):',
      ],
    ]);
    expect(paged).toEqual({ pages: 7, seen: 4 });
  });

  test('what leads nowhere is said, and the page is not shown again', async () => {
    const { screens } = await leaf(numbered(40), 'b', 'g 8', 'g 0', 'x', 'n', '/', 'q');
    expect(screens.slice(1).map((screen) => screen.split('\n')[0])).toEqual([
      'this is the first page',
      'there are pages 1 to 7',
      'there are pages 1 to 7',
      ...Array.from({ length: 3 }, () => expect.stringMatching(/^Enter: the next page; b:/) as string),
    ]);
    expect(screens.slice(1).join()).not.toContain('line 1');
  });

  test('a search shows the page of the next line that says so, again and around', async () => {
    const lines = numbered(40).map((line, index) => ([2, 4, 30].includes(index) ? `${line} Fraud` : line));
    const { screens } = await leaf(lines, '/fraud', 'n', '/ fraud', 'n', 'n', '/nothing like it', 'q');
    const found = screens.map((screen) => screen.split('\n').slice(-3));
    expect(found.slice(1, 5)).toEqual([
      ['found in line 3 of page 1:', 'line 3 Fraud', 'page 1 of 7 (Enter: the next):'],
      ['found in line 5 of page 1:', 'line 5 Fraud', 'page 1 of 7 (Enter: the next):'],
      ['found in line 1 of page 6:', 'line 31 Fraud', 'page 6 of 7 (Enter: the next):'],
      [
        'from the beginning again: found in line 3 of page 1:',
        'line 3 Fraud',
        'page 1 of 7 (Enter: the next):',
      ],
    ]);
    expect(screens[3]).toMatch(/^line 31 Fraud\nline 32\n/);
    expect(screens[1]).not.toContain('line 1\n');
    expect(screens[6]).toBe('no line says “nothing like it”\npage 1 of 7 (Enter: the next):');
  });

  test('a search goes on from the page that was gone to', async () => {
    const lines = numbered(40).map((line) => `${line} x`);
    const { screens } = await leaf(lines, '/x', 'g 5', 'n', 'q');
    expect(screens[3]).toContain('found in line 1 of page 5:');
  });

  test('whoever breaks off gets no further', async () => {
    await expect(leaf(numbered(40), '')).rejects.toThrow('asked once more');
  });

  test('on a screen of no height there are pages of five lines', async () => {
    const asked: string[] = [];
    const terminal = {
      ...{ interactive: true, columns: 60, rows: 1, say: () => undefined },
      ask: (question: string) => Promise.resolve(asked.push(question) > 0 ? '' : ''),
    };
    await showPages(terminal as unknown as Terminal, numbered(11));
    expect(asked).toHaveLength(3);
  });

  test('the person of the demonstration leafs through to the end', async () => {
    const real = { interactive: true, columns: 60, rows: 10 } as unknown as Terminal;
    const terminal = actingTerminal(real, 'Fine.');
    expect(await showPages(terminal, numbered(40))).toEqual({ pages: 7, seen: 7 });
  });

  test('any wishes end where the answers do, and each line was on some page', async () => {
    const wish = fc.constantFrom('', 'b', 'g 3', 'g 99', '/line 1', 'n', 'x', '/');
    await fc.assert(
      fc.asyncProperty(
        fc.array(wish, { maxLength: 20 }),
        fc.integer({ min: 7, max: 60 }),
        async (wishes, count) => {
          const { screens, paged } = await leaf(numbered(count), ...wishes, 'q');
          expect(screens.length).toBeLessThanOrEqual(wishes.length + 1);
          expect(paged.seen).toBeLessThanOrEqual(paged.pages);
          const { screens: all } = await leaf(
            numbered(count),
            ...Array.from({ length: paged.pages }, () => ''),
          );
          for (const line of numbered(count)) expect(all.join('\n')).toContain(line);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('finding', () => {
  const lines = [
    'The claim was',
    '  routed to',
    '',
    'Straße, Ünder',
    'motor',
    'ＭＯＴＯＲ \u001b[1mbo\u001b[0mld',
  ];

  test.each([
    ['the first line from a place on', 'motor', 0, 4],
    ['one after it', 'motor', 5, 5],
    ['nothing after the last', 'motor', 6, null],
    ['another case', 'THE CLAIM', 0, 0],
    ['another spelling of a letter', 'u\u0308nder', 0, 3],
    ['letters that are two in upper case', 'STRASSE', 0, 3],
    ['what a colour divides', 'bold', 0, 5],
    ['words that a line break divides', 'was routed  to straße', 0, 0],
    ['only what begins in the line', 'routed', 0, 1],
    ['no words that are not there', 'claim routed', 0, null],
    ['nothing for nothing', ' ', 0, null],
    ['from the beginning, for a place before it', 'motor', -3, 4],
  ])('%s', (_what, text, from, found) => {
    expect(findIn(lines, text, from)).toBe(found);
  });

  test('a line is found by any piece of it', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 30 });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), fc.nat(), (all, at) => {
        const text = all[at % all.length] ?? '';
        const found = findIn(all, text, 0);
        if (text.normalize('NFKC').trim() === '') expect(found).toBeNull();
        else expect(found).toBeLessThanOrEqual(at % all.length);
      }),
    );
  });
});
