import { missingParts } from './markdown-sections.ts';

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
  return missingParts(markdown, PARTS);
}
