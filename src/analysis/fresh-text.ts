/** Texts that patterns are made of. */
export interface Named {
  readonly text: string;
  /** It stands for everything that begins with it. */
  readonly open: boolean;
}

/**
 * A text that begins with `prefix` and of which every pattern says what it says of all there that no pattern names; null where the
 * patterns leave no such text. @param alphabet every character that may follow a text. @param longest in characters.
 */
export function freshText(
  prefix: string,
  named: readonly Named[],
  alphabet: (behind: string) => string,
  longest: number,
): string | null {
  if (prefix.length >= longest) return null;
  const below = named.filter(({ text }) => text.length > prefix.length && text.startsWith(prefix));
  const next = new Set(below.map(({ text }) => text[prefix.length]));
  const letters = alphabet(prefix);
  const free = Array.from(letters).find((letter) => !next.has(letter));
  if (free !== undefined) return prefix + free;
  // Every letter begins something that is named; behind one that opens no pattern there may be room.
  const opened = new Set(below.filter(({ open }) => open).map(({ text }) => text));
  for (const letter of letters) {
    if (opened.has(prefix + letter)) continue;
    const found = freshText(prefix + letter, below, alphabet, longest);
    if (found !== null) return found;
  }
  return null;
}

/** @param pattern with a `*` as its last character where it is open. */
export function toNamed(pattern: string): Named {
  return pattern.endsWith('*') ? { text: pattern.slice(0, -1), open: true } : { text: pattern, open: false };
}
