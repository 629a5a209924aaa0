import { differences, fileAt, type TreeFile } from '../domain/tree.ts';
import type { Act } from '../machine/act.ts';
import { lawOf } from '../machine/law.ts';
import type { Lineage } from './in-force.ts';
import { changedGuarded, signerOf, voidParents } from './judgement.ts';
import type { CommitUnderJudgement, JudgedParent, Judgement, Signed } from './judgement.ts';
import { addedOverrides, impose, type AddedOverrides } from './judge-override.ts';
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
  const paths = guardedPathsInForce(parent);
  const changes = differences(parent.tree, commit.tree, 1);
  const guarded = changedGuarded(paths, parent.guarded, commit.guarded);
  const added = addedOverrides(parent, commit, paths);
  const brake = added === null ? null : imposedOnVoid(commit, parent, added);
  return {
    kind: changes.length + guarded.length === 0 ? 'ungoverned' : 'governed',
    reasons: [...commit.structure, ...voidParents([parent])],
    clock: parent.clock,
    signer: brake?.signed.principal ?? null,
    key: brake?.signed.key ?? null,
    acts: brake?.acts ?? [],
    expires: brake?.signed.expires ?? null,
    imposed: brake?.files ?? new Map(),
  };
}

interface Brake {
  readonly signed: Signed;
  readonly acts: readonly Act[];
  readonly files: ReadonlyMap<string, TreeFile>;
}

/**
 * Every law that is disputed must give the authority. What is in force already is not replaced by another override of its name,
 * although a void commit may have taken the file away.
 */
function imposedOnVoid(
  commit: CommitUnderJudgement,
  parent: JudgedParent,
  added: AddedOverrides,
): Brake | null {
  const { brakeLaws, clock } = parent.force;
  const outcomes = brakeLaws.map((tree): Brake | null => {
    const law = lawOf(tree);
    const signed = signerOf(commit, law, []);
    if (!('principal' in signed)) return null;
    const { files } = added;
    const { reasons, acts } = impose(commit.tree, added, law, signed, clock);
    const isTaken = [...files].some(([path, file]) => {
      const old = fileAt(tree, path);
      return old !== null && old.sha256 !== file.sha256;
    });
    return reasons.length === 0 && !isTaken ? { signed, acts, files } : null;
  });
  const [first] = outcomes;
  return first == null || outcomes.includes(null) ? null : first;
}
