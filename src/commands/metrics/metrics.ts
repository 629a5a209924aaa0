import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { LinePattern, matchesLine } from '../../domain/line-pattern.ts';
import { LineName, toSeconds } from '../../domain/names.ts';
import { Role } from '../../domain/roles.ts';
import { ruleOfLine, type Law } from '../../machine/law.ts';
import { bundlesOf, linesOf } from '../../machine/world.ts';
import { definitionOf, DEFINITIONS } from '../../metrics/definitions.ts';
import { lawsOf } from '../../metrics/laws.ts';
import { measuresOf, type Measure, type Narrowed, type Share } from '../../metrics/measures.ts';
import { observe } from '../../metrics/observe.ts';
import { isWithin, windowTimes, type Window } from '../../metrics/window.ts';
import type { Command } from '../shared/command.ts';
import type { MetricOut, MetricsOutput } from '../shared/views/metrics-output.ts';
import { groundOf } from '../shared/views/notices.ts';
import { openWorkspace, type Workspace } from '../shared/opening/workspace.ts';
import { Since, Until, USUAL_DAYS, windowOf } from './asked-window.ts';
import { formatted, FORMATS } from './formats.ts';
import { judgedCommits } from './judged-commits.ts';

const Input = z.object({
  since: Since.optional(),
  until: Until.optional(),
  line: LinePattern.optional(),
  role: Role.optional(),
  format: z.enum(FORMATS, { error: `must be one of ${FORMATS.join(', ')}` }).default('text'),
});

/** How governance does, in numbers: nothing is counted that was not verified. */
export const metrics: Command<z.infer<typeof Input>> = {
  name: 'metrics',
  group: 'see',
  summary: 'how governance does, in numbers over a time',
  description: [
    'From the verified history alone. Each is a numerator over a denominator:',
    ...DEFINITIONS.map(({ title, numerator, denominator }) => `${title}: ${numerator} / ${denominator}.`),
    'Percentiles are nearest ranks. What a stolen key made is not counted. Exit 3 where the history has findings: what is in\n' +
      'force is counted then.',
  ].join('\n\n'),
  arguments: [],
  options: [
    {
      flags: '--since <when>',
      description: `a day, a time, or 30d or 12h before the end; counted itself (default: ${USUAL_DAYS}d)`,
    },
    { flags: '--until <when>', description: 'a day or a time; not counted itself (default: now)' },
    { flags: '--line <line>', description: 'only these lines, such as claims-triage or claims-*' },
    { flags: '--role <role>', description: 'only what was signed in this role, or lacks it' },
    {
      flags: '--format <format>',
      description: 'text (default), json (the same as --json), prometheus, csv',
      values: FORMATS,
    },
  ],
  examples: [
    'modelsmith metrics --since 30d',
    'modelsmith metrics --since 2026-01-01 --until 2026-04-01 --line "claims-*" --format csv',
    'modelsmith metrics --format prometheus > /var/lib/node_exporter/modelsmith.prom',
  ],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, { since, until, line = null, role = null, format }, common) => {
    if (common.json && format !== 'text' && format !== 'json')
      throw new CannotTell('USAGE', `--json and --format ${format} exclude each other`, {
        remedy: 'modelsmith metrics --help',
      });
    const workspace = await openWorkspace(context, common);
    demandLine(workspace, line);
    const now = Math.max(context.now(), workspace.valid.clock);
    const window = windowOf(since, until, now);
    const ground = groundOf(context, workspace);
    const output: MetricsOutput = {
      schema: 'modelsmith/out/metrics/v1',
      answer: ground.kind,
      ...ground.json,
      window: windowTimes(window),
      asked: { line, role },
      incidents: workspace.verification.incidents.filter(({ time }) => isWithin(window, toSeconds(time)))
        .length,
      metrics: measured(workspace, window, { line, role }, now).map(metricOut),
    };
    return {
      kind: ground.kind,
      json: output,
      text: (view) => [...(format === 'text' ? ground.head : []), formatted(format, output, view)].join('\n'),
    };
  },
};

/** A misspelt line would have nothing in it, and be told as all well. @throws CannotTell NO_INPUT where no line is meant. */
function demandLine({ world: { tree, law } }: Workspace, asked: LinePattern | null): void {
  if (asked === null || law.policy.lines.some(({ match }) => match === asked)) return;
  const known = linesOf(tree);
  if (known.some((line) => matchesLine(asked, line)) || isRuled(law, asked)) return;
  throw new CannotTell('NO_INPUT', `no line here is called ${asked}`, {
    facts: [known.length === 0 ? 'there is none yet' : `there is: ${known.join(', ')}`],
    remedy: 'modelsmith status   (shows every line)',
  });
}

/** A line that the policy is for and that nobody began yet has nothing to count, and is no misspelling. */
function isRuled(law: Law, asked: LinePattern): boolean {
  const line = LineName.safeParse(asked);
  return line.success && ruleOfLine(law, line.data) !== null;
}

function measured(
  { world, verification, root }: Workspace,
  window: Window,
  narrowed: Narrowed,
  now: number,
): readonly Measure[] {
  const founding = verification.history.judged.get(root.commit);
  if (founding === undefined) throw new Error('a history that was judged holds its root');
  const laws = lawsOf(world.tree, { tree: founding.tree, time: founding.clock });
  const bundles = bundlesOf(world.tree);
  return measuresOf(observe({ world, bundles, laws, window }, judgedCommits(verification, now)), narrowed);
}

function metricOut(measure: Measure): MetricOut {
  const { name, parts, named } = measure;
  const { title, unit, by, numerator, denominator } = definitionOf(name);
  return {
    ...{ name, title, unit, by, counts: { numerator, denominator } },
    ...shareOut(measure),
    parts: parts.map((part) => ({ line: part.line, role: part.role, ...shareOut(part) })),
    named,
  };
}

function shareOut({ numerator, denominator, p50, p90 }: Share) {
  return { numerator, denominator, ratio: denominator === 0 ? null : numerator / denominator, p50, p90 };
}
