import { CANNOT_SIGN } from '../shared/views/ended-people.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { anyOf } from '../shared/explaining/explained.ts';
import type { PersonOut } from '../shared/views/queue-output.ts';
import { wrap } from '../shared/terminal/style.ts';

const MOST_SHOWN = 240;

/** Text from a file on one line, escaped; `--json` has it whole. */
export function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return escapeShown(flat.length <= MOST_SHOWN ? flat : `${flat.slice(0, MOST_SHOWN)}…`);
}

/** One paragraph, whose later lines are indented, so that each begins where its first stands out. Escaped already. */
export function paragraph(text: string, columns: number, indent = 0): readonly string[] {
  return wrap(text, Math.max(30, columns - indent - 2)).map(
    (line, index) => `${' '.repeat(index === 0 ? indent : indent + 2)}${line}`,
  );
}

/** Something to type, never broken, so that it can be copied: beside the words where it fits, else below them. */
export function steps(words: string, command: string, columns: number): readonly string[] {
  const shown = escapeShown(command);
  const whole = `  ${words}: ${shown}`;
  return whole.length <= columns ? [whole] : [...paragraph(`${words}:`, columns, 2), `    ${shown}`];
}

/** Who types what; people who type the same stand together. */
export function peopleLines(
  people: readonly PersonOut[],
  columns: number,
  nobody: string | null = null,
): readonly string[] {
  if (people.length === 0) return nobody === null ? [] : paragraph(nobody, columns, 2);
  const together = new Map<string, PersonOut[]>();
  for (const person of people)
    together.set(person.command, [...(together.get(person.command) ?? []), person]);
  return [...together].flatMap(([command, some]) =>
    steps(
      anyOf(
        some.map(({ principal, roles, ended }) => {
          const said = [...roles, ...(ended === true ? [CANNOT_SIGN] : [])];
          return `${principal}${said.length === 0 ? '' : ` (${said.join(', ')})`}`;
        }),
      ),
      command,
      columns,
    ),
  );
}
