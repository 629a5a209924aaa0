import type { WhatIf } from '../../analysis/what-if.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { explain } from '../shared/explaining/explain.ts';
import { counted } from '../shared/views/notices.ts';
import { reasonsJson } from '../shared/explaining/refusal.ts';
import { hungFrom, wrap, type Style } from '../shared/terminal/style.ts';

/** The same for `--json`, reasons with their sentences. */
export function whatIfOut({ steps, differences }: WhatIf) {
  return {
    steps,
    differences: differences.map(({ iteration, step, time, stricter, milder }) => ({
      iteration,
      step,
      time,
      stricter: reasonsJson(stricter),
      milder: reasonsJson(milder),
      sentences: { stricter: sentences(stricter), milder: sentences(milder) },
    })),
  };
}

type Reasons = WhatIf['differences'][number]['stricter'];

function sentences(reasons: Reasons): readonly string[] {
  return reasons.map((why) => `${why.code}  ${explain(why).sentence}`);
}

export function whatIfLines(
  name: string,
  { steps, differences }: ReturnType<typeof whatIfOut>,
  style: Style,
  columns: number,
): readonly string[] {
  const refused = differences.filter(({ stricter, time }) => stricter.length > 0 && time !== null);
  const ahead = differences.filter(({ stricter, time }) => stricter.length > 0 && time === null);
  return [
    ...wrap(
      `${escapeShown(name)}: ${counted(steps, 'request')} and steps of people gone through again`,
      columns,
    ),
    ...wrap(
      differences.length === 0
        ? 'nothing would have been otherwise, and nothing would be now'
        : `${refused.length} would have been refused; ${ahead.length} of those ahead would need more`,
      columns,
    ),
    ...differences.flatMap((each) => [
      '',
      style.bold(`${each.iteration}  ${stepWords(each)}`),
      ...each.sentences.stricter.flatMap((sentence) => hungFrom('  + ', sentence, columns)),
      ...each.sentences.milder.flatMap((sentence) => hungFrom('  - ', sentence, columns)),
    ]),
    ...(differences.length === 0
      ? []
      : [
          '',
          ...wrap('+ is against it under the proposal alone, - under the policy in force alone', columns),
        ]),
  ];
}

function stepWords({ step, time }: { readonly step: string; readonly time: string | null }): string {
  if (time === null) return `on to ${step}, now`;
  return step === 'candidate' ? `requested ${time.slice(0, 10)}` : `to ${step} ${time.slice(0, 10)}`;
}
