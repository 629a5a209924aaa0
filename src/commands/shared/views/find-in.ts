/**
 * The first line from `from` on (counted from 0) in which the text begins; null where there is none. Upper and lower case,
 * spellings of one character, colours and white space make no difference, so that words are found where a line was
 * broken between them.
 */
export function findIn(lines: readonly string[], text: string, from: number): number | null {
  const sought = folded(text);
  if (sought === '') return null;
  const texts = lines.slice(Math.max(0, from)).map(folded);
  const found = texts.findIndex((line, index) => {
    if (line === '') return false;
    const at = followed(texts, index, sought.length).indexOf(sought);
    return at >= 0 && at < line.length;
  });
  return found < 0 ? null : found + Math.max(0, from);
}

/** A line with as much of those after it as a text of this length can reach into. */
function followed(lines: readonly string[], index: number, length: number): string {
  const [line = ''] = lines.slice(index, index + 1);
  let text = line;
  for (let next = index + 1; text.length < line.length + length && next < lines.length; next += 1) {
    const more = lines[next] ?? '';
    if (more !== '') text += ` ${more}`;
  }
  return text;
}

// Colours are the only escape codes in lines that are shown.
// eslint-disable-next-line no-control-regex
const COLOR = /\u001b\[[0-9;]*m/g;

function folded(text: string): string {
  return text
    .replace(COLOR, '')
    .normalize('NFKC')
    .toLowerCase()
    .toUpperCase()
    .normalize('NFKC')
    .replace(/\s+/g, ' ')
    .trim();
}
