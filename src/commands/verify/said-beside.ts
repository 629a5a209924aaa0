import { overdueSentences } from '../shared/views/drill-view.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { ITERATION } from '../shared/explaining/explained.ts';
import { counted, troubleSentences } from '../shared/views/notices.ts';
import type { FindingOut, VerifyOutput } from '../shared/views/verify-output.ts';
import { iterationOf } from './findings.ts';

/** Sentence and remedy of a finding, each on a line, safe to show. */
export function messageOf({ sentence, remedy, paths }: FindingOut): string {
  const next = remedy?.replaceAll(ITERATION, iterationOf(paths) ?? ITERATION);
  return [escapeShown(sentence), ...(next === undefined ? [] : [`next: ${escapeShown(next)}`])].join('\n');
}

/** What a report must say although it is no finding: whoever reads the report alone must not miss it. */
export function remarksOf(output: VerifyOutput): readonly string[] {
  const { demonstration, notices, remembered, separationWaived } = output;
  return [
    ...(demonstration ? ['DEMONSTRATION'] : []),
    ...notices.map(escapeShown),
    ...(remembered?.rewindAccepted === true
      ? [`a rewind of ${escapeShown(remembered.branch)} was accepted`]
      : []),
    ...troubleSentences(output),
    ...overdueSentences(output.drills),
    ...(separationWaived === null ? [] : [`SEPARATION_WAIVED: ${escapeShown(separationWaived)}`]),
  ];
}

/** Null where every finding is in the report; else how many are not, so that no report reads like a yes. */
export function unprinted({ findingsOutsideRange, range }: VerifyOutput): string | null {
  if (findingsOutsideRange === 0) return null;
  return `${counted(findingsOutsideRange, 'finding')} outside ${escapeShown(range ?? '')}, not printed`;
}

/** `3 commits, 2 governed, 2 signatures, 1 iteration`. */
export function countsOf({ counts }: VerifyOutput): string {
  const { commits, governed, signatures, iterations } = counts;
  return [
    counted(commits, 'commit'),
    `${governed} governed`,
    counted(signatures, 'signature'),
    counted(iterations, 'iteration'),
  ].join(', ');
}
