import { toSeconds } from '../domain/names.ts';
import type { State } from '../domain/states.ts';
import type { Bundle, World } from '../machine/world.ts';
import type { Laws } from './laws.ts';
import type { Window } from './window.ts';

/** What is counted from: a verified tree, the laws that were in force up to it, and the window. */
export interface Material {
  readonly world: World;
  readonly bundles: readonly Bundle[];
  readonly laws: Laws;
  readonly window: Window;
}

/** When an iteration came to a state; null where it has not. */
export function reached({ record }: Pick<Bundle, 'record'>, state: State): number | null {
  const step = record.transitions.find(({ to }) => to === state);
  return step === undefined ? null : toSeconds(step.time);
}

/** When it left a state, onward or for good; null where it has not. */
export function left({ record }: Pick<Bundle, 'record'>, state: State): number | null {
  const step = record.transitions.find(({ from }) => from === state);
  return step === undefined ? null : toSeconds(step.time);
}
