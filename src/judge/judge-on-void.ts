import { differences, type TreeFile } from '../domain/tree.ts';
import { parseLaw } from '../machine/law.ts';
import type { Lineage } from './in-force.ts';
import { changedGuarded, signerOf, voidParents } from './judgement.ts';
import type { CommitUnderJudgement, JudgedParent, Judgement } from './judgement.ts';
import { impose, isOverrideAlone } from './judge-override.ts';
import { judgeRepair } from './judge-repair.ts';
import { guardedPathsInForce } from './laws-in-force.ts';
import { judgeSeconding } from './judge-seconding.ts';

/**
 * On a void parent nothing is valid but its repair. What somebody with authority by what is still in force puts a brake on
 * is in force all the same.
 */
export function judgeOnVoid(
  commit: CommitUnderJudgement,
  parent: JudgedParent,
  now: number,
  lineage: Lineage,
): Judgement {
  const repair = judgeSeconding(commit, parent, now) ?? judgeRepair(commit, parent, now, lineage);
  if (repair !== null) return repair;
  const changes = differences(parent.tree, commit.tree);
  const guarded = changedGuarded(guardedPathsInForce(parent), parent.guarded, commit.guarded);
  return {
    kind: changes.length + guarded.length === 0 ? 'ungoverned' : 'governed',
    reasons: [...commit.structure, ...voidParents([parent])],
    clock: parent.clock,
    signer: null,
    key: null,
    acts: [],
    expires: null,
    imposed: guarded.length === 0 && isOverrideAlone(changes) ? imposedOnVoid(commit, parent) : new Map(),
  };
}

/** Every law in force must give the authority. */
function imposedOnVoid(commit: CommitUnderJudgement, parent: JudgedParent): ReadonlyMap<string, TreeFile> {
  const { laws, clock } = parent.force;
  const outcomes = laws.map((tree) => {
    const law = parseLaw(tree);
    const signed = law.ok ? signerOf(commit, law.value, []) : null;
    if (!law.ok || signed === null || !('principal' in signed)) return null;
    const { reasons } = impose(commit.tree, parent.tree, law.value, signed, clock);
    return reasons.length === 0 ? impose(commit.tree, parent.tree, law.value, signed, clock).files : null;
  });
  const [first] = outcomes;
  return first == null || outcomes.some((files) => files === null) ? new Map() : first;
}
