import { reason, type Reason } from '../domain/reason.ts';
import { LAW_STRAND } from '../domain/strands.ts';
import { differences, fileAt } from '../domain/tree.ts';
import { incidentsIn } from '../machine/incidents.ts';
import { guardedPathsOf } from '../machine/law.ts';
import { combine, type Base, type Combined } from './combine.ts';
import { heldTo, type MergeSide } from './held-to.ts';
import type { Lineage } from './in-force.ts';
import { withOverrides } from './keep-brakes.ts';
import { repeatedOutputs } from './repeated-output.ts';
import {
  changedGuarded,
  MOST_TOLD,
  voidParents,
  type CommitUnderJudgement,
  type JudgedParent,
  type Judgement,
} from './judgement.ts';

/** How the two parents of a merge belong together. */
export interface Meeting {
  readonly sides: readonly [MergeSide, MergeSide];
  /** The latest common ancestors; none: the sides have nothing in common. */
  readonly bases: readonly Base[];
}

/** A merge needs no trusted signature, so a platform's merge button is fine – as long as it adds nothing of its own. */
export function judgeMerge(
  commit: CommitUnderJudgement,
  parents: readonly JudgedParent[],
  meet: () => Meeting,
  lineage: Lineage,
): Judgement {
  const clock = Math.max(...parents.map((parent) => parent.clock));
  const nothing = { clock, signer: null, key: null, acts: [], expires: null, imposed: new Map() } as const;
  if (parents.some((parent) => parent.void)) return judgeVoidMerge(commit, parents, lineage, nothing);
  const before = commit.structure;
  const paths = [...new Set(parents.flatMap((parent) => guardedPathsOf(parent.tree)))].sort();
  const isGoverned = parents.some(
    (parent) =>
      differences(parent.tree, commit.tree, 1).length > 0 ||
      changedGuarded(paths, parent.guarded, commit.guarded).length > 0,
  );
  if (!isGoverned) return { kind: 'ungoverned', reasons: before, ...nothing };
  const reasons =
    parents.length === 2
      ? meetingReasons(commit, meet(), paths)
      : [reason('MERGE_GOVERNED', { parents: parents.length })];
  return { kind: 'merge', reasons: [...before, ...reasons], ...nothing };
}

/** The tree is exactly what the sides give, and no act slips past what the other side brought. */
function meetingReasons(
  commit: CommitUnderJudgement,
  { sides, bases }: Meeting,
  paths: readonly string[],
): readonly Reason[] {
  const [first, second] = sides;
  const { tree, guarded, disputed, moved } = combine(
    {
      trees: [first.parent.tree, second.parent.tree],
      guarded: [first.parent.guarded, second.parent.guarded],
      bases: () => bases,
    },
    paths,
  );
  if (disputed.length > 0) return [reason('MERGE_CONFLICT', { strands: disputed })];
  const wrong = [
    ...differences(tree, commit.tree, MOST_TOLD).map((change) => change.path),
    ...changedGuarded(paths, guarded, commit.guarded),
  ];
  return [
    ...(wrong.length === 0 ? [] : [reason('MERGE_NOT_MECHANICAL', { paths: wrong })]),
    ...heldToEachOther(sides, bases, moved),
  ];
}

/** @param bases what the sides have in common. @param moved which strands each side moved. */
function heldToEachOther(
  [first, second]: Meeting['sides'],
  bases: readonly Base[],
  moved: Combined['moved'],
): readonly Reason[] {
  return [
    ...heldTo(first, second.parent, bases, moved[1]?.has(LAW_STRAND) === true),
    ...heldTo(second, first.parent, bases, moved[0]?.has(LAW_STRAND) === true),
    ...repeatedOutputs(
      first.commits.flatMap(({ judgement }) => judgement.acts),
      second.parent.tree,
    ),
  ];
}

/**
 * Whether a merge of the two could be valid as far as acts of one side must not slip past what the other brought. What no
 * merge may bring together must not come in force either because a merge that tried was repaired.
 */
export function holdTogether({ sides, bases }: Meeting): boolean {
  const { moved } = combine(
    {
      trees: sides.map(({ parent }) => parent.tree),
      guarded: sides.map(({ parent }) => parent.guarded),
      bases: () => bases,
    },
    [],
  );
  return heldToEachOther(sides, bases, moved).length === 0;
}

/**
 * A branch that grew out of a void commit may come home after the repair: it brings nothing governed but overrides, all it
 * stands on is in the other history, and the trouble it began with is named in an incident there.
 */
function judgeVoidMerge(
  commit: CommitUnderJudgement,
  parents: readonly JudgedParent[],
  lineage: Lineage,
  nothing: Omit<Judgement, 'kind' | 'reasons'>,
): Judgement {
  const [first, second] = parents;
  const [valid, other] = first?.void === true ? [second, first] : [first, second];
  const refused: Judgement = {
    kind: 'merge',
    reasons: [...commit.structure, ...voidParents(parents)],
    ...nothing,
  };
  if (parents.length !== 2 || valid === undefined || other === undefined || valid.void) return refused;
  const named = new Set(
    incidentsIn(valid.tree).flatMap(({ setAside }) => setAside.map((each) => each.commit as string)),
  );
  const brought = other.force.since;
  const expected = withOverrides(valid.tree, brought);
  const keepsAll = [...brought].every(([path, file]) => fileAt(expected, path)?.sha256 === file.sha256);
  const settled =
    keepsAll &&
    other.force.bases.every((base) => lineage.isAncestor(base, valid.id)) &&
    // What somebody signed there must not go unsaid: an incident names it, or it stays unmerged.
    lineage
      .voidAncestry(other.id)
      .every(({ first: began, bears, id }) => !(began || bears) || named.has(id)) &&
    differences(expected, commit.tree, 1).length === 0 &&
    changedGuarded(guardedPathsOf(valid.tree), valid.guarded, commit.guarded).length === 0;
  if (!settled) return refused;
  return { kind: 'merge', reasons: commit.structure, ...nothing, clock: valid.clock };
}
