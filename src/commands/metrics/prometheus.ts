import { toSeconds, type Time } from '../../domain/names.ts';
import type { MetricOut, MetricsOutput } from '../shared/views/metrics-output.ts';

/**
 * The text format of Prometheus, version 0.0.4. A value is a state of the window, so all are gauges, and latencies a summary.
 * Only parts are said: whoever scrapes adds them up.
 */
export function prometheusText(output: MetricsOutput): string {
  const { window, findings, incidents } = output;
  return [
    ...gauge(
      'window_start_seconds',
      'Beginning of the window; what lies at it is counted.',
      at(window.since),
    ),
    ...gauge('window_end_seconds', 'End of the window; what lies at it is not counted.', at(window.until)),
    ...gauge(
      'findings',
      'Findings of the whole history that no repair has settled, whatever the window.',
      findings,
    ),
    ...gauge('incidents', 'Repairs signed in the window.', incidents),
    ...output.metrics.flatMap(family),
    '',
  ].join('\n');
}

function at(time: string): number {
  return toSeconds(time as Time);
}

function gauge(name: string, help: string, value: number): readonly string[] {
  return [...head(`modelsmith_${name}`, help, 'gauge'), `modelsmith_${name} ${value}`];
}

function head(name: string, help: string, type: 'gauge' | 'summary'): readonly string[] {
  return [
    `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
    `# TYPE ${name} ${type}`,
  ];
}

function family(metric: MetricOut): readonly string[] {
  const { name, unit, counts } = metric;
  const { numerator, denominator } = counts;
  const base = `modelsmith_${name.replaceAll('-', '_')}`;
  if (unit === 'seconds') {
    const seconds = `${base}_seconds`;
    return [
      ...head(seconds, `Sum: ${numerator}. Count: ${denominator}. Quantiles by nearest rank.`, 'summary'),
      ...partsOf(metric).flatMap((part) => [
        ...(part.p50 === null ? [] : [`${seconds}${labels(part, '0.5')} ${part.p50}`]),
        ...(part.p90 === null ? [] : [`${seconds}${labels(part, '0.9')} ${part.p90}`]),
        `${seconds}_sum${labels(part)} ${part.numerator}`,
        `${seconds}_count${labels(part)} ${part.denominator}`,
      ]),
    ];
  }
  return (['numerator', 'denominator'] as const).flatMap((which) => [
    ...head(`${base}_${which}`, sentence(counts[which]), 'gauge'),
    ...partsOf(metric).map((part) => `${base}_${which}${labels(part)} ${part[which]}`),
  ]);
}

type PartOut = MetricOut['parts'][number];

/** Where there is nothing a zero is said, so that no graph breaks off. */
function partsOf({ parts }: MetricOut): readonly PartOut[] {
  if (parts.length > 0) return parts;
  return [{ line: null, role: null, numerator: 0, denominator: 0, ratio: null, p50: null, p90: null }];
}

/** What belongs to no line or role has an empty label, which Prometheus takes for none. */
function labels({ line, role }: PartOut, quantile?: string): string {
  const pairs = [
    ['line', line ?? ''],
    ['role', role ?? ''],
    ...(quantile === undefined ? [] : [['quantile', quantile]]),
  ];
  return `{${pairs.map(([name = '', value = '']) => `${name}="${escapeLabel(value)}"`).join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
