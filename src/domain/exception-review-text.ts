import { missingParts } from './markdown-sections.ts';

/** What the review of an exception must say, and the headings by which each part is found. */
const PARTS = [
  { part: 'what happened', heading: 'What happened', pattern: /\bhappened\b|\bincident\b/i },
  { part: 'what it was used for', heading: 'What it was used for', pattern: /\buse[ds]?\b/i },
  { part: 'how the compensating controls held', heading: 'Controls', pattern: /\bcontrols?\b/i },
  {
    part: 'what follows from it',
    heading: 'What follows',
    pattern: /\bfollows?\b|\bfollow-ups?\b|\bactions?\b/i,
  },
] as const;

/** @returns what is missing from the review of an exception; empty when it is sound. */
export function exceptionReviewProblems(markdown: string): readonly string[] {
  return missingParts(markdown, PARTS);
}

/** A review to be filled in. */
export const EXCEPTION_REVIEW_TEMPLATE = PARTS.map(({ heading }) => `## ${heading}\n`).join('\n');
