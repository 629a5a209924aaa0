import type { Terminal } from '../../../ports/terminal.ts';
import { CannotTell } from '../../../base/errors.ts';
import { showPages } from '../views/pager.ts';
import { styleOf } from '../terminal/style.ts';
import type { Section } from './ground.ts';

/** A part that is not read but walked around in, such as the transcripts. */
export interface Place {
  /** What is typed to go there. */
  readonly key: string;
  readonly title: string;
  go(): Promise<void>;
}

/**
 * Goes through the sections one after another, a line asked after each: the way on is Enter, and every section can be gone
 * back to by its number. Nothing is drawn over, so that a slow line and a screen reader see the same as everybody.
 * @throws CannotTell NOT_PERMITTED where the person breaks off.
 */
export async function walkSections(
  terminal: Terminal,
  color: boolean,
  sections: readonly Section[],
  places: readonly Place[],
): Promise<void> {
  const style = styleOf(color);
  let at = 0;
  while (at < sections.length) {
    const section = sections[at];
    if (section === undefined) return;
    terminal.say(`\n${style.bold(`${at + 1} of ${sections.length}: ${section.title}`)}`);
    await showPages(terminal, section.lines);
    const next = sections[at + 1];
    const onward = next === undefined ? 'on to the decision' : `on to ${next.title}`;
    at = await askWhere(terminal, sections, places, { at, onward });
  }
}

async function askWhere(
  terminal: Terminal,
  sections: readonly Section[],
  places: readonly Place[],
  { at, onward }: { readonly at: number; readonly onward: string },
): Promise<number> {
  // Short enough for 80 columns beside the longest title.
  const others = [
    ...places.map(({ key, title }) => `${key} ${title}`),
    `1-${sections.length}`,
    'l list',
    'q ends',
  ];
  for (;;) {
    const answer = (await terminal.ask(`Enter: ${onward} (${others.join(', ')})?`)).trim().toLowerCase();
    if (answer === '') return at + 1;
    if (answer === 'q') throw new CannotTell('NOT_PERMITTED', 'broken off; nothing was changed');
    const place = places.find(({ key }) => key === answer);
    const number = /^\d{1,3}$/.test(answer) ? Number(answer) : 0;
    if (place !== undefined) await place.go();
    else if (number >= 1 && number <= sections.length) return number - 1;
    else if (answer === 'l')
      terminal.say(sections.map(({ title }, index) => `  ${index + 1}  ${title}`).join('\n'));
    else terminal.say('that is none of these');
  }
}
