import * as z from 'zod';
import { isNonEmpty } from '../../base/nonempty.ts';
import { pinOf, stepsUntil, type PinStep } from '../../domain/aliases.ts';
import { seal } from '../../domain/document.ts';
import { LineName, toIterationId } from '../../domain/names.ts';
import { Unpin } from '../../domain/pin.ts';
import { reason } from '../../domain/reason.ts';
import { AliasName, ALIASES } from '../../domain/states.ts';
import { ALIAS_ROLES } from '../../machine/pins.ts';
import { takenBy } from '../../machine/way-back.ts';
import { aliasesOf, type World } from '../../machine/world.ts';
import { aliasSentences, aliasViews } from '../shared/views/alias-view.ts';
import type { Command, CommonOptions, Outcome } from '../shared/command.ts';
import { later } from '../shared/gates/gate-decision.ts';
import { knownLine } from '../shared/opening/known-line.ts';
import { askReason, needPerson, typeBack } from '../shared/terminal/prompts.ts';
import { hanging } from '../shared/terminal/style.ts';
import { entryBy, land, openDesk, Plan, roleFor, written, type Desk } from '../shared/opening/write.ts';
import { Why } from '../shared/terminal/why.ts';

/** Stands where nobody has been asked yet. */
const NOT_YET = 'to be said';

const Input = z.object({ line: LineName, alias: AliasName.optional(), reason: Why.optional() });

/** Promotions may move an alias again. */
export const unpin: Command<z.infer<typeof Input>> = {
  name: 'unpin',
  group: 'people',
  summary: 'let promotions move an alias again that was pinned; it stays until one does',
  description:
    'Signed by an operator or a release owner. Nothing moves by it: the alias stays where it was pinned until the next\n' +
    'promotion, also where something was promoted meanwhile. Needs a terminal; no option answers for you.',
  arguments: [{ name: '<line>', description: 'the line of models' }],
  options: [
    { flags: '--alias <alias>', description: `${ALIASES.join(' or ')} alone (default: all that is pinned)` },
    { flags: '--reason <text>', description: 'why; recorded and signed' },
  ],
  examples: ['modelsmith unpin claims-triage --reason "1.4.1 reads the new forms"'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { line, alias, reason: given }, common) => {
    if (!common.dryRun) needPerson(context, 'unpin');
    const desk = await openDesk(context, common);
    const { world } = desk.workspace;
    const headline = `${line} cannot be unpinned`;
    const unknown = knownLine(world, line, headline);
    if (unknown !== null) return unknown;
    const asked = alias === undefined ? ALIASES : [alias];
    const pins = asked.flatMap((each) => pinOf(aliasesOf(world.tree, line), each) ?? []);
    const [one] = pins;
    if (one === undefined) {
      const reasons = asked.map((each) => reason('NOT_PINNED', { line, alias: each }));
      if (!isNonEmpty(reasons)) throw new Error('there are no aliases');
      return { kind: 'refused', headline, reasons };
    }
    const first = planned(desk, common, pins, given ?? NOT_YET);
    if ('kind' in first) return first;
    let why = given ?? NOT_YET;
    const meanwhile = pins.flatMap((pin) => passedBy(world, pin));
    if (!common.dryRun) {
      const views = aliasViews(world, line, desk.actor.clock);
      const lines = [
        ...views.flatMap((view) => aliasSentences(line, view)),
        ...meanwhile,
        'Nothing moves now; the next promotion does.',
      ];
      context.terminal.say(lines.flatMap((text) => hanging(text, context.terminal.columns)).join('\n'));
      why = given ?? (await askReason(context, 'why may promotions move it again?'));
      await typeBack(context, `unpin ${namesOf(pins)} of ${line}`);
    }
    const at = common.dryRun ? desk : later(desk);
    const plan = planned(at, common, pins, why);
    if ('kind' in plan) return plan;
    const report = await land(at, common, plan, `Unpin ${namesOf(pins)} of ${line}`);
    return written(
      report,
      [
        ...pins.map(({ signed, version }) => `unpinned ${signed.alias} of ${line}; it stays at ${version}`),
        ...meanwhile,
      ],
      {
        iteration: toIterationId({ line, version: one.version }),
        line,
        aliases: aliasViews(plan.world, line, at.actor.clock),
        entries: plan.acts.flatMap((act) => (act.kind === 'unpin' ? [act.unpin.id] : [])),
      },
    );
  },
};

function namesOf(pins: readonly PinStep[]): string {
  return pins.map(({ signed }) => signed.alias).join(' and ');
}

function planned(
  desk: Desk,
  common: CommonOptions,
  pins: readonly PinStep[],
  why: string,
): Plan | Extract<Outcome, { kind: 'refused' }> {
  const plan = new Plan(desk);
  for (const { entry, version, signed } of pins) {
    const { line, alias } = signed;
    const unpinned = seal(Unpin, {
      ...entryBy(desk, 'unpin', roleFor(desk, common, ALIAS_ROLES, line), [entry]),
      ...{ line, alias, version, reason: why },
    });
    const no = plan.add(`${alias} of ${line} cannot be unpinned`, { kind: 'unpin', unpin: unpinned });
    if (no !== null) return no;
  }
  return plan;
}

/** What was promoted while the alias was pinned and did not take it. */
function passedBy({ tree }: World, { entry, signed: { line, alias } }: PinStep): readonly string[] {
  const steps = stepsUntil(aliasesOf(tree, line));
  const since = steps.slice(steps.findIndex((step) => step.entry === entry) + 1);
  const last = takenBy({ tree }, line, alias, since).at(-1);
  return last === undefined
    ? []
    : [
        `${last} was promoted meanwhile; to go on to it: modelsmith rollback ${line} --to ${last} --alias ${alias}`,
      ];
}
