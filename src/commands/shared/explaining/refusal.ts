import { IterationId } from '../../../domain/names.ts';
import type { Reason } from '../../../domain/reason.ts';
import { escapeShown, shellWord } from '../terminal/escape.ts';
import { explain } from './explain.ts';
import { ITERATION } from './explained.ts';

/** Verbs that take the address of a repository before the iteration. */
export const ADDRESSED_VERBS = [
  ...['review', 'approve', 'reject', 'request-changes', 'withdraw', 'comment', 'expedite'],
  ...['promote', 'deprecate', 'reaffirm', 'receipt add'],
] as const;

export interface Refusal {
  /** Such as `claims-triage@1.4.0 cannot move artifact-exported → customer-deployed`. */
  readonly headline: string;
  readonly reasons: readonly Reason[];
  /** Commands to type next, before the remedies of the reasons. */
  readonly next?: readonly string[];
  /** Put in for `<iteration>`; where it is absent, the first iteration the headline names. */
  readonly iteration?: string;
  /** Of the repository, where the person has no clone: put before the iteration in commands that take it there. */
  readonly address?: string;
}

export interface RefusalView {
  /** Width of the terminal in columns; lines are broken between words. */
  readonly columns?: number;
  /** Paints a code; absent for no colour. */
  readonly paint?: (text: string) => string;
}

/** A refusal as people read it, without a newline at the end: headline, one reason a line, what to do next. */
export function refusalText(
  refusal: Refusal,
  { columns = 80, paint = (text) => text }: RefusalView = {},
): string {
  const shown = new Map(refusal.reasons.map((reason) => [rowKey(reason), reason]));
  const rows = cut([...shown.values()].map((reason) => [reason.code, explain(reason).sentence] as const));
  const width = Math.max(0, ...rows.map(([code]) => code.length));
  const indent = ' '.repeat(width + 4);
  const body = rows.flatMap(([code, sentence]) =>
    wrapped(sentence, columns - indent.length).map((line, index) =>
      index === 0 ? `  ${paint(code)}${' '.repeat(width - code.length)}  ${line}` : `${indent}${line}`,
    ),
  );
  const next = nextSteps(refusal).map((step, index) => `${index === 0 ? 'next: ' : '      '}${step}`);
  return [`refused: ${escapeShown(refusal.headline)}`, ...body, ...next].join('\n');
}

const MOST_OF_ONE_CODE = 6;

/** A file with sixty placeholders is one thing to mend: of one code the first few are shown, and how many more there are. */
function cut(rows: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  return [...new Set(rows.map(([code]) => code))].flatMap((code) => {
    const same = rows.filter((row) => row[0] === code);
    const more = same.length - MOST_OF_ONE_CODE;
    return more <= 1
      ? same
      : [...same.slice(0, MOST_OF_ONE_CODE), [code, `and ${more} more (--json lists all)`] as const];
  });
}

/** Reasons that read the same are shown once. */
function rowKey(reason: Reason): string {
  return JSON.stringify([reason.code, explain(reason).sentence]);
}

/** What to do next, each once. Commands are never broken, so that they can be copied. */
export function nextSteps({ headline, reasons, next = [], iteration, address }: Refusal): readonly string[] {
  const named = iteration ?? headline.split(/\s+/).find((word) => IterationId.safeParse(word).success);
  const remedies = reasons.flatMap((reason) => explain(reason).remedy ?? []);
  const filled = remedies.map((remedy) =>
    named === undefined ? remedy : remedy.replaceAll(ITERATION, escapeShown(named)),
  );
  const steps = [...new Set([...next.map(escapeShown), ...filled])];
  return address === undefined ? steps : elsewhere(steps, shellWord(address, 'address'));
}

/** The same for somebody without a clone. What only works in one is said to. */
function elsewhere(steps: readonly string[], address: string): readonly string[] {
  const filled = steps.map((step) => step.replaceAll(TAKES_ADDRESS, `$1${address.replaceAll('$', '$$$$')} `));
  const needsClone = steps.some((step) => step.replaceAll(TAKES_ADDRESS, '').includes('modelsmith '));
  return needsClone ? [...filled, `what takes no address goes in a clone: git clone ${address}`] : filled;
}

const TAKES_ADDRESS = new RegExp(`(modelsmith (?:${ADDRESSED_VERBS.join('|')}) )(?=[a-z0-9-]+@)`, 'g');

export interface ReasonJson {
  readonly code: string;
  /** As they are, not escaped: JSON spells control characters itself. */
  readonly facts: object;
  readonly sentence: string;
  readonly remedy: string | null;
}

/** The reasons for `--json`. */
export function reasonsJson(reasons: readonly Reason[]): readonly ReasonJson[] {
  return reasons.map((reason) => ({ code: reason.code, facts: reason.facts, ...explain(reason) }));
}

/** Breaks between words; a word longer than the width stays whole. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > Math.max(width, 30)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
