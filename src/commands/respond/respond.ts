import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { IterationId, SafePath, toIteration, type EntryId } from '../../domain/names.ts';
import { reason } from '../../domain/reason.ts';
import { Text } from '../../domain/text.ts';
import { standingObjections, type Objection } from '../../machine/objections.ts';
import { bundleOf } from '../../machine/world.ts';
import { addEvidence } from '../shared/intake/add-evidence.ts';
import type { Command } from '../shared/command.ts';
import { entryStarting } from '../shared/opening/entry-starting.ts';
import { CONFIDENTIAL_OPTION, Protection } from '../shared/confidential/protect.ts';
import { EntryStart } from '../shared/gates/gate-options.ts';
import { iterationOutcome } from '../shared/views/iteration-outcome.ts';
import { brief } from '../shared/terminal/layout.ts';
import { wordsOf } from '../shared/terminal/prompts.ts';
import { say } from '../shared/views/say.ts';
import { land, openDesk, Plan } from '../shared/opening/write.ts';
import { lookAgain, lookAgainLines } from './look-again.ts';

const Input = z.object({
  iteration: IterationId,
  file: z.array(z.string()).default([]),
  to: EntryStart.optional(),
  asPath: SafePath.nullable().default(null),
  confidential: Protection,
  message: Text.optional(),
});

/** Answers a change request: with better documents, with words, or with both in one commit. */
export const respond: Command<z.infer<typeof Input>> = {
  name: 'respond',
  group: 'people',
  summary: 'answer a change request: with documents, with words, or both in one commit',
  description:
    'The request stands until people at its gate settle it; this gives them what they asked for, and says whose\n' +
    'approvals no longer cover what is there. Pipelines may respond too.',
  arguments: [
    { name: '<iteration>', description: 'line@version' },
    { name: '[file...]', description: 'files to put in, as with evidence add' },
  ],
  options: [
    { flags: '--to <entry>', description: 'the change request (default: the only one that stands)' },
    { flags: '--as-path <path>', description: 'path in the bundle, for one file: attachments/<name>' },
    CONFIDENTIAL_OPTION,
    { flags: '--message <text>', description: 'what you have to say about it' },
  ],
  examples: [
    'modelsmith respond claims-triage@1.4.0 model-card.md --message "Names the dialects now."',
    'modelsmith respond claims-triage@1.4.0 --to 3fa6c01b2d94 --message "That is by design: see the card."',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { iteration: it, file, to, asPath, confidential, message }, common) => {
    const desk = await openDesk(context, common);
    const { world } = desk.workspace;
    const iteration = toIteration(it);
    const bundle = bundleOf(world.tree, iteration);
    if (bundle === null) {
      const reasons = [reason('ITERATION_UNKNOWN', { iteration: it })] as const;
      return { kind: 'refused', headline: `${it} has nothing to respond to`, reasons };
    }
    const open = standingObjections(world, bundle).filter(({ act }) => act === 'request-changes');
    const request = chosen(it, open, to);
    // A pipeline's documents may speak for themselves; a person is asked.
    const text =
      message === undefined && file.length > 0 && !context.terminal.interactive
        ? null
        : await wordsOf(context, message, `what do you answer ${request.principal}?`, Text);
    const plan = new Plan(desk);
    const about: EntryId[] = [request.id];
    let paths: readonly string[] = [];
    if (file.length > 0) {
      const input = { files: file, asPath, answers: [request.id], confidential };
      const brought = await addEvidence(desk, common, plan, iteration, input);
      if ('kind' in brought) return brought;
      paths = brought;
      const entry = bundleOf(plan.world.tree, iteration)?.record.evidence.at(-1);
      if (entry !== undefined) about.push(entry.id);
    } else if (asPath !== null) throw new CannotTell('USAGE', '--as-path goes with one file');
    const said = text === null ? null : say(desk, common, plan, iteration, { about, text });
    if (said !== null && 'kind' in said) return said;
    const again = lookAgain(world, plan.world, bundle, request, desk.actor.clock);
    const report = await land(desk, common, plan, `Respond to ${request.principal} on ${it}`);
    return iterationOutcome(desk, plan, iteration, report, {
      json: { to: request.id, paths, comment: said?.id ?? null, ...again },
      lines: (_after, style, columns) => [
        `${common.dryRun ? 'would answer' : 'answered'} ${brief(request.id)} by ${request.principal} at ${request.gate}`,
        ...paths.map((path) => `${common.dryRun ? 'would add' : 'added'} ${path}`),
        ...lookAgainLines(again, style, columns),
      ],
    });
  },
};

/** The change request that is meant. @throws CannotTell USAGE where that is not clear, with those that stand. */
function chosen(it: IterationId, open: readonly Objection[], to: string | undefined): Objection {
  const id =
    to === undefined
      ? null
      : entryStarting(
          open.map((entry) => entry.id),
          to,
        );
  const [found, ...more] = open.filter((entry) => to === undefined || entry.id === id);
  if (found !== undefined && more.length === 0) return found;
  if (open.length === 0) {
    throw new CannotTell('USAGE', `no change request stands on ${it}`, {
      remedy: `modelsmith comment ${it} --message <text>   (to say something all the same)`,
    });
  }
  throw new CannotTell(
    'USAGE',
    to === undefined ? 'which change request? several stand' : `no change request begins with ${to}`,
    {
      facts: open.map((entry) => `${brief(entry.id)}  ${entry.principal} at ${entry.gate}: ${entry.reason}`),
      remedy: `modelsmith respond ${it} --to ${brief(open[0]?.id ?? '')} …`,
    },
  );
}
