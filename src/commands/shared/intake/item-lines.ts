import { escapeShown } from '../terminal/escape.ts';
import { brief } from '../terminal/layout.ts';
import type { ItemOfIteration } from './run-items.ts';
import { field, quoted, type Style } from '../terminal/style.ts';

/** One item as people read it: what was asked, answered and expected, each line marked as not ours. */
export function itemLines(item: ItemOfIteration, style: Style, columns: number): readonly string[] {
  const { key, input, output, expected, scores, file, line, sha256 } = item;
  return [
    style.bold(escapeShown(key)),
    ...part('asked', input, columns),
    ...part('answered', output, columns),
    ...(expected === null ? [] : part('expected', expected, columns)),
    ...scores.flatMap(({ metric, value }, index) =>
      field(index === 0 ? '  scores' : '', `${metric}: ${value}`, columns),
    ),
    ...field('  logged', `line ${line} of ${file}, sha256 ${brief(sha256)}…`, columns),
  ];
}

function part(title: string, text: string, columns: number): readonly string[] {
  if (text.trim() === '') return [`  ${title} nothing: the text is empty`];
  return [`  ${title}`, ...quoted(text, columns, '    | ')];
}
