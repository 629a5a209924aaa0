import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { Approval } from '../../domain/approval.ts';
import { seal } from '../../domain/document.ts';
import { EntryId, IterationId, toIteration, toIterationId } from '../../domain/names.ts';
import { reason } from '../../domain/reason.ts';
import type { Role } from '../../domain/roles.ts';
import { GateName } from '../../domain/states.ts';
import { gateRule, seatOf, type GateRule } from '../../machine/gate-rule.ts';
import { withdrawnEntries } from '../../machine/objections.ts';
import { bundleOf, type Bundle } from '../../machine/world.ts';
import type { Command, CommonOptions } from '../shared/command.ts';
import { later } from '../shared/gates/gate-decision.ts';
import { EntryStart } from '../shared/gates/gate-options.ts';
import { gateOutcome } from '../shared/gates/gate-outcome.ts';
import { gateScreen } from '../shared/gates/gate-screen.ts';
import { brief } from '../shared/terminal/layout.ts';
import { askReason, needPerson, typeBack } from '../shared/terminal/prompts.ts';
import { styleOf } from '../shared/terminal/style.ts';
import { entryBy, land, openDesk, Plan, roleFor, type Desk } from '../shared/opening/write.ts';

const Input = z.object({
  iteration: IterationId,
  entry: EntryStart.optional(),
  gate: GateName.optional(),
});
type Input = z.infer<typeof Input>;

/** Takes back one's own decision at a gate. */
export const withdraw: Command<Input> = {
  name: 'withdraw',
  group: 'people',
  summary: 'take back your own approval, rejection or change request',
  description:
    'An approval taken back counts no more; where a transition relied on it, that is contested until it is answered. An\n' +
    'objection taken back stands no more. Needs a terminal; no option answers for you.',
  arguments: [{ name: '<iteration>', description: 'line@version' }],
  options: [
    { flags: '--entry <entry>', description: 'the decision to take back, where you made several' },
    {
      flags: '--gate <gate>',
      description: 'its gate, for an entry by its full id that has not arrived here yet',
    },
  ],
  examples: [
    'modelsmith withdraw claims-triage@1.4.0',
    'modelsmith withdraw claims-triage@1.4.0 --entry 91bc04de77aa',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    if (!common.dryRun) needPerson(context, 'withdraw');
    const desk = await openDesk(context, common);
    const { world } = desk.workspace;
    const id = input.iteration;
    const headline = `you cannot withdraw a decision on ${id}`;
    const bundle = bundleOf(world.tree, toIteration(id));
    if (bundle === null)
      return { kind: 'refused', headline, reasons: [reason('ITERATION_UNKNOWN', { iteration: id })] };
    const target = targetOf(desk, bundle, input);
    const rule = ruleOf(desk, bundle, target);
    const planned = (at: Desk, given: string) => {
      const plan = new Plan(at);
      const approval = withdrawal(at, common, bundle, target, given);
      const no = plan.add(headline, { kind: 'decide', iteration: bundle.iteration, approval });
      return no ?? plan;
    };
    const first = planned(desk, 'not asked yet');
    if (!(first instanceof Plan)) return first;
    const given = common.dryRun ? 'not asked yet' : await ask(desk, common, bundle, target);
    const at = common.dryRun ? desk : later(desk);
    const plan = planned(at, given);
    if (!(plan instanceof Plan)) return plan;
    const report = await land(at, common, plan, `Take back a decision on ${id} at ${target.gate}`);
    return gateOutcome(at, plan, report, { bundle, rules: [rule], act: 'withdraw', edge: null });
  },
};

interface Target {
  readonly id: EntryId;
  readonly gate: GateName;
  /** Absent of one that has not arrived yet. */
  readonly role?: Role;
}

/** The one decision of the signer that is meant. @throws CannotTell where it is not one. */
function targetOf({ who }: Desk, bundle: Bundle, { entry, gate }: Input): Target {
  const gone = withdrawnEntries(bundle);
  const own = bundle.approvals.filter(
    (each) =>
      each.act !== 'withdraw' &&
      each.principal === who.principal.id &&
      !gone.has(each.id) &&
      (entry === undefined || each.id.startsWith(entry)) &&
      (gate === undefined || each.gate === gate),
  );
  const [only, ...others] = own;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined)
    throw new CannotTell('USAGE', 'you decided several times; say which to take back', {
      facts: own.map(({ id, act, gate: at, time }) => `${brief(id)}  ${act} at ${at}, ${time}`),
      remedy: `add --entry ${brief(only.id)}`,
    });
  const full = EntryId.safeParse(entry);
  const isHere = bundle.entries.some(({ id }) => id === entry);
  if (full.success && gate !== undefined && !isHere) return { id: full.data, gate };
  throw new CannotTell('NO_INPUT', 'there is no decision of yours here that could be taken back', {
    facts: full.success && !isHere ? ['for one that has not arrived yet, add --gate <gate>'] : [],
    remedy: `modelsmith status ${toIterationId(bundle.iteration)}`,
  });
}

/** The seat it was made at; that of the gate where nobody knows. */
function ruleOf({ workspace }: Desk, bundle: Bundle, { gate, role }: Target): GateRule {
  const { law } = workspace.world;
  return role === undefined ? gateRule(law, bundle, gate) : seatOf(law, bundle, { gate, role });
}

function withdrawal(
  desk: Desk,
  common: CommonOptions,
  bundle: Bundle,
  target: Target,
  given: string,
): Approval {
  const { id, gate } = target;
  const { roles } = ruleOf(desk, bundle, target);
  const role = roleFor(desk, common, roles, bundle.iteration.line);
  return seal(Approval, {
    schema: 'modelsmith/approval/v1' as const,
    ...entryBy(desk, 'withdraw', role, [id]),
    iteration: toIterationId(bundle.iteration),
    gate,
    withdraws: id,
    answers: [],
    reason: given,
  });
}

async function ask(desk: Desk, common: CommonOptions, bundle: Bundle, target: Target): Promise<string> {
  const { id, gate } = target;
  const { context } = desk;
  const { terminal } = context;
  const style = styleOf(terminal.color && !common.plain);
  const rules = [ruleOf(desk, bundle, target)];
  const act = `take back ${brief(id)}`;
  terminal.say(gateScreen({ act, desk, bundle, rules, brief: true, style, columns: terminal.columns }));
  const given = await askReason(context, 'why do you take it back?');
  await typeBack(context, `${act} at ${gate}`);
  return given;
}
