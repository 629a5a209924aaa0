import { Approval } from '../../../domain/approval.ts';
import { seal } from '../../../domain/document.ts';
import { toIdSet } from '../../../domain/entry.ts';
import { toIterationId, type EntryId } from '../../../domain/names.ts';
import { Step, type Transition } from '../../../domain/record.ts';
import type { Sample } from '../../../domain/sample.ts';
import type { GateName } from '../../../domain/states.ts';
import { approvalRelies } from '../../../machine/acts/decide-approval.ts';
import { transitionRelies } from '../../../machine/acts/transition.ts';
import type { Edge } from '../../../machine/edges.ts';
import { gateSeats, type GateRule } from '../../../machine/gate-rule.ts';
import { statementOf } from '../../../machine/statement.ts';
import type { Bundle, World } from '../../../machine/world.ts';
import type { CommonOptions } from '../command.ts';
import { entryBy, roleFor, type Desk } from '../opening/write.ts';

/** What a person can decide at a gate. */
export type GateAct = 'approve' | 'reject' | 'request-changes';

export interface GateWords {
  readonly act: GateAct;
  readonly answers: readonly EntryId[];
  readonly reason: string;
  /** Where something else is said at a gate. */
  readonly reasons?: ReadonlyMap<GateName, string>;
  /** What an expert judged; it goes with the decision at the expert's gate alone. */
  readonly sample: Sample | null;
}

/** A decision at one gate over exactly what is there, ready to be asked about and signed. */
export function gateEntry(
  desk: Desk,
  common: Pick<CommonOptions, 'role'>,
  bundle: Bundle,
  rule: GateRule,
  { act, answers, reason, reasons, sample }: GateWords,
): Approval {
  const { law } = desk.workspace.world;
  const { line } = bundle.iteration;
  const role = roleFor(desk, common, rule.roles, line);
  const shared = {
    schema: 'modelsmith/approval/v1' as const,
    iteration: toIterationId(bundle.iteration),
    gate: rule.gate,
    edge: { from: rule.edge.from, to: rule.edge.to },
    statement: statementOf(law, bundle, rule),
    answers: toIdSet(answers),
    ...(sample !== null && rule.gate === 'domain-validation' && { sample }),
    reason: reasons?.get(rule.gate) ?? reason,
  };
  const relies = approvalRelies(desk.workspace.world, bundle, rule);
  if (act === 'approve') {
    const acknowledgements = [...rule.acknowledgements].sort();
    return seal(Approval, { ...shared, ...entryBy(desk, act, role, relies), acknowledgements });
  }
  return act === 'reject'
    ? seal(Approval, { ...shared, ...entryBy(desk, act, role, relies) })
    : seal(Approval, { ...shared, ...entryBy(desk, act, role, relies) });
}

/** The transition along an edge whose gates are open in `world`. */
export function gateTransition(
  desk: Desk,
  common: Pick<CommonOptions, 'role'>,
  world: World,
  bundle: Bundle,
  edge: Edge,
): Transition {
  const roles = edge.gates
    .flatMap((gate) => gateSeats(world.law, bundle, gate))
    .flatMap((seat) => seat.roles);
  const role = roleFor(desk, common, roles, bundle.iteration.line);
  const relies = transitionRelies(world, bundle, edge, desk.actor.clock);
  const { from, to } = edge;
  if (to === 'deprecated') throw new Error('a deprecation has no gates');
  const step = seal(Step, { ...entryBy(desk, 'transition', role, relies), from, to });
  if (step.act !== 'transition') throw new Error('a transition that became something else');
  return step;
}
