import type { Reason } from '../domain/reason.ts';
import { guardedPathsOf, lawOf, type Law } from '../machine/law.ts';
import { voidParents, type CommitUnderJudgement, type JudgedParent, type Judgement } from './judgement.ts';

/** Paths that some law in force at a void commit guards. */
export function guardedPathsInForce({ force }: JudgedParent): readonly string[] {
  return [...new Set(force.laws.flatMap(guardedPathsOf))].sort();
}

/** The laws in force at a void commit, which valid ancestors left; none where nothing before it was valid. */
export function lawsInForce({ force }: JudgedParent): readonly Law[] {
  return force.laws.map(lawOf);
}

/** Reasons found while judging what claims to be a repair, beside that its parent is void. */
export function refusedRepair(
  commit: CommitUnderJudgement,
  parent: JudgedParent,
  reasons: readonly Reason[],
): Judgement {
  return {
    kind: 'governed',
    reasons: [...commit.structure, ...reasons, ...voidParents([parent])],
    clock: parent.clock,
    signer: null,
    key: null,
    acts: [],
    expires: null,
    imposed: new Map(),
  };
}
