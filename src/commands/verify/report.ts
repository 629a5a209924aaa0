import { overdueLines } from '../shared/views/drill-view.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { brief, table } from '../shared/terminal/layout.ts';
import { counted, troubleLines, separationLines } from '../shared/views/notices.ts';
import type { StandingView } from '../shared/views/standing-view.ts';
import { styleOf, wrap } from '../shared/terminal/style.ts';
import type { View } from '../shared/command.ts';
import type { VerifyOutput } from '../shared/views/verify-output.ts';
import { findingLines } from './findings.ts';

/** What people read of a verification. */
export function verifyText(output: VerifyOutput, { columns, color }: View): string {
  const style = styleOf(color);
  const { counts, findings, findingsOutsideRange, contentChecked, contentClosed, exportsRead, locksUnread } =
    output;
  const all = findings.length + findingsOutsideRange;
  return [
    ...(output.demonstration ? ['DEMONSTRATION'] : []),
    `root  ${output.root}`,
    `tip   ${output.tip}`,
    ...(output.remembered === null ? [] : [`memory  ${memoryLine(output.answer, output.remembered)}`]),
    `${counted(counts.commits, 'commit')}, ${counts.governed} governed, ${counted(counts.signatures, 'signature')}, ${counted(counts.iterations, 'iteration')}`,
    ...(output.judgedBefore === null ? [] : wrap(beforeLine(output.judgedBefore), columns)),
    ...(contentChecked === null ? [] : [`${counted(contentChecked, 'report')} made again from raw files`]),
    ...(exportsRead === undefined ? [] : [`${counted(exportsRead, 'export')} hashed again in the registry`]),
    ...(locksUnread === undefined
      ? []
      : [
          `${counted(locksUnread, 'export')} said to carry the id of the lock in the weights, which were not at hand; to read them: --registry <registry>`,
        ]),
    ...((contentClosed ?? 0) === 0
      ? []
      : wrap(
          `${counted(contentClosed ?? 0, 'confidential transcript')} not at hand: samples were looked up in what is; with the content: --confidential-from <folder>`,
          columns,
        )),
    ...output.notices.flatMap((notice) => wrap(`notice: ${escapeShown(notice)}`, columns)),
    ...separationLines(output.separationWaived),
    '',
    ...(all === 0
      ? [style.good('verified: no findings')]
      : [style.bad(`not verified: ${counted(all, 'finding')}`)]),
    ...findings.flatMap((finding) => findingLines(finding, style, columns)),
    ...(findingsOutsideRange === 0
      ? []
      : [
          `${counted(findingsOutsideRange, 'finding')} outside ${escapeShown(output.range ?? '')}, not printed`,
        ]),
    ...spaced(troubleLines(output, columns)),
    ...overdue(output, columns),
    ...standingLines(output, columns),
    ...(output.pinned ? ['', 'the root is remembered; --root is not needed here any more'] : []),
  ].join('\n');
}

function beforeLine({ commit, commits }: NonNullable<VerifyOutput['judgedBefore']>): string {
  return `${counted(commits, 'commit')} up to ${brief(commit)} were found valid here before (all again: --cold)`;
}

function overdue({ drills }: VerifyOutput, columns: number): readonly string[] {
  const lines = overdueLines(drills, columns);
  return lines.length === 0 ? [] : ['', ...lines];
}

/** What was held against the tip, and what will be. */
function memoryLine(
  answer: VerifyOutput['answer'],
  { branch, expected, descends, rewindAccepted, next }: NonNullable<VerifyOutput['remembered']>,
): string {
  const name = escapeShown(branch);
  const before = expected.map(brief).join(' and ');
  if (rewindAccepted) return `${name} was rewound from ${before}, and you accepted it`;
  if (expected.length > 0)
    return `${name} ${descends ? 'comes' : 'does not come'} from ${before}, seen before`;
  if (next !== null) return `${name} was not seen before; ${brief(next)} is expected from now on`;
  return `${name} was not seen before${answer === 'yes' ? '; no remote has any of it yet' : ''}`;
}

/** What is told together, after an empty line instead of before one. */
function spaced(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines.slice(0, -1)];
}

function standingLines({ standing, counts, shown, tip }: VerifyOutput, columns: number): readonly string[] {
  if (shown === null) return [];
  const where = shown === tip ? 'at the tip' : `at ${brief(shown)}, the last valid commit`;
  if (counts.iterations === 0) return ['', `no iterations ${where}`];
  return [
    '',
    `standing ${where}:`,
    ...table(
      standing.map((view) => [view.iteration, view.state, remarks(view)]),
      columns,
      2,
    ),
    ...(counts.retired === 0 ? [] : [`  ${counted(counts.retired, 'iteration')} deprecated`]),
  ];
}

/** What is pending, stale, held, waived or failed. */
function remarks(view: StandingView | VerifyOutput['standing'][number]): string {
  const stale = view.gates.flatMap((gate) => gate.discounted.map((why) => why.code));
  const tainted = view.tainted.map(({ code }) => code);
  const held = view.blocked.filter(({ code }) => code === 'CONTESTED' || code === 'GATE_OBJECTED');
  return [
    view.failed ? 'failed' : `waits for ${view.waitsFor}`,
    ...(stale.length === 0 ? [] : [`does not count: ${[...new Set(stale)].join(', ')}`]),
    ...(held.length === 0 ? [] : [`held: ${[...new Set(held.map(({ code }) => code))].join(', ')}`]),
    ...new Set(tainted),
    ...(view.separationWaived ? ['SEPARATION_WAIVED'] : []),
    ...(view.erased.length > 0 ? [`CONTENT_ERASED (${counted(view.erased.length, 'file')})`] : []),
  ].join('; ');
}
