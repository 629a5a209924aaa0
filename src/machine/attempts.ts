import type { Iteration, Time } from '../domain/names.ts';
import type { State } from '../domain/states.ts';
import { standingObjections } from './objections.ts';
import { completeRuns, runsVerdict } from './verdict.ts';
import { bundleOf, iterationsOf, type Bundle, type World } from './world.ts';

/** Another iteration that was measured by the same lock: how often it took to clear the yardstick is part of the result. */
export interface Attempt {
  readonly iteration: Iteration;
  readonly requested: Time;
  readonly state: State;
  readonly runs: 'pending' | 'pass' | 'fail';
  /** Composites of the worst complete run, printed; null without a complete run. */
  readonly scores: { readonly core: string; readonly heldOut: string; readonly regressions: number } | null;
  readonly objections: readonly {
    readonly act: string;
    readonly principal: string;
    readonly reason: string;
  }[];
}

/** By the time of the request, oldest first. */
export function attemptsBeside(world: World, { iteration, lock }: Bundle): readonly Attempt[] {
  return iterationsOf(world.tree, iteration.line)
    .filter(({ version }) => version !== iteration.version)
    .flatMap((other) => bundleOf(world.tree, other) ?? [])
    .filter((other) => other.lock.id === lock.id)
    .sort((a, b) => (a.record.request.time < b.record.request.time ? -1 : 1))
    .map((other) => {
      const runs = completeRuns(other);
      const worst = runs.find(({ scores }) => scores.verdict === 'fail') ?? runs.at(-1);
      return {
        iteration: other.iteration,
        requested: other.record.request.time,
        state: other.record.state,
        runs: runsVerdict(other),
        scores: worst?.scores ?? null,
        objections: standingObjections(world, other).map(({ act, principal, reason }) => ({
          act,
          principal,
          reason,
        })),
      };
    });
}
