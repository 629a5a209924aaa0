import { readFileSync } from 'node:fs';

const GUIDE = readFileSync(new URL('../../../docs/hosting.md', import.meta.url), 'utf8');

/** What lies under a heading of the hosting guide, up to the next heading of its level or above. */
export function sectionOf(heading: string): string {
  const [, after] = GUIDE.split(`\n${heading}\n`);
  if (after === undefined) throw new Error(`the guide has no heading "${heading}"`);
  return after.split(new RegExp(`^#{1,${heading.indexOf(' ')}} `, 'm'))[0] ?? '';
}

/** First and last cell of each row of the one table under a heading whose last column is `verify`. */
export function rowsOf(heading: string): readonly (readonly [string, string])[] {
  const [, table = ''] = /^\|.*\| `verify` \|\n\|[- |]+\|\n((?:\|.*\n)*)/m.exec(sectionOf(heading)) ?? [];
  return table
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(2, -2).split(' | '))
    .map((cells) => [cells[0]?.trim() ?? '', cells.at(-1)?.trim() ?? '']);
}

/** What the guide writes for a verdict. */
export function verdictOf(codes: readonly string[]): string {
  return codes.length === 0 ? 'yes' : codes.map((code) => `\`${code}\``).join(' ');
}
