import { toSeconds, toTime, type Time } from '../domain/names.ts';
import type { Expedite } from '../domain/comment.ts';
import type { GateName } from '../domain/states.ts';
import { edgeOfGate } from './edges.ts';
import { riskOf } from './risk.ts';
import { taintOf } from './taint.ts';
import type { Bundle, World } from './world.ts';

const DAY = 24 * 60 * 60;

/** When a gate could first be signed at, and by when it is to be decided. */
export interface Due {
  readonly opened: Time;
  /** Null where neither the policy nor a manager says. */
  readonly due: Time | null;
  /** The manager's wish that set it; null where the policy did. */
  readonly expedited: Expedite | null;
}

/** @returns null where the iteration has not come to the gate. */
export function dueAt(world: World, bundle: Bundle, gate: GateName): Due | null {
  const { from } = edgeOfGate(gate);
  const opened = bundle.record.transitions.find((step) => step.to === from)?.time;
  if (opened === undefined) return null;
  const days = reviewDays(world, bundle, gate);
  const expedited = expediteOf(world, bundle, opened);
  const usual = days === null ? null : toTime(toSeconds(opened) + days * DAY);
  return { opened, due: expedited?.due ?? usual, expedited };
}

/** The latest wish of a manager that no stolen key made and that had not run out when the gate opened. */
function expediteOf(world: World, { comments }: Bundle, opened: Time): Expedite | null {
  const taint = taintOf(world);
  const wishes = comments.filter((entry) => entry.act === 'expedite');
  return wishes.findLast((entry) => entry.due > opened && !taint.isTainted(entry)) ?? null;
}

/** Where no rules say how risky a change is, it is taken to be as risky as can be. */
function reviewDays({ law }: World, bundle: Bundle, gate: GateName): number | null {
  const days = law.policy.gates[gate].reviewDays;
  if (days === undefined) return null;
  return typeof days === 'number' ? days : days[riskOf(law, bundle)?.tier ?? 'high'];
}
