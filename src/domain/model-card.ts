import { sectionsOf } from './markdown-sections.ts';

/** Words that templates leave behind where somebody should have written something. */
const PLACEHOLDERS = [
  /\[\s*(?:more information needed|optional|tbd|todo|fill in|insert [^\]]{1,60}|your [^\]]{1,60})\s*\]/i,
  /\{\{[^}]{0,200}\}\}/,
  /<!--\s*(?:provide|todo|tbd|fill)/i,
  /\b(?:TODO|TBD|FIXME)\b/,
  /\blorem ipsum\b/i,
] as const;

/** @returns what keeps a model card from being evidence, each with its 1-based line; empty when it is sound. */
export function modelCardProblems(
  markdown: string,
): readonly { readonly line: number; readonly message: string }[] {
  if (markdown.trim() === '') return [{ line: 1, message: 'is empty' }];
  const problems = markdown.split(/\r?\n/).flatMap((text, index) => {
    const placeholder = PLACEHOLDERS.map((pattern) => pattern.exec(text)?.[0]).find(
      (match) => match !== undefined,
    );
    return placeholder === undefined
      ? []
      : [{ line: index + 1, message: `still holds the placeholder ${placeholder}` }];
  });
  if (problems.length === 0 && !sectionsOf(markdown).some((section) => section.body.length > 0)) {
    return [{ line: 1, message: 'has no section with text below a heading' }];
  }
  return problems;
}
