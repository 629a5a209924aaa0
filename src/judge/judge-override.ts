import { locate } from '../domain/paths.ts';
import type { Reason } from '../domain/reason.ts';
import type { Difference, TreeFile, TreeFolder } from '../domain/tree.ts';
import type { Act, Actor } from '../machine/act.ts';
import { apply, decide } from '../machine/decide.ts';
import type { Law } from '../machine/law.ts';
import { headerReasons, timeReasons } from './judgement.ts';
import type { CommitUnderJudgement, JudgedParent, Judgement, Signed } from './judgement.ts';
import { recognise } from './recognise.ts';

/** Whether new overrides are all that a commit brings. Anything more makes it an ordinary commit. */
export function isOverrideAlone(changes: readonly Difference[]): boolean {
  return (
    changes.length > 0 &&
    changes.every(({ path, before }) => before === null && locate(path)?.kind === 'override')
  );
}

/**
 * A brake is never refused for anything but itself: it must be well-formed, name this repository, and be soundly signed by
 * a person who may pull it. A clock that is off does not matter, and then moves nothing.
 */
export function judgeOverride(
  commit: CommitUnderJudgement,
  parent: JudgedParent,
  law: Law,
  signed: Signed,
  now: number,
): Judgement {
  const { clock } = parent;
  const { acts, reasons } = impose(commit.tree, parent.tree, law, signed, clock);
  const all = [...commit.structure, ...headerReasons(commit), ...reasons];
  const onTime = timeReasons(signed.time, clock, now).length === 0;
  return {
    kind: 'governed',
    reasons: all,
    clock: all.length === 0 && onTime ? Math.max(clock, signed.time) : clock,
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
