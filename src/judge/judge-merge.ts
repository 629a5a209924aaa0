import { toTime, type Fingerprint, type LineName } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { Role } from '../domain/roles.ts';
import { isChangeStrand, LAW_STRAND, lineStrand, strandOf } from '../domain/strands.ts';
import { differences, EMPTY_TREE, fileAt, type TreeFile, type TreeFolder } from '../domain/tree.ts';
import type { Act } from '../machine/act.ts';
import { holderOfKey, holdsRole, isKeyEnded, lawOf } from '../machine/law.ts';
import { voidParents, type CommitUnderJudgement, type JudgedParent, type Judgement } from './judge-commit.ts';
import { entryOf } from './entry-of.ts';
import { repeatedOutputs } from './repeated-output.ts';

/** One side of a merge: its parent, and the commits that only it brings. */
export interface MergeSide {
  readonly parent: JudgedParent;
  readonly commits: readonly { readonly id: string; readonly judgement: Judgement }[];
}

/** How the two parents of a merge belong together. */
export interface Meeting {
  readonly sides: readonly [MergeSide, MergeSide];
  /** Governed trees of the latest common ancestors; none: the sides have nothing in common. */
  readonly bases: readonly TreeFolder[];
}

/** A merge needs no trusted signature, so a platform's merge button is fine – as long as it adds nothing of its own. */
export function judgeMerge(
  commit: CommitUnderJudgement,
  parents: readonly JudgedParent[],
  meet: () => Meeting,
): Judgement {
  const clock = Math.max(...parents.map((parent) => parent.clock));
  const before = [...commit.structure, ...voidParents(parents)];
  const nothing = { clock, signer: null, acts: [], expires: null } as const;
  const isGoverned = parents.some((parent) => differences(parent.tree, commit.tree, 1).length > 0);
  if (!isGoverned) return { kind: 'ungoverned', reasons: before, ...nothing };
  if (parents.some((parent) => parent.void)) return { kind: 'merge', reasons: before, ...nothing };
  const reasons =
    parents.length === 2
      ? meetingReasons(commit.tree, meet())
      : [reason('MERGE_GOVERNED', { parents: parents.length })];
  return { kind: 'merge', reasons: [...before, ...reasons], ...nothing };
}

/**
 * The tree is, for each strand, that of the side that moved it, and for each log the union. And no act slips past what
 * the other side brought: a role or key that has ended there.
 */
function meetingReasons(tree: TreeFolder, { sides, bases }: Meeting): readonly Reason[] {
  const [first, second] = sides;
  const moved = [movedStrands(first.parent.tree, bases), movedStrands(second.parent.tree, bases)] as const;
  const apart = differences(first.parent.tree, second.parent.tree);
  const touched = new Set(apart.flatMap(({ path, before, after }) => strandsOf(path, before, after)));
  const conflicts = conflictsOf(moved, touched);
  if (conflicts.length > 0) return [reason('MERGE_CONFLICT', { strands: conflicts })];

  const expected = new Map(
    apart.map(({ path, before, after }) => [path, expectedFile(path, before, after, moved)] as const),
  );
  const due = (path: string): TreeFile | null =>
    expected.has(path) ? (expected.get(path) ?? null) : fileAt(first.parent.tree, path);
  const candidates = new Set([
    ...differences(first.parent.tree, tree).map((change) => change.path),
    ...expected.keys(),
  ]);
  const wrong = [...candidates].filter((path) => fileAt(tree, path)?.sha256 !== due(path)?.sha256).sort();
  return [
    ...(wrong.length === 0 ? [] : [reason('MERGE_NOT_MECHANICAL', { paths: wrong })]),
    ...endedBefore(first, second.parent),
    ...endedBefore(second, first.parent),
    ...repeatedOutputs(
      first.commits.flatMap(({ judgement }) => judgement.acts),
      second.parent.tree,
    ),
  ];
}

/** A side has moved a strand if its bytes there are those of no common ancestor. */
function movedStrands(side: TreeFolder, bases: readonly TreeFolder[]): ReadonlySet<string> {
  const against = (bases.length === 0 ? [EMPTY_TREE] : bases).map(
    (base) =>
      new Set(differences(base, side).flatMap(({ path, before, after }) => strandsOf(path, before, after))),
  );
  const [first, ...others] = against;
  return new Set([...(first ?? [])].filter((strand) => others.every((moved) => moved.has(strand))));
}

/** The strands a difference touches. A record that appears also changes which iterations the line has. */
function strandsOf(path: string, before: TreeFile | null, after: TreeFile | null): readonly string[] {
  const strand = strandOf(path);
  if (strand === null) return [];
  const [top = '', line = ''] = path.split('/');
  const isNewBundle =
    top === 'promotions' && path.endsWith('/promotion-record.json') && (before === null || after === null);
  return isNewBundle ? [strand, lineStrand(line)] : [strand];
}

function conflictsOf(
  [first, second]: readonly [ReadonlySet<string>, ReadonlySet<string>],
  apart: ReadonlySet<string>,
): readonly string[] {
  const both = [...first].filter((strand) => second.has(strand) && apart.has(strand));
  // A strand that differs and that neither side moved cannot come from valid commits.
  const neither = [...apart].filter((strand) => !first.has(strand) && !second.has(strand));
  const ruled = (law: ReadonlySet<string>, other: ReadonlySet<string>): readonly string[] =>
    law.has(LAW_STRAND) && !other.has(LAW_STRAND)
      ? [...other].filter((strand) => !isChangeStrand(strand))
      : [];
  return [...new Set([...both, ...neither, ...ruled(first, second), ...ruled(second, first)])].sort();
}

function expectedFile(
  path: string,
  first: TreeFile | null,
  second: TreeFile | null,
  [movedFirst]: readonly [ReadonlySet<string>, ReadonlySet<string>],
): TreeFile | null {
  const strand = strandOf(path);
  if (strand === null) return first ?? second;
  return movedFirst.has(strand) ? first : second;
}

/** Acts of one side held to the law and the clock of the other. Objections are never held so. */
function endedBefore(side: MergeSide, other: JudgedParent): readonly Reason[] {
  if (other.tree.children.size === 0) return [];
  const law = lawOf(other.tree);
  return side.commits.flatMap(({ id, judgement }) => {
    const clock = Math.max(other.clock, judgement.clock);
    const ended = (what: string): readonly Reason[] => [
      reason('ENDED_BEFORE_MERGE', { commit: id, what, clock: toTime(other.clock) }),
    ];
    const acts = judgement.acts.filter((act) => !isObjection(act));
    if (acts.length === 0) return [];
    if (judgement.expires !== null && other.clock >= judgement.expires)
      return ended(`the key of ${judgement.signer?.id ?? 'the signer'} had expired`);
    return acts.flatMap((act) => {
      const { header, line } = entryOf(act);
      return stillHolds(law, header.key, header.role, line, clock)
        ? []
        : ended(`${header.principal} no longer held ${header.role} for ${line}`);
    });
  });
}

function stillHolds(
  law: ReturnType<typeof lawOf>,
  key: Fingerprint,
  role: Role,
  line: LineName,
  clock: number,
): boolean {
  const holder = holderOfKey(law, key);
  return holder !== null && !isKeyEnded(holder.key) && holdsRole(holder.principal, role, line, clock);
}

function isObjection(act: Act): boolean {
  return act.kind === 'decide' && act.approval.act !== 'approve';
}
