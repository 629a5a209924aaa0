import * as z from 'zod';
import { IterationId, toIteration, toIterationId } from '../../domain/names.ts';
import type { Command, CommonOptions, Outcome } from '../shared/command.ts';
import { OPENED_OPTION, withOpened } from '../shared/confidential/opened.ts';
import type { Context } from '../shared/context.ts';
import { decideAtGates } from '../shared/gates/gate-decision.ts';
import {
  troubleLines,
  troublesAt,
  groundOf,
  separationLines,
  separationWaiver,
} from '../shared/views/notices.ts';
import { pickBundle } from '../shared/views/pick.ts';
import { askChoice } from '../shared/terminal/prompts.ts';
import { endsFor, readerOf, type End } from './ends.ts';
import { groundOfReview, type ReviewGround, type Section } from '../shared/review/ground.ts';
import { reviewSections } from '../shared/review/sections.ts';
import { browse, transcriptsOf } from '../shared/review/transcripts.ts';
import { walkSections } from '../shared/review/walk.ts';
import { openWorkspace } from '../shared/opening/workspace.ts';
import { ownWork } from '../shared/sharing/own-work.ts';
import { openDesk } from '../shared/opening/write.ts';

const Input = z.object({
  iteration: IterationId.optional(),
  confidentialFrom: z.string().nullable().default(null),
});

/** Everything there is to read before deciding; at a terminal part by part, with the decision at the end. */
export const review: Command<z.infer<typeof Input>> = {
  name: 'review',
  group: 'people',
  summary: 'read an iteration part by part, and decide at the end if you like',
  description:
    'At a terminal it goes through scores, regressions, earlier attempts, change and risk, the documents and what was said,\n' +
    'lets you read and search the transcripts, and asks at the end what you decide. Elsewhere it prints all of it. Reading\n' +
    'takes no key.',
  arguments: [{ name: '[iteration]', description: 'line@version; without it, those that wait for you' }],
  options: [
    { flags: '--as <principal>', description: 'sign as this principal, where several keys are at hand' },
    { flags: '--key-file <file>', description: 'sign with this OpenPGP key file instead of GnuPG' },
    OPENED_OPTION,
  ],
  examples: ['modelsmith review claims-triage@1.4.0', 'modelsmith review claims-triage@1.4.0 | less'],
  writes: false,
  reads: true,
  input: Input,
  run: async (around, input, common) => {
    const { iteration } = input;
    const context = await withOpened(around, input.confidentialFrom);
    if (iteration === undefined) return ownWork(await openDesk(context, common), 'review', common);
    const workspace = await openWorkspace(context, common);
    const { world, valid, verification } = workspace;
    const picked = pickBundle(world, iteration);
    if ('kind' in picked) return picked;
    const { bundle } = picked;
    const { terminal } = context;
    const now = context.now();
    const at = Math.max(now, valid.clock);
    const ground = groundOf(context, workspace);
    const waiver = separationWaiver(world, [bundle]);
    const onGround = (color: boolean, columns?: number): ReviewGround =>
      groundOfReview({ context, workspace, now }, bundle, color, columns);
    const interactive = terminal.interactive && !common.json;
    const head = [...ground.head, ...separationLines(waiver), ...troubleLines(troublesAt(workspace, at), 80)];
    if (!interactive || ground.kind === 'no') {
      const plain = reviewSections(onGround(false, 80));
      return {
        kind: ground.kind,
        json: {
          ...ground.json,
          iteration,
          separationWaived: waiver,
          sections: plain.map(({ title, lines }) => ({ title, text: lines.join('\n') })),
        },
        text: ({ columns, color }) =>
          [...head, ...printed(reviewSections(onGround(color, Math.min(columns, 100))))].join('\n'),
      };
    }
    for (const line of head) terminal.say(line);
    const ends = endsFor(world, bundle, await readerOf(context, world, common), at);
    return await walk(context, common, verification.tip, onGround(terminal.color && !common.plain), ends);
  },
};

function printed(sections: readonly Section[]): readonly string[] {
  return sections.flatMap(({ title, lines }) => ['', title, ...lines]);
}

async function walk(
  context: Context,
  common: CommonOptions,
  tip: string,
  ground: ReviewGround,
  ends: readonly End[],
): Promise<Outcome> {
  const { terminal } = context;
  const { bundle, style, columns } = ground;
  const id = toIterationId(bundle.iteration);
  const sections = reviewSections(ground);
  await walkSections(terminal, terminal.color && !common.plain, sections, [
    {
      key: 't',
      title: 'transcripts',
      go: () => browse(terminal, transcriptsOf(context, bundle, columns), style, columns),
    },
  ]);
  const act =
    ends.length === 1
      ? 'nothing'
      : await askChoice(context, 'what do you decide? (Enter: nothing)', ends, 'nothing');
  if (act === 'nothing')
    return {
      kind: 'yes',
      json: { iteration: id, decided: null },
      text: () => `nothing was decided about ${id}`,
    };
  const desk = await openDesk(context, common);
  // A signature says what is there now: what came in while the person read has been read by nobody.
  const isRead = desk.workspace.verification.tip === tip;
  if (!isRead) terminal.say('the branch has moved since you began to read: look at what is there now');
  return await decideAtGates(desk, common, {
    ...{ act, iteration: toIteration(id), gates: [], answers: [], isRead },
  });
}
