import { isHumanRole } from '../domain/roles.ts';
import { EDGES, type Edge } from '../machine/edges.ts';
import type { Law } from '../machine/law.ts';
import { seatsOf } from './promotions.ts';
import type { LineClass } from './line-classes.ts';

/** A way to customers or into production on which no person has to sign. */
export interface Unattended {
  readonly line: string;
  readonly path: readonly string[];
}

/**
 * Every way through the states that moves an alias, on which no person has to sign; empty where somebody has to on each. Owners only add seats to those that every change has, so
 * those alone are looked at.
 */
export function unattendedPaths(law: Law, { line }: LineClass): readonly Unattended[] {
  const isAttended = (edge: Edge): boolean =>
    edge.gates.length > 0 &&
    seatsOf(law, line, edge, []).some(({ roles, quorum }) => quorum > 0 && roles.every(isHumanRole));
  return pathsFrom('candidate')
    .filter((path) => path.slice(-1).some((edge) => 'moves' in edge && !isAttended(edge)))
    .map((path) => ({ line, path: ['candidate', ...path.map(({ to }) => to)] }));
}

/** All ways onward from a state. No edge leads back, so they end. */
function pathsFrom(state: string): readonly (readonly Edge[])[] {
  return EDGES.filter(({ from }) => from === state).flatMap((edge) => [
    [edge],
    ...pathsFrom(edge.to).map((rest) => [edge, ...rest]),
  ]);
}
