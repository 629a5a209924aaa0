import { readFileSync } from 'node:fs';

const GUIDE = readFileSync(new URL('../../../docs/hosting.md', import.meta.url), 'utf8');

/** What lies under a heading of the hosting guide, up to the next heading of its level or above. */
export function sectionOf(heading: string): string {
  const [, after] = GUIDE.split(`\n${heading}\n`);
  if (after === undefined) throw new Error(`the guide has no heading "${heading}"`);
  return after.split(new RegExp(`^#{1,${heading.indexOf(' ')}} `, 'm'))[0] ?? '';
}

/** The nth code block of a language under a heading. */
export function blockOf(heading: string, language: string, nth = 0): string {
  const blocks = [...sectionOf(heading).matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\`\n`, 'g'))];
  const found = blocks[nth]?.[1];
  if (found === undefined) throw new Error(`"${heading}" has no block ${nth} of ${language}`);
  return found;
}

/** The words of each line of the nth `sh` block under a heading. @param filled what stands for each `<…>`. */
export function stepsOf(
  heading: string,
  nth: number,
  filled: Readonly<Record<string, string>> = {},
): readonly (readonly string[])[] {
  const text = Object.entries(filled).reduce(
    (block, [gap, value]) => block.replaceAll(gap, value),
    blockOf(heading, 'sh', nth),
  );
  if (/<\w[^>]*>/.test(text)) throw new Error(`not everything is filled in: ${text}`);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''));
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
