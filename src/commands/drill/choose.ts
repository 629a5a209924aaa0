import { CannotTell } from '../../base/errors.ts';
import { OVERRIDE_ACTS, type OverrideAct } from '../../domain/override-acts.ts';
import type { Principal } from '../../domain/signers.ts';
import type { Workspace } from '../shared/opening/workspace.ts';
import { LACKING, trialOf, type Trial } from './trials.ts';

export interface Chosen {
  readonly trials: readonly Trial[];
  /** Overrides there is nothing to try on, and why. */
  readonly notPossible: readonly { readonly override: OverrideAct; readonly why: string }[];
}

/**
 * What is drilled: the overrides named, else those the policy wants drilled, else all.
 * @param at seconds since 1970. @throws CannotTell NO_INPUT where one that was named, or every one, cannot be tried here.
 */
export function chosenTrials(
  { world }: Pick<Workspace, 'world'>,
  runner: Principal,
  named: readonly OverrideAct[],
  at: number,
): Chosen {
  const asked = named.length > 0 ? named : (world.law.policy.drills?.overrides ?? OVERRIDE_ACTS);
  const found = [...new Set(asked)].sort().map((override) => ({
    override,
    trial: trialOf(override, world, runner, at),
  }));
  const trials = found.flatMap(({ trial }) => trial ?? []);
  const notPossible = found.flatMap(({ override, trial }) =>
    trial === null ? [{ override, why: LACKING[override] }] : [],
  );
  if (trials.length === 0 || (named.length > 0 && notPossible.length > 0))
    throw new CannotTell('NO_INPUT', 'there is nothing here to drill this on', {
      facts: notPossibleLines(notPossible),
    });
  return { trials, notPossible };
}

export function notPossibleLines(notPossible: Chosen['notPossible']): readonly string[] {
  return notPossible.map(({ override, why }) => `not drilled: ${override}, for ${why}`);
}
