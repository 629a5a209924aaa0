/** The headings of a Markdown text with what stands below each, fenced code left out of the heading search. */
export interface Section {
  readonly title: string;
  readonly body: string;
}

export function sectionsOf(markdown: string): readonly Section[] {
  const sections: { title: string; lines: string[] }[] = [];
  let fence: string | null = null;
  for (const line of markdown.split(/\r?\n/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined) fence = fence === null ? mark : line.trim().startsWith(fence) ? null : fence;
    const title = fence === null ? /^ {0,3}#{1,6}\s+(.+?)\s*#*\s*$/.exec(line)?.[1] : undefined;
    if (title !== undefined) sections.push({ title, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections.map(({ title, lines }) => ({ title, body: lines.join('\n').trim() }));
}

/** Something a text has to say, and the heading by which it is found. */
export interface Part {
  /** In words. */
  readonly part: string;
  /** A heading to use. */
  readonly heading: string;
  /** Headings that are understood. */
  readonly pattern: RegExp;
}

/** @returns which parts a text leaves out, one sentence each; empty when it says all of them. */
export function missingParts(markdown: string, parts: readonly Part[]): readonly string[] {
  if (markdown.trim() === '') return ['is empty'];
  const sections = sectionsOf(markdown);
  return parts.flatMap(({ part, heading, pattern }) => {
    const found = sections.filter((section) => pattern.test(section.title));
    if (found.length === 0) return [`does not say ${part}: add a heading "## ${heading}" with text below it`];
    return found.some((section) => section.body !== '')
      ? []
      : [`has nothing below the heading "${found[0]?.title ?? heading}"`];
  });
}
