/**
 * Characters that could drive a terminal or hide what a person reads: controls, format characters (bidirectional
 * overrides, zero-width, tags), line and paragraph separators, lone surrogates, private and unassigned code points,
 * and letters that are drawn as nothing.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/gu;

/** Text from anywhere, safe to print on one line: whatever is not visible is spelled `\u001b` or `\u{e0041}`. */
export function escapeShown(text: string): string {
  return text.replace(HIDDEN, spell);
}

function spell(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}

/** Longer facts are cut where they are shown; `--json` has them whole. */
const MOST_SHOWN = 400;

/** Every string within a value escaped and cut to a length that fits a sentence. */
export function escapeWithin<T>(value: T): T {
  return escaped(value) as T;
}

function escaped(value: unknown): unknown {
  if (typeof value === 'string') return escapeShown(cut(value));
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escaped(inner)]));
}

function cut(text: string): string {
  return text.length <= MOST_SHOWN
    ? text
    : `${text.slice(0, MOST_SHOWN)}… (${text.length - MOST_SHOWN} more characters)`;
}

/** A path to be typed, quoted where a shell would read anything else in it. */
export function shellPath(path: string): string {
  return /^[\w./][\w./@%+=:,-]*$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/** A dash at the beginning would make an option of it. */
const PLAIN_WORD = /^[A-Za-z0-9_./][A-Za-z0-9_@%+=:,./-]*$/;

/** A word of a command to be typed: itself where no shell reads anything else in it, else the placeholder. */
export function shellWord(text: string, placeholder: string): string {
  return PLAIN_WORD.test(text) ? text : `<${placeholder}>`;
}
