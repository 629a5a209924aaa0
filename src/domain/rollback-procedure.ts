import { sectionsOf } from './markdown-sections.ts';

/** What a rollback procedure must say, and the headings by which each part is found. */
const PARTS = [
  { part: 'when to roll back', heading: 'Trigger', pattern: /\b(?:triggers?|when)\b/i },
  { part: 'what to do, step by step', heading: 'Steps', pattern: /\bsteps?\b|\bprocedure steps\b/i },
  { part: 'who does it', heading: 'Who', pattern: /\b(?:who|responsible|contacts?|owners?)\b/i },
  {
    part: 'how to check that it worked',
    heading: 'Check afterwards',
    pattern: /\b(?:checks?|verify|verification)\b/i,
  },
] as const;

/** @returns what is missing from a rollback procedure; empty when it is sound. */
export function rollbackProblems(markdown: string): readonly string[] {
  if (markdown.trim() === '') return ['is empty'];
  const sections = sectionsOf(markdown);
  return PARTS.flatMap(({ part, heading, pattern }) => {
    const found = sections.filter((section) => pattern.test(section.title));
    if (found.length === 0) return [`does not say ${part}: add a heading "## ${heading}" with text below it`];
    return found.some((section) => section.body !== '')
      ? []
      : [`has nothing below the heading "${found[0]?.title ?? heading}"`];
  });
}
