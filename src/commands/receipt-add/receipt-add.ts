import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { seal } from '../../domain/document.ts';
import { IterationId, SafeName, toIteration } from '../../domain/names.ts';
import { Receipt } from '../../domain/receipt.ts';
import { reason } from '../../domain/reason.ts';
import { receiptRelies, receiptRoles } from '../../machine/acts/receipt.ts';
import { targetStandings } from '../../machine/receipts.ts';
import { placeDigest, targetNamed, targetsOfLine } from '../../machine/targets.ts';
import { bundleOf } from '../../machine/world.ts';
import type { Command } from '../shared/command.ts';
import { later } from '../shared/gates/gate-decision.ts';
import { iterationOutcome } from '../shared/views/iteration-outcome.ts';
import { demandYes, needPerson, wordsOf } from '../shared/terminal/prompts.ts';
import { targetViews, targetWords } from '../shared/gates/receipt-lines.ts';
import { required } from '../shared/opening/required.ts';
import { Why } from '../shared/terminal/why.ts';
import { entryBy, land, openDesk, Plan, roleFor } from '../shared/opening/write.ts';

const Input = z.object({
  iteration: IterationId,
  target: required('the name of the target in the policy').pipe(SafeName),
  removed: z.boolean().default(false),
  message: Why.optional(),
});

/** An operator says what is live at a place that no machine of ours reaches. */
export const receiptAdd: Command<z.infer<typeof Input>> = {
  name: 'receipt add',
  group: 'people',
  summary: 'say that a model is live, or live no more, where no machine of yours reaches',
  description:
    'For targets of the kind external: an operator who has seen it says so, signed, with what was seen and where. For all other\n' +
    'targets modelsmith reconcile writes receipts. Until there is one that says live for each target that follows the alias\n' +
    'serving, no domain expert can approve. Needs a terminal; no option answers for you.',
  arguments: [{ name: '<iteration>', description: 'line@version' }],
  options: [
    { flags: '--target <name>', description: 'name of the target in the policy (must be given)' },
    { flags: '--removed', description: 'it is live there no more' },
    { flags: '--message <text>', description: 'what was seen, where and how' },
  ],
  examples: [
    'modelsmith receipt add claims-triage@1.4.0 --target acme-cluster --message "Shown by Acme\'s console, ticket 4711."',
    'modelsmith receipt add claims-triage@1.3.0 --target acme-cluster --removed',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { iteration: it, target: name, removed, message }, common) => {
    if (!common.dryRun) needPerson(context, 'a receipt');
    const desk = await openDesk(context, common);
    const { world } = desk.workspace;
    const iteration = toIteration(it);
    const headline = `${it} cannot take this receipt`;
    const bundle = bundleOf(world.tree, iteration);
    if (bundle === null)
      return { kind: 'refused', headline, reasons: [reason('ITERATION_UNKNOWN', { iteration: it })] };
    const target = targetNamed(world.law, name);
    if (target === null) {
      const known = targetsOfLine(world.law, iteration.line).map((each) => each.name);
      const why = reason('TARGET_UNKNOWN', { target: name, line: iteration.line, known });
      return { kind: 'refused', headline, reasons: [why] };
    }
    if (target.kind !== 'external')
      throw new CannotTell('USAGE', `${name} is a ${target.kind}: no person signs for what is there`, {
        facts: ['the machine that reaches it looks, and signs what it finds'],
        remedy: 'modelsmith reconcile   (on that machine, with a key in the role reconciler)',
      });
    const outcome = removed ? ('removed' as const) : ('live' as const);
    const seen = await wordsOf(context, message, `what did you see at ${name}, where and how?`);
    const planAt = (at: typeof desk): Plan | Extract<ReturnType<Plan['add']>, object> => {
      const plan = new Plan(at);
      const receipt = seal(Receipt, {
        schema: 'modelsmith/receipt/v1',
        ...entryBy(
          at,
          'receipt',
          roleFor(at, common, receiptRoles(target.kind), iteration.line),
          receiptRelies(bundle),
        ),
        iteration: it,
        target: name,
        place: placeDigest({ name, target }),
        artifact: bundle.record.request.artifact.digest,
        manifest: bundle.record.export?.manifest.sha256 ?? bundle.record.request.artifact.digest,
        outcome,
        seen,
      });
      return plan.add(headline, { kind: 'receipt', iteration, receipt }) ?? plan;
    };
    const first = planAt(desk);
    if (!(first instanceof Plan)) return first;
    if (!common.dryRun)
      await demandYes(
        context,
        `sign that ${it} is ${removed ? 'live no more' : 'live'} at ${name}?`,
        'no receipt was signed',
      );
    const at = common.dryRun ? desk : later(desk);
    const plan = planAt(at);
    if (!(plan instanceof Plan)) return plan;
    const landed = await land(at, common, plan, `Record ${it} ${outcome} at ${name}`);
    return iterationOutcome(at, plan, iteration, landed, {
      json: { target: name, outcome },
      lines: (after) => targetViews(targetStandings(plan.world, after)).map(targetWords),
    });
  },
};
