import { GATES, type GateName } from '../../domain/states.ts';
import { edgeOfGate, edgeOnward } from '../../machine/edges.ts';
import { gateRule, type GateRule } from '../../machine/gate-rule.ts';
import { holdsRole } from '../../machine/law.ts';
import type { Bundle } from '../../machine/world.ts';
import type { CommonOptions } from './command.ts';
import type { GateAct } from './gate-entry.ts';
import type { Desk } from './write.ts';

/**
 * The gates that may be meant: those named, else those of the edge onward in whose roles the signer acts. A rejection
 * may also come later and contest a gate that was passed. Where the signer holds none of the roles, the gates of the
 * edge onward, so that the machine says which role is missing.
 */
export function gatesMeant(
  desk: Desk,
  common: Pick<CommonOptions, 'role'>,
  bundle: Bundle,
  act: GateAct,
  named: readonly GateName[],
): readonly GateRule[] {
  const { law } = desk.workspace.world;
  const rules = (gates: readonly GateName[]): readonly GateRule[] =>
    gates.map((gate) => gateRule(law, bundle, gate));
  if (named.length > 0) return rules(GATES.filter((gate) => named.includes(gate)));
  const ahead = rules(edgeOnward(bundle.record.state)?.gates ?? []);
  const mine = ahead.filter((rule) => actsAt(desk, common, bundle, rule));
  if (mine.length > 0 || act === 'approve') return mine.length > 0 ? mine : ahead;
  const reached = new Set(bundle.record.transitions.map((step) => step.to));
  const passed = rules(GATES.filter((gate) => reached.has(edgeOfGate(gate).to)));
  const earlier = passed.filter((rule) => actsAt(desk, common, bundle, rule));
  return earlier.length > 0 ? earlier : ahead;
}

function actsAt(
  { who, actor }: Desk,
  { role: asked }: Pick<CommonOptions, 'role'>,
  { iteration }: Bundle,
  { roles }: GateRule,
): boolean {
  return roles.some(
    (role) =>
      (asked === null || role === asked) && holdsRole(who.principal, role, iteration.line, actor.clock),
  );
}
