import { toIterationId } from '../../domain/names.ts';
import type { Edge } from '../../machine/edges.ts';
import { gateRule } from '../../machine/gate-rule.ts';
import type { Bundle } from '../../machine/world.ts';
import type { CommonOptions, Outcome } from '../shared/command.ts';
import { later } from '../shared/gates/gate-decision.ts';
import { gateTransition } from '../shared/gates/gate-entry.ts';
import { gateOutcome } from '../shared/gates/gate-outcome.ts';
import { gateScreen } from '../shared/gates/gate-screen.ts';
import { needPerson, typeBack } from '../shared/terminal/prompts.ts';
import { styleOf } from '../shared/terminal/style.ts';
import { land, Plan, type Desk } from '../shared/opening/write.ts';

/** Takes a transition whose gates are open already. Any human holding a role of one of its gates may. */
export async function takeTransition(
  desk: Desk,
  common: CommonOptions,
  bundle: Bundle,
  edge: Edge,
): Promise<Outcome> {
  const { context, workspace } = desk;
  const id = toIterationId(bundle.iteration);
  const headline = `${id} cannot move ${edge.from} → ${edge.to}`;
  const planned = (at: Desk) => {
    const plan = new Plan(at);
    const step = gateTransition(at, common, plan.world, bundle, edge);
    const no = plan.add(headline, { kind: 'transition', iteration: bundle.iteration, step });
    return { plan, no };
  };
  const { no } = planned(desk);
  if (no !== null) return no;
  if (!common.dryRun) {
    needPerson(context, 'promote');
    const { columns, color } = context.terminal;
    const rules = edge.gates.map((gate) => gateRule(workspace.world.law, bundle, gate));
    const style = styleOf(color && !common.plain);
    context.terminal.say(
      gateScreen({ act: 'take the transition', desk, bundle, rules, brief: false, style, columns }),
    );
    await typeBack(context, `move ${id} to ${edge.to}`);
  }
  const at = common.dryRun ? desk : later(desk);
  const { plan, no: now } = planned(at);
  if (now !== null) return now;
  const report = await land(at, common, plan, `Move ${id} from ${edge.from} to ${edge.to}`);
  return gateOutcome(at, plan, report, { bundle, rules: [], act: 'promote', edge });
}
