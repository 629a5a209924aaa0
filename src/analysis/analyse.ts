import type { Law } from '../machine/law.ts';
import { Budget } from './budget.ts';
import type { Cases } from './cases.ts';
import { unattendedPaths, type Unattended } from './human-paths.ts';
import { idleRules, type IdleRule } from './idle-rules.ts';
import { lawActs, lockersOut, type LawAct } from './law-keepers.ts';
import { lineClasses } from './line-classes.ts';
import { promotionsOf, type LineFound, type Stuck } from './promotions.ts';

/** Yes with certainty, no with an example, or neither. */
export type Answer = 'proved' | 'refuted' | 'cannot-tell';

/** What can be said of a law for every change of every line that could ever be asked for. */
export interface Analysis {
  /** Changes times people that ask for them, over all lines that the policy tells apart. */
  readonly combinations: bigint;
  /** Changes looked at one by one; the others are like one of them. */
  readonly examined: number;
  readonly lines: readonly LineFound[];
  /** Nothing goes to customers or into production without a person. */
  readonly attended: { readonly answer: Answer; readonly examples: readonly Unattended[] };
  /** Every promotion that could be asked for could be brought to its end by those enrolled. */
  readonly openable: { readonly answer: Answer; readonly examples: readonly Stuck[] };
  /** Nobody alone can keep all others from ever acting again. */
  readonly unlockable: { readonly answer: Answer; readonly examples: ReturnType<typeof lockersOut> };
  readonly acts: readonly LawAct[];
  readonly idle: readonly IdleRule[];
  /** Whether that could be said of rules of risk: not where there are too many changes to look at. */
  readonly idleComplete: boolean;
}

/** Goes through everything that a law tells apart. @param at seconds since 1970: grants end. */
export function analyse(law: Law, at: number, budget = new Budget()): Analysis {
  const classes = lineClasses(law);
  const known = new Map<string, Cases>();
  const lines = classes.map((each) => promotionsOf(law, each, known, budget, at));
  const unattended = classes.flatMap((each) => unattendedPaths(law, each));
  const stuck = lines.flatMap((each) => each.stuck ?? []);
  const lockers = lockersOut(law, at);
  const cases = [...known.values()];
  return {
    combinations: lines.reduce((sum, each) => sum + each.combinations, 0n),
    examined: cases.reduce((sum, each) => sum + each.examined, 0),
    lines,
    attended: { answer: unattended.length === 0 ? 'proved' : 'refuted', examples: unattended },
    openable: {
      answer: answerOf(
        stuck.length,
        lines.every(({ decided }) => decided),
      ),
      examples: stuck,
    },
    unlockable: { answer: lockers.length === 0 ? 'proved' : 'refuted', examples: lockers },
    acts: lawActs(law, at),
    idle: idleRules(law, classes, cases),
    idleComplete: cases.every(({ complete }) => complete),
  };
}

function answerOf(examples: number, isDecided: boolean): Answer {
  if (examples > 0) return 'refuted';
  return isDecided ? 'proved' : 'cannot-tell';
}
