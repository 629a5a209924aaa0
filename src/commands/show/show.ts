import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { IterationId, LineName, SafePath, toIteration } from '../../domain/names.ts';
import { checkStandings } from '../../machine/check-standing.ts';
import type { Bundle } from '../../machine/world.ts';
import { checkLines, checkViews } from '../shared/review/check-lines.ts';
import type { Command, View } from '../shared/command.ts';
import { confidentialJson } from '../shared/confidential/lines.ts';
import { OPENED_OPTION, withOpened } from '../shared/confidential/opened.ts';
import type { Context } from '../shared/context.ts';
import { groundOf, separationLines, separationWaiver } from '../shared/views/notices.ts';
import { showPages } from '../shared/views/pager.ts';
import { pickBundle } from '../shared/views/pick.ts';
import { openRequests } from '../shared/gates/open-requests.ts';
import { standingView } from '../shared/views/standing-view.ts';
import { styleOf, wrap } from '../shared/terminal/style.ts';
import { openTip, type Tip } from '../shared/opening/workspace.ts';
import { AskedTime, timeAsked } from './asked-time.ts';
import { showFile } from './bundle-file.ts';
import { showItems } from './bundle-items.ts';
import { iterationThen, lineThen } from './then.ts';
import { recordLines } from './record-text.ts';

/** An iteration, or the line of many. */
const Shown = z.string().transform((text, context): IterationId | LineName => {
  const found = (text.includes('@') ? IterationId : LineName).safeParse(text);
  if (found.success) return found.data;
  for (const { message } of found.error.issues) context.addIssue(message);
  return z.NEVER;
});

const Input = z.object({
  iteration: Shown,
  at: AskedTime.optional(),
  file: SafePath.optional(),
  items: z.boolean().default(false),
  run: z.string().nullable().default(null),
  task: z.string().nullable().default(null),
  item: z.string().nullable().default(null),
  page: z.boolean().default(false),
  confidentialFrom: z.string().nullable().default(null),
});
type Input = z.infer<typeof Input>;

/** Everything recorded about one iteration. */
export const show: Command<Input> = {
  name: 'show',
  group: 'see',
  summary: 'everything recorded about one iteration, or one file or the single items of its bundle',
  description:
    'Of a line: where its aliases point and who put them there. With --at: what was so then, by what had been signed until\n' +
    'then; a step counts from the time it was signed, wherever it was merged later.',
  arguments: [{ name: '<iteration>', description: 'line@version, or a line' }],
  options: [
    { flags: '--at <time>', description: 'a time, or a day (its end, UTC): what aliases pointed to then' },
    { flags: '--file <path>', description: 'print one file of the bundle, such as model-card.md' },
    {
      flags: '--items',
      description: 'print what was asked and answered, item by item, from the transcripts',
    },
    { flags: '--run <name>', description: 'of the items, those of one run' },
    { flags: '--task <name>', description: 'of the items, those of one task' },
    { flags: '--item <name>', description: 'of the items, those of this name' },
    OPENED_OPTION,
    { flags: '--page', description: 'at a terminal: a page at a time, with a search' },
  ],
  examples: [
    'modelsmith show claims-triage@1.4.0',
    'modelsmith show claims-triage --at 2026-03-09T12:00:00Z',
    'modelsmith show claims-triage@1.4.0 --file model-card.md',
    'modelsmith show claims-triage@1.4.0 --items --task routing --page',
  ],
  writes: false,
  reads: true,
  input: Input,
  run: async (around, input, common) => {
    const context = await withOpened(around, input.confidentialFrom);
    checkOptions(input);
    const workspace = await openTip(context, common);
    const { world } = workspace;
    const line = LineName.safeParse(input.iteration);
    if (line.success || input.at !== undefined) {
      const ground = groundOf(context, workspace);
      const at = timeAsked(input.at, Math.max(context.now(), workspace.valid.clock));
      return line.success
        ? lineThen(world, ground, line.data, at)
        : iterationThen(world, ground, toIteration(input.iteration as IterationId), at);
    }
    const iteration = input.iteration as IterationId;
    const picked = pickBundle(world, iteration);
    if ('kind' in picked) return picked;
    const { bundle } = picked;
    const waiver = separationWaiver(world, [bundle]);
    const shown = whatIsAsked(context, workspace, bundle, input);
    const ground = groundOf(context, workspace);
    const lines = (view: View): readonly string[] => [
      ...ground.head,
      ...separationLines(waiver),
      ...shown.lines(view),
    ];
    const { terminal } = context;
    const paged = input.page && terminal.interactive && !common.json;
    if (paged) {
      const { columns } = terminal;
      const whole = lines({ columns, color: false });
      await showPages(
        terminal,
        whole.flatMap((line) => (line.length > columns ? wrap(line, columns) : [line])),
      );
    }
    return {
      kind: ground.kind,
      json: { ...ground.json, iteration, separationWaived: waiver, ...shown.json },
      text: (view) => lines(view).join('\n'),
      printed: paged,
    };
  },
};

function checkOptions({ iteration, at, file, items, run, task, item }: Input): void {
  const parts = items || [file, run, task, item].some((each) => each != null);
  if (parts && (at !== undefined || !iteration.includes('@')))
    throw new CannotTell('USAGE', 'files and items are shown of one iteration, as they are', {
      remedy: 'modelsmith show <line>@<version>',
    });
  const chosen = [run, task, item].some((name) => name !== null);
  if (items ? file === undefined : !chosen) return;
  throw new CannotTell(
    'USAGE',
    items ? '--file and --items are two questions' : '--run, --task and --item choose among --items',
    { remedy: 'modelsmith show --help' },
  );
}

function whatIsAsked(
  context: Context,
  { world, valid }: Tip,
  bundle: Bundle,
  input: Input,
): { readonly json: object; lines(view: View): readonly string[] } {
  if (input.items) return showItems(context, bundle, input);
  if (input.file !== undefined) {
    const file = showFile(bundle, input.file);
    return { json: file.json, lines: () => file.lines };
  }
  const at = Math.max(context.now(), valid.clock);
  const conversation = openRequests(world, bundle, at);
  const standing = { ...standingView(world, bundle, at), conversation };
  const checks = checkStandings(world, bundle, at);
  const { record, lock, approvals } = bundle;
  return {
    json: {
      record,
      lock,
      approvals,
      standing,
      requiredChecks: checkViews(checks),
      confidential: confidentialJson(bundle),
    },
    lines: (view) => [
      ...recordLines(bundle, standing, view),
      ...(checks.length === 0 ? [] : ['', ...checkLines(checks, styleOf(view.color), view.columns)]),
    ],
  };
}
