import { printJson } from '../../base/canonical-json.ts';
import type { View } from '../shared/command.ts';
import type { MetricsOutput } from '../shared/views/metrics-output.ts';
import { csvText } from './csv.ts';
import { prometheusText } from './prometheus.ts';
import { metricsText } from './text.ts';

export const FORMATS = ['text', 'json', 'prometheus', 'csv'] as const;
type Format = (typeof FORMATS)[number];

/** The same numbers in the spelling a reader asked for. */
export function formatted(format: Format, output: MetricsOutput, view: View): string {
  switch (format) {
    case 'text':
      return metricsText(output, view);
    case 'json':
      return printJson(output);
    case 'prometheus':
      return prometheusText(output);
    case 'csv':
      return csvText(output);
  }
}
