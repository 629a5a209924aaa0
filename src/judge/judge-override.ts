import { locate } from '../domain/paths.ts';
import type { Reason } from '../domain/reason.ts';
import { differences, namesIn, type Difference, type TreeFile, type TreeFolder } from '../domain/tree.ts';
import type { Act, Actor } from '../machine/act.ts';
import { apply, decide } from '../machine/decide.ts';
import type { Law } from '../machine/law.ts';
import { changedGuarded, headerReasons } from './judgement.ts';
import type { CommitUnderJudgement, JudgedParent, Judgement, Signed } from './judgement.ts';
import { recognise } from './recognise.ts';

/** New overrides that are all that a commit brings. Anything more makes it an ordinary commit. */
export interface AddedOverrides {
  /** The tree they are added to. */
  readonly before: TreeFolder;
  readonly changes: readonly Difference[];
  /** By path. */
  readonly files: ReadonlyMap<string, TreeFile>;
}

/**
 * What a commit adds if it adds new overrides and nothing else governed; null where it does more. On a void parent whose
 * objects cannot be read nobody can say what was there: there a commit that holds exactly what is in force and new overrides
 * brings nothing more either.
 */
export function addedOverrides(
  { tree, guarded, void: isVoid, force }: JudgedParent,
  commit: Pick<CommitUnderJudgement, 'tree' | 'guarded'>,
  guardedPaths: readonly string[],
): AddedOverrides | null {
  const candidates = [{ tree, guarded }];
  if (isVoid && force.tree !== null) candidates.push({ tree: force.tree, guarded: force.guarded });
  // Where more differs than there are overrides, something else does.
  const most = 1 + namesIn(commit.tree, 'overrides').length;
  for (const { tree: before, guarded: old } of candidates) {
    if (changedGuarded(guardedPaths, old, commit.guarded).length > 0) continue;
    const changes = differences(before, commit.tree, most);
    const files = new Map(changes.flatMap((change) => newOverride(change)));
    if (files.size > 0 && files.size === changes.length) return { before, changes, files };
  }
  return null;
}

function newOverride({ path, before, after }: Difference): readonly (readonly [string, TreeFile])[] {
  return before === null && locate(path)?.kind === 'override' ? [[path, after]] : [];
}

/**
 * A brake is never refused for anything but itself: it must be well-formed, name this repository, and be soundly signed by
 * a person who may pull it. A clock that is off does not matter, and so the time of a brake moves nothing: whether it is
 * out of bounds would be answered otherwise tomorrow.
 */
export function judgeOverride(
  commit: CommitUnderJudgement,
  { clock }: JudgedParent,
  added: AddedOverrides,
  law: Law,
  signed: Signed,
): Judgement {
  const { acts, reasons } = impose(commit.tree, added, law, signed, clock);
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

/** What overrides do by one law. @param tree the whole, with them. @param clock seconds since 1970, of the parents. */
export function impose(
  tree: TreeFolder,
  { before, changes }: AddedOverrides,
  law: Law,
  { principal, key, time, ended }: Signed,
  clock: number,
): { readonly acts: readonly Act[]; readonly reasons: readonly Reason[] } {
  const { acts, faults } = recognise(before, tree, changes);
  const actor: Actor = { principal, key, signed: time, clock };
  const reasons: Reason[] = [...faults, ...ended];
  let world = before;
  for (const act of acts) {
    const decision = decide({ law, tree: world, before }, act, actor);
    if (decision.kind === 'allowed') world = apply(world, decision.puts);
    else reasons.push(...decision.reasons);
  }
  return { acts, reasons };
}
