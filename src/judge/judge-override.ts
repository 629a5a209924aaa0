import { locate } from '../domain/paths.ts';
import type { Reason } from '../domain/reason.ts';
import { differences, type Difference, type TreeFile, type TreeFolder } from '../domain/tree.ts';
import type { Act, Actor } from '../machine/act.ts';
import { apply, decide } from '../machine/decide.ts';
import type { Law } from '../machine/law.ts';
import { changedGuarded, headerReasons } from './judgement.ts';
import type { CommitUnderJudgement, JudgedParent, Judgement, Signed } from './judgement.ts';
import { recognise } from './recognise.ts';

/** Whether new overrides are all that a commit brings. Anything more makes it an ordinary commit. */
function isOverrideAlone(changes: readonly Difference[]): boolean {
  return (
    changes.length > 0 &&
    changes.every(({ path, before }) => before === null && locate(path)?.kind === 'override')
  );
}

/**
 * The tree to which a commit adds new overrides and nothing else governed; null where it does more. On a void parent whose
 * objects cannot be read nobody can say what was there: there a commit that holds exactly what is in force and new overrides
 * brings nothing more either.
 */
export function addsOverridesTo(
  { tree, guarded, void: isVoid, force }: JudgedParent,
  commit: Pick<CommitUnderJudgement, 'tree' | 'guarded'>,
  guardedPaths: readonly string[],
): TreeFolder | null {
  const before = [{ tree, guarded }];
  if (isVoid && force.tree !== null) before.push({ tree: force.tree, guarded: force.guarded });
  // Where more differs than there are overrides, something else does.
  const most = overridesFolder(commit.tree).size + 1;
  const found = before.find(
    (each) =>
      changedGuarded(guardedPaths, each.guarded, commit.guarded).length === 0 &&
      isOverrideAlone(differences(each.tree, commit.tree, most)),
  );
  return found?.tree ?? null;
}

/**
 * A brake is never refused for anything but itself: it must be well-formed, name this repository, and be soundly signed by
 * a person who may pull it. A clock that is off does not matter, and so the time of a brake moves nothing: whether it is
 * out of bounds would be answered otherwise tomorrow.
 */
export function judgeOverride(
  commit: CommitUnderJudgement,
  parent: JudgedParent,
  law: Law,
  signed: Signed,
): Judgement {
  const { clock } = parent;
  const { acts, reasons } = impose(commit.tree, parent.tree, law, signed, clock);
  const all = [...commit.structure, ...headerReasons(commit), ...reasons];
  return {
    kind: 'governed',
    reasons: all,
    clock,
    signer: signed.principal,
    key: signed.key,
    acts,
    expires: signed.expires,
    imposed: new Map(),
  };
}

/** What overrides do by one law. `before`: the tree they are added to. @param clock seconds since 1970, of the parents. */
export function impose(
  tree: TreeFolder,
  before: TreeFolder,
  law: Law,
  { principal, key, time, ended }: Signed,
  clock: number,
): {
  readonly acts: readonly Act[];
  readonly reasons: readonly Reason[];
  readonly files: ReadonlyMap<string, TreeFile>;
} {
  const changes = newOverrides(before, tree);
  const { acts, faults } = recognise(before, tree, changes);
  const actor: Actor = { principal, key, signed: time, clock };
  const reasons: Reason[] = [...faults, ...ended];
  let world = before;
  for (const act of acts) {
    const decision = decide({ law, tree: world, before }, act, actor);
    if (decision.kind === 'allowed') world = apply(world, decision.puts);
    else reasons.push(...decision.reasons);
  }
  const files = new Map(
    changes.flatMap(({ path, after }) => (after === null ? [] : [[path, after] as const])),
  );
  return { acts, reasons, files };
}

function newOverrides(before: TreeFolder, tree: TreeFolder): readonly Difference[] {
  const [old, fresh] = [overridesFolder(before), overridesFolder(tree)];
  return [...fresh]
    .filter(([name]) => !old.has(name))
    .map(([name, after]) => ({ path: `overrides/${name}`, before: null, after }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function overridesFolder(tree: TreeFolder): ReadonlyMap<string, TreeFile> {
  const folder = tree.children.get('overrides');
  if (folder?.kind !== 'folder') return new Map();
  return new Map(
    [...folder.children].flatMap(([name, node]) => (node.kind === 'file' ? [[name, node] as const] : [])),
  );
}
