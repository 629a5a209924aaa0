import type { View } from '../shared/command.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { table } from '../shared/terminal/layout.ts';
import type { MetricOut, MetricsOutput } from '../shared/views/metrics-output.ts';
import { counted } from '../shared/views/notices.ts';
import { hanging, styleOf } from '../shared/terminal/style.ts';
import { definitionOf } from '../../metrics/definitions.ts';

/** So many names a metric; the other formats have all. */
const MOST_NAMED = 10;

/** What people read: the wholes, by line and role, and what is behind the numbers. */
export function metricsText(output: MetricsOutput, { columns, color }: View): string {
  const { metrics, window, asked, incidents } = output;
  const style = styleOf(color);
  const narrowed = [
    ...(asked.line === null ? [] : [`line ${asked.line}`]),
    ...(asked.role === null ? [] : [`role ${asked.role}`]),
  ];
  const apart = metrics.filter(({ by, numerator }) => by.length > 0 && numerator > 0);
  const named = metrics.filter(({ named: names }) => names.length > 0);
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', style.bold(title), ...lines];
  return [
    `from ${window.since} up to ${window.until}${narrowed.map((words) => `, ${words}`).join('')}`,
    ...(incidents === 0 ? [] : [`${counted(incidents, 'repair')} signed in it; modelsmith log tells`]),
    ...(narrowed.length === 0 ? [] : remarks(metrics, asked, columns)),
    '',
    ...table(
      metrics.map((metric) => [metric.title, wholeOf(metric)]),
      columns,
    ),
    ...apart.flatMap((metric) =>
      section(
        metric.title,
        table(
          metric.parts.flatMap((part) =>
            part.numerator === 0 ? [] : [[part.line ?? '–', part.role ?? '–', ...partOf(metric, part)]],
          ),
          columns,
          2,
        ),
      ),
    ),
    ...section(
      'behind the numbers',
      named.flatMap(({ title, named: names }) => [
        ...names
          .slice(0, MOST_NAMED)
          .flatMap(({ about, what }) =>
            hanging(escapeShown(`${title}: ${shortened(about)} ${what}`), columns),
          ),
        ...(names.length > MOST_NAMED ? [`${title}: ${names.length - MOST_NAMED} more; --json has all`] : []),
      ]),
    ),
    '',
    ...hanging(
      'what each number counts: modelsmith metrics --help; lines and roles with none are left out here: --format csv',
      columns,
    ),
  ].join('\n');
}

/** What was asked for does not narrow every metric. */
function remarks(
  metrics: readonly MetricOut[],
  { line, role }: MetricsOutput['asked'],
  columns: number,
): readonly string[] {
  const asked = [
    ...(line === null ? [] : (['line'] as const)),
    ...(role === null ? [] : (['role'] as const)),
  ];
  return asked.flatMap((which) => {
    const whole = metrics.filter(({ by }) => !by.includes(which)).map(({ title }) => title);
    return hanging(`not narrowed by --${which}: ${whole.join(', ')}`, columns);
  });
}

/** `1 of 4 decisions (25 %)`, or how long it took. */
function wholeOf(metric: MetricOut): string {
  const { name, unit, numerator, denominator, ratio } = metric;
  const { of } = definitionOf(name);
  if (ratio === null) return `no ${of}`;
  if (unit === 'seconds') return `${ranks(metric)}, mean ${duration(ratio)} (${of}: ${denominator})`;
  return `${numerator} of ${denominator} ${of} (${percent(ratio)})`;
}

type Numbers = Pick<MetricOut, 'numerator' | 'denominator' | 'ratio' | 'p50' | 'p90'>;

function partOf({ unit }: MetricOut, part: Numbers): readonly string[] {
  const { numerator, denominator } = part;
  return unit === 'seconds' ? [String(denominator), ranks(part)] : [`${numerator} of ${denominator}`];
}

function ranks({ p50, p90 }: Numbers): string {
  return `p50 ${duration(p50)}, p90 ${duration(p90)}`;
}

/** With one digit, and never 0 or 100 for what is not. */
function percent(ratio: number): string {
  const rounded = Math.round(ratio * 1000) / 10;
  if (rounded === 0 && ratio > 0) return 'under 0.1 %';
  return rounded === 100 && ratio < 1 ? 'over 99.9 %' : `${rounded} %`;
}

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];

/** In the two largest units: `2 d 3 h`. */
function duration(seconds: number | null): string {
  const whole = Math.round(seconds ?? 0);
  const pair = (big: number, name: string, small: number, rest: string): string =>
    `${Math.floor(whole / big)} ${name}${whole % big < small ? '' : ` ${Math.floor((whole % big) / small)} ${rest}`}`;
  if (whole >= DAY) return pair(DAY, 'd', HOUR, 'h');
  if (whole >= HOUR) return pair(HOUR, 'h', MINUTE, 'min');
  return whole >= MINUTE ? pair(MINUTE, 'min', 1, 's') : `${whole} s`;
}

/** A commit or change is known by its first digits. */
function shortened(about: string): string {
  return /^[0-9a-f]{40,64}$/.test(about) ? about.slice(0, 12) : about;
}
