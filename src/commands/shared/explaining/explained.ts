import type { ReasonCode, ReasonFacts } from '../../../domain/reason.ts';

/** A code in words. `remedy` is what to do next, with the command to type where there is one. */
export interface Explained {
  readonly sentence: string;
  readonly remedy: string | null;
}

/** One explainer for each code. Facts arrive escaped. */
export type Explainers = { readonly [Code in ReasonCode]: (facts: ReasonFacts[Code]) => Explained };

/** Stands for the iteration in remedies whose facts do not name it; whoever prints the refusal puts it in. */
export const ITERATION = '<iteration>';

export function said(sentence: string, remedy: string | null = null): Explained {
  return { sentence, remedy };
}

/** `a`, `a or b`, `a, b or c`; `none` for an empty list. Long lists are cut. */
export function anyOf(words: readonly string[], conjunction = 'or'): string {
  const most = 6;
  const shown = words.length > most ? [...words.slice(0, most), `${words.length - most} more`] : words;
  if (shown.length <= 1) return shown[0] ?? 'none';
  return `${shown.slice(0, -1).join(', ')} ${conjunction} ${shown.at(-1) ?? ''}`;
}

export function allOf(words: readonly string[]): string {
  return anyOf(words, 'and');
}

/** The first 12 digits of a digest or id, which is how they are shown to people. */
export function short(id: string): string {
  return /^(?:sha256:)?[0-9a-fA-F]{13,}$/.test(id) ? `${id.replace('sha256:', '').slice(0, 12)}…` : id;
}
