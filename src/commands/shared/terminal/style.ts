import { Chalk } from 'chalk';
import { escapeShown } from './escape.ts';

type Paint = (text: string) => string;

/** Emphasis for people. Every mark is a word or sign too, so nothing is said by colour alone. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly careful: Paint;
}

export function styleOf(color: boolean): Style {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    careful: (text) => chalk.yellow(text),
  };
}

/** Lines of at most `width` columns, broken between words; longer words are broken within, and an indent is kept. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line: string | null = null;
  for (const word of text.split(' ').flatMap((whole) => pieces(whole, width))) {
    if (line !== null && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === null ? word : `${line} ${word}`;
  }
  return [...lines, line ?? ''];
}

/** The same, with all but the first line two columns in; never narrower than 40. */
export function hanging(text: string, columns: number): readonly string[] {
  return wrap(text, Math.max(40, columns - 2)).map((line, index) => (index === 0 ? line : `  ${line}`));
}

function pieces(word: string, width: number): readonly string[] {
  // Not by recursion: a word may be as long as a file.
  const count = Math.max(1, Math.ceil(word.length / width));
  return Array.from({ length: count }, (_none, at) => word.slice(at * width, (at + 1) * width));
}

/** `label  text`, the text wrapped beside the label. Escapes the text. */
export function field(label: string, text: string, columns: number, labelWidth = 12): readonly string[] {
  return wrap(escapeShown(text), Math.max(20, columns - labelWidth - 2)).map(
    (line, index) => `${(index === 0 ? label : '').padEnd(labelWidth)}  ${line}`,
  );
}

/** Text of several lines from a repository, escaped line by line, wrapped and indented. */
export function quoted(text: string, columns: number, indent = '  '): readonly string[] {
  return text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .flatMap((line) =>
      wrap(escapeShown(line.replaceAll('\t', '    ')), Math.max(20, columns - indent.length)),
    )
    .map((line) => `${indent}${line}`.trimEnd());
}

/** Text behind a first word, its further lines below the text. */
export function hungFrom(first: string, text: string, columns: number): readonly string[] {
  return wrap(text, Math.max(columns - first.length, 20)).map(
    (line, index) => `${index === 0 ? first : ' '.repeat(first.length)}${line}`,
  );
}
