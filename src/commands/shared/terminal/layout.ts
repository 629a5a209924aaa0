import { wrap } from './style.ts';

const GAP = 2;

/** Rows in columns as wide as what is in them; the last column is wrapped. Cells must be escaped already. */
export function table(rows: readonly (readonly string[])[], columns: number, indent = 0): readonly string[] {
  const last = Math.max(0, ...rows.map((row) => row.length)) - 1;
  const widths = Array.from({ length: Math.max(0, last) }, (_none, index) =>
    Math.max(...rows.map((row) => row[index]?.length ?? 0)),
  );
  const before = indent + widths.reduce((sum, width) => sum + width + GAP, 0);
  const room = Math.max(20, columns - before);
  return rows.flatMap((row) => {
    const head = widths.map((width, index) => (row[index] ?? '').padEnd(width + GAP)).join('');
    return wrap(row[last] ?? '', room).map((line, index) =>
      `${' '.repeat(indent)}${index === 0 ? head : ' '.repeat(head.length)}${line}`.trimEnd(),
    );
  });
}

/** The first 12 digits of a commit id or digest, which is how they are shown to people. */
export function brief(id: string): string {
  return id.slice(0, 12);
}
