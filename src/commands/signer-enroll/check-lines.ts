import { escapeShown } from '../shared/terminal/escape.ts';
import { field, styleOf } from '../shared/terminal/style.ts';
import type { KeyCheck } from './key-checks.ts';

export function checkLines(checks: readonly KeyCheck[], columns: number, color: boolean): readonly string[] {
  const style = styleOf(color);
  const paint = { ok: style.good, warn: style.careful, bad: style.bad, unknown: style.dim };
  return checks.flatMap(({ check, state, finding, remedy }) => [
    ...field(check, finding, columns - 9).map((line, index) =>
      index === 0 ? `  ${paint[state](state.padEnd(7))}${line}` : `${' '.repeat(9)}${line}`,
    ),
    ...(remedy === null ? [] : [`${' '.repeat(23)}→ ${escapeShown(remedy)}`]),
  ]);
}
