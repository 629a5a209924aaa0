import { GATES, type GateName } from '../../../domain/states.ts';
import { edgeOfGate, edgeOnward } from '../../../machine/edges.ts';
import { gateSeats, type GateRule } from '../../../machine/gate-rule.ts';
import { holdsRole } from '../../../machine/law.ts';
import type { Bundle } from '../../../machine/world.ts';
import type { CommonOptions } from '../command.ts';
import type { GateAct } from './gate-entry.ts';
import type { Desk } from '../opening/write.ts';

/**
 * The seats that may be meant: at the gates named, else at those of the edge onward, each in whose role the signer acts. A
 * rejection may also come later and contest a gate that was passed. Where the signer holds none of the roles, the gates'
 * own seats, so that the machine says which role is missing.
 */
export function gatesMeant(
  desk: Desk,
  common: Pick<CommonOptions, 'role'>,
  bundle: Bundle,
  act: GateAct,
  named: readonly GateName[],
): readonly GateRule[] {
  const { law } = desk.workspace.world;
  const seats = (gates: readonly GateName[]): readonly GateRule[] =>
    gates.flatMap((gate) => gateSeats(law, bundle, gate));
  const held = (gates: readonly GateName[]): readonly GateRule[] => {
    const mine = seats(gates).filter((rule) => actsAt(desk, common, bundle, rule));
    return act === 'approve' ? mine : onePerGate(mine);
  };
  const own = (gates: readonly GateName[]): readonly GateRule[] =>
    seats(gates).filter(({ owner }) => owner === null);
  if (named.length > 0)
    return GATES.filter((gate) => named.includes(gate)).flatMap((gate) => {
      const mine = held([gate]);
      return mine.length > 0 ? mine : own([gate]);
    });
  const ahead = edgeOnward(bundle.record.state)?.gates ?? [];
  const mine = held(ahead);
  if (mine.length > 0 || act === 'approve') return mine.length > 0 ? mine : own(ahead);
  const reached = new Set(bundle.record.transitions.map((step) => step.to));
  const earlier = held(GATES.filter((gate) => reached.has(edgeOfGate(gate).to)));
  return earlier.length > 0 ? earlier : own(ahead);
}

/** One objection is enough, whatever roles a person holds at a gate. */
function onePerGate(rules: readonly GateRule[]): readonly GateRule[] {
  return rules.filter((rule, index) => rules.findIndex(({ gate }) => gate === rule.gate) === index);
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
