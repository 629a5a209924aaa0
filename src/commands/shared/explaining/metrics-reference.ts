import { DEFINITIONS, type Definition } from '../../../metrics/definitions.ts';

/** The text of `docs/metrics.md`: what every number counts, in the words of the program. */
export function metricsReference(): string {
  return `${[
    '# Metrics',
    '<!-- Generated: run `npm run schemas` after a change of src/metrics/definitions.ts or src/commands/shared/explaining/metrics-reference.ts. -->',
    '`modelsmith metrics` says in numbers how governance does: how long people wait, what is refused, what is missing. Each number is a numerator over a denominator, and both are counted from the verified history alone – never from a commit with findings, a host, or the time at which something was pushed.',
    code([
      'modelsmith metrics --since 30d',
      'modelsmith metrics --since 2026-01-01 --until 2026-04-01 --line "claims-*" --role operator',
    ]),
    '## The window',
    'What happened at `--since` is counted, what happened at `--until` is not, so windows beside each other add up: a year is the sum of its months, except for missing owners, which are a state at the end of the window. Left out, the window ends now and is 90 days long. An end in the future is taken for now: of what is to come nothing is counted. Days begin at midnight UTC; `30d` and `12h` are before the end.',
    'Times are those of the entries, which lie within ten minutes of their signatures. What an earlier window says changes only where something new is known of that time: a merge brings what was signed on another branch, a key that is reported as compromised takes everything it made out of every number, a void commit is dated anew when it is repaired, and a document that was replaced has no words any more (see the reading floor).',
    '## Lines and roles',
    'Every number is told for each line and role as well, and these parts add up to the whole. `--line` and `--role` narrow those that are told apart by them; the others stay whole, and the text says so.',
    '## What is counted',
    ...DEFINITIONS.map(described),
    '## Percentiles',
    'p50 and p90 are nearest ranks: of n values, sorted, the one at place ⌈p·n/100⌉. They are always values that were measured, nothing is interpolated. Percentiles of parts do not add up; the whole is computed from all values.',
    '## Formats',
    `- \`--json\`: one object, [schemas/out-metrics.v1.json](../schemas/out-metrics.v1.json), with the definitions, the parts, and under \`named\` what is behind each numerator. For complete lineage \`named\` lists what each release leaves out.
- \`--format prometheus\`: the text exposition format, for the textfile collector of a node exporter. Each number is a pair of gauges, \`…_numerator\` and \`…_denominator\`, latencies a summary; only the parts are told, so sums are whole. A line or role that does not apply is an empty label. The window moves with every run: compare points of one series that were made with the same \`--since\`, and do not apply \`rate()\`.
- \`--format csv\`: RFC 4180, one row for each whole (\`whole\`), part (\`part\`) and name (\`named\`). No cell begins a formula.`,
    code([
      'modelsmith metrics --since 30d --format prometheus > modelsmith.prom.tmp && mv modelsmith.prom.tmp modelsmith.prom',
    ]),
    'With findings the exit code is 3: what is in force is counted, the findings are told under policy violations, and `modelsmith_findings` is not 0. Where the history cannot be judged nothing is printed.',
    '## What they do not say',
    'A short latency is no virtue and a rejection no fault. Nothing here names a person: roles are told apart, people are not, and an entry is named by its id alone. What was never recorded – a candidate refused before it was signed, a talk in a corridor – is in no number.',
  ].join('\n\n')}\n`;
}

function described({ title, name, numerator, denominator, by, note }: Definition): string {
  return `### ${capital(title)}

\`${name}\`, ${by.length === 0 ? 'for the whole repository' : `by ${by.join(' and ')}`}

- numerator: ${numerator}
- denominator: ${denominator}

${note}`;
}

function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function code(lines: readonly string[]): string {
  return ['```', ...lines, '```'].join('\n');
}
