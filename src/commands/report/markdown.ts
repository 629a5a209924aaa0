import { escapeShown } from '../shared/terminal/escape.ts';

/** Markdown that says what it was given, whatever that is: nothing from a file becomes a link, markup or another cell. */
export function plain(text: string): string {
  return escapeShown(text.replaceAll('\n', ' '))
    .replace(/[\\`*_{}[\]<>()#|~!&@]/g, '\\$&')
    .replace(/:(?=\/\/)|(?<=www)\./gi, '\\$&');
}

/** Digests, names and the like, to be copied. */
export function code(text: string): string {
  const shown = escapeShown(text.replaceAll('\n', ' ')).replaceAll('|', '\\|');
  return shown.includes('`') ? plain(text) : `\`${shown}\``;
}

/** @param rows cells that are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return rows.length === 0 ? [] : [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines];
}
