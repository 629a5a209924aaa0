import { LEVELS, type CheckReport } from '../../../domain/check-report.ts';
import type { CheckStanding } from '../../../machine/check-standing.ts';
import { escapeShown } from '../terminal/escape.ts';
import { table } from '../terminal/layout.ts';
import { counted } from '../views/notices.ts';
import { wrap, type Style } from '../terminal/style.ts';

const MOST_SHOWN = 10;

/** What a tool found, the worst of it in its words. */
export function findingLines(
  name: string,
  { tool, counts, findings, cut }: CheckReport,
  style: Style,
  columns: number,
): readonly string[] {
  const found = LEVELS.flatMap((level) => (counts[level] === 0 ? [] : [counted(counts[level], level)]));
  const status = counts.error > 0 ? style.bad('failed') : style.good('passed');
  const left = findings.length + cut - MOST_SHOWN;
  return [
    `check ${name}: ${status}, ${found.join(', ') || 'nothing found'} (${escapeShown([tool.name, tool.version ?? ''].join(' ').trim())})`,
    ...findings
      .slice(0, MOST_SHOWN)
      .flatMap(({ rule, level, message }) =>
        wrap(escapeShown(`${level} ${rule}: ${message}`), columns - 4).map(
          (line, index) => `${index === 0 ? '  ' : '    '}${line}`,
        ),
      ),
    ...(left > 0 ? [`  and ${left} more`] : []),
  ];
}

/** What the policy asks for and how it stands, one line a check; none where it asks for nothing. */
export function checkLines(
  standings: readonly CheckStanding[],
  style: Style,
  columns: number,
): readonly string[] {
  return table(
    standings.map((check) => [
      `required check ${check.name}`,
      check.status === 'passed' ? style.good(check.status) : style.bad(check.status),
      standingWords(check),
    ]),
    columns,
    2,
  );
}

function standingWords({ result, status, expires }: CheckStanding): string {
  if (status === 'waived') return 'done without, by an exception';
  if (result === null) return status === 'tainted' ? 'every result was made with a stolen key' : 'no result';
  const end =
    expires === null ? '' : status === 'expired' ? `, expired ${expires}` : `, good until ${expires}`;
  return `${result.time} by ${result.principal}${end}`;
}

/** For `--json`. */
export interface CheckView {
  readonly name: string;
  readonly status: CheckStanding['status'];
  readonly entry: string | null;
  readonly expires: string | null;
}

export function checkViews(standings: readonly CheckStanding[]): readonly CheckView[] {
  return standings.map(({ name, status, result, expires }) => ({
    name,
    status,
    entry: result?.id ?? null,
    expires,
  }));
}

/** One required check in a few words. */
export function checkWords({ name, status, expires }: CheckView): string {
  const end = expires === null ? '' : status === 'expired' ? ` since ${expires}` : `, good until ${expires}`;
  return `${name}: ${status}${status === 'failed' ? '' : end}`;
}
