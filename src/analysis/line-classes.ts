import { matchesLine, type LinePattern } from '../domain/line-pattern.ts';
import type { LineRule } from '../domain/line-rule.ts';
import type { LineName } from '../domain/names.ts';
import type { When } from '../domain/when.ts';
import type { Law } from '../machine/law.ts';
import { freshText, toNamed } from './fresh-text.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const LONGEST = 63;

/** Lines that nothing in the policy tells apart, by one of them. */
export interface LineClass {
  readonly line: LineName;
  readonly rule: LineRule;
  /** Of the rule, in the policy. */
  readonly index: number;
  /** Which of the patterns that conditions name match: lines of one rule that agree in this have the same risk. */
  readonly asked: string;
}

/** One line of each class of those that some rule speaks of: of all lines that could ever be named. */
export function lineClasses(law: Law): readonly LineClass[] {
  const rules = law.policy.lines;
  const inConditions = [...new Set((law.policy.risk?.rules ?? []).flatMap(({ when }) => linesIn(when)))];
  const inGrants = [
    ...new Set(law.signers.principals.flatMap(({ roles }) => roles.flatMap(({ lines }) => lines))),
  ];
  const inTrainers = [...new Set((law.policy.trainers ?? []).flatMap(({ lines }) => lines))];
  const found = new Map<string, LineClass>();
  for (const line of candidates([
    ...new Set([...rules.map(({ match }) => match), ...inConditions, ...inGrants, ...inTrainers]),
  ])) {
    const index = rules.findIndex(({ match }) => matchesLine(match, line));
    const rule = rules[index];
    if (rule === undefined) continue;
    const asked = matching(inConditions, line);
    const key = `${index} ${asked} ${matching(inGrants, line)} ${matching(inTrainers, line)}`;
    if (!found.has(key)) found.set(key, { line, rule, index, asked });
  }
  return [...found.values()];
}

/** A name begins with none but a letter or digit. */
function lettersBehind(text: string): string {
  return text === '' ? LETTERS : `${LETTERS}-`;
}

/** At least one line for every set of patterns that some line matches. */
function candidates(patterns: readonly LinePattern[]): readonly LineName[] {
  const named = patterns.map(toNamed);
  return [
    ...new Set(
      named.flatMap(({ text, open }) => {
        const fresh = open ? freshText(text, named, lettersBehind, LONGEST) : null;
        // A name that ends as a prefix does is a line, too, but one that nobody would give.
        return [...(fresh === null ? [] : [fresh]), ...(text === '' ? [] : [text])];
      }),
    ),
  ] as LineName[];
}

function matching(patterns: readonly LinePattern[], line: LineName): string {
  return patterns.map((pattern) => (matchesLine(pattern, line) ? '1' : '0')).join('');
}

function linesIn(when: When): readonly LinePattern[] {
  if ('all' in when) return when.all.flatMap(linesIn);
  if ('any' in when) return when.any.flatMap(linesIn);
  if ('not' in when) return linesIn(when.not);
  return 'line' in when ? [when.line] : [];
}
