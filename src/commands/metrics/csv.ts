import type { MetricOut, MetricsOutput } from '../shared/views/metrics-output.ts';

const HEAD = [
  ...['metric', 'row', 'line', 'role', 'unit', 'numerator', 'denominator', 'ratio', 'p50', 'p90'],
  ...['since', 'until', 'about', 'what'],
];

/** RFC 4180: for each metric its whole, its parts, and by name what is behind it. */
export function csvText({ metrics, window }: MetricsOutput): string {
  const times = [window.since, window.until];
  const rows = metrics.flatMap((metric) => {
    const { name, unit } = metric;
    return [
      [name, 'whole', '', '', unit, ...numbers(metric), ...times, '', ''],
      ...metric.parts.map((part) => {
        return [name, 'part', part.line ?? '', part.role ?? '', unit, ...numbers(part), ...times, '', ''];
      }),
      ...metric.named.map(({ about, what }) => {
        return [name, 'named', '', '', unit, '', '', '', '', '', ...times, about, what];
      }),
    ];
  });
  return [HEAD, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

type Numbers = Pick<MetricOut, 'numerator' | 'denominator' | 'ratio' | 'p50' | 'p90'>;

function numbers({ numerator, denominator, ratio, p50, p90 }: Numbers): readonly string[] {
  return [numerator, denominator, ratio, p50, p90].map((value) => value?.toString() ?? '');
}

/** What spreadsheets take for the beginning of a formula, in the wide forms too. */
const FORMULA = /^[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]/;

/** Quoted where it has to be, and never a formula. */
export function cell(text: string): string {
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
