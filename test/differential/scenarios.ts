import type { Scenario } from './scenario.ts';
import { BY_HAND } from './scenarios/by-hand.ts';
import { CHANCE } from './scenarios/chance.ts';
import { PACKETS } from './scenarios/packets.ts';
import { SOUND } from './scenarios/sound.ts';
import { TEXT } from './scenarios/text.ts';

/** Each scenario as often as a round has it. */
export const ROUND: readonly Scenario[] = [...SOUND, ...TEXT, ...PACKETS, ...BY_HAND, ...CHANCE].flatMap(
  (scenario) => Array<Scenario>(scenario.times).fill(scenario),
);

/** Rounds until there are so many commits, and at least one of every scenario. */
export function planned(commits: number): readonly { readonly scenario: Scenario; readonly round: number }[] {
  const wanted = Math.max(commits, ROUND.length);
  const rounds = Array.from({ length: Math.ceil(wanted / ROUND.length) }, () => ROUND).flat();
  const seen = new Map<Scenario, number>();
  return rounds.slice(0, wanted).map((scenario) => {
    const round = seen.get(scenario) ?? 0;
    seen.set(scenario, round + 1);
    return { scenario, round };
  });
}
