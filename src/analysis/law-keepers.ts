import { EVERY_LINE } from '../domain/line-pattern.ts';
import type { PrincipalName } from '../domain/names.ts';
import {
  differenceRequirements,
  enrolledPeople,
  holdsForLines,
  liftRequirements,
  livePeople,
  rescuers,
  rootRequirements,
  type Requirement,
} from '../machine/change-requirements.ts';
import type { Law } from '../machine/law.ts';
import type { Needed } from './promotions.ts';

/** Something only people do to the law, and who cannot be missing for it. */
export interface LawAct {
  readonly what: string;
  /** What nobody fills, in words; empty where it could be done today. */
  readonly unfilled: readonly string[];
  readonly needed: readonly Needed[];
}

/** Everything that changes the law or stops what goes on, with the people it could not be done without. */
export function lawActs(law: Law, at: number): readonly LawAct[] {
  const rules = { semantics: true, rubrics: false, thresholds: false, signers: false };
  const nobody = new Set<PrincipalName>();
  const ways = (of: Partial<typeof rules>) =>
    differenceRequirements(law, { ...rules, ...of, lines: [EVERY_LINE], concerned: nobody }, at);
  return [
    lawAct('change what the policy means', ways({})),
    lawAct('change thresholds', ways({ semantics: false, thresholds: true })),
    lawAct('change rubrics', ways({ semantics: false, rubrics: true })),
    lawAct('change signers', ways({ semantics: false, signers: true })),
    lawAct('lift an override', liftRequirements(law, nobody, at)),
    lawAct('move the trust root', rootRequirements(law, at)),
    lawAct('pull a brake', [[{ what: 'override', of: 1, role: 'override', people: brakers(law, at) }]]),
  ];
}

function brakers(law: Law, at: number): ReadonlySet<PrincipalName> {
  return new Set(
    livePeople(law, at)
      .filter((person) => holdsForLines(person, 'override', [EVERY_LINE], at))
      .map(({ id }) => id),
  );
}

function lawAct(what: string, ways: readonly (readonly Requirement[])[]): LawAct {
  const without = (lost: PrincipalName | null): boolean =>
    ways.some((way) =>
      way.every(({ people, of }) => people.size - (lost !== null && people.has(lost) ? 1 : 0) >= of),
    );
  const unfilled = (ways[0] ?? [])
    .filter(({ people, of }) => people.size < of)
    .map((each) => `${each.what} (${each.people.size} of ${each.of})`);
  const people = new Set(ways.flatMap((way) => way.flatMap((each) => [...each.people])));
  return without(null)
    ? {
        what,
        unfilled: [],
        needed: [...people].sort().flatMap((person) => (without(person) ? [] : [{ person, always: true }])),
      }
    : { what, unfilled, needed: [] };
}

/**
 * Who, alone, could keep everybody else from ever acting again: by suspending them, which takes one signature each, is never refused, and
 * nobody who is suspended can lift. People kept for recovery cannot be suspended. @returns with how many others there are.
 */
export function lockersOut(
  law: Law,
  at: number,
): readonly { readonly person: PrincipalName; readonly others: number }[] {
  if (rescuers(law, at).length > 0) return [];
  return [...brakers(law, at)].sort().flatMap((person) => {
    const others = enrolledPeople(law, at).filter(({ id }) => id !== person).length;
    return others === 0 ? [] : [{ person, others }];
  });
}
