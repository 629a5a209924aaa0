import { CannotTell } from '../base/errors.ts';
import { fileAt, type TreeFile, type TreeFolder } from '../domain/tree.ts';
import { overridesOf } from '../judge/keep-brakes.ts';
import { parseOverride, type Override } from '../domain/override.ts';
import { overrideFile } from '../domain/paths.ts';
import { holderOfKey, holdsRole, isKeyEnded, parseLaw } from '../machine/law.ts';
import type { ObjectReader } from '../ports/objects.ts';
import { readCommit, type HistoryCommit } from './history.ts';
import type { Judge } from './judge.ts';
import type { JudgedCommit } from './lineage.ts';

/** Where overrides lie that cannot or should not wait for the branch. */
export const SIDE_REFS = 'refs/modelsmith/overrides/';

/** A ref beside the branch that may carry overrides. */
export interface SideRef {
  readonly ref: string;
  readonly commit: string;
}

/** An override that is in force from a ref of its own, and not merged yet. */
export interface SideOverride extends SideRef {
  readonly override: Override;
  readonly path: string;
  readonly file: TreeFile;
}

export interface SideOverrides {
  readonly inForce: readonly SideOverride[];
  /** With the reason in words. */
  readonly notObeyed: readonly (SideRef & { readonly override: string | null; readonly why: string })[];
  /** Refs that bring nothing to the branch but brakes that are obeyed, or nothing at all. */
  readonly brakesAlone: readonly SideRef[];
}

export const NO_SIDES: SideOverrides = { inForce: [], notObeyed: [], brakesAlone: [] };

/** More commits than this beside the branch are not followed: a brake is one commit. */
const MAX_COMMITS = 1000;

/**
 * Judges what refs of their own bring beside the branch. An override there is in force if it is by the law it was made
 * under, and if whoever signed it may still pull the brake by what is in force at the branch's tip: it may have been signed
 * on an old fork by somebody who lost the authority since. Nothing here is a finding of the branch.
 */
export async function judgeSides(
  judge: Judge,
  objects: ObjectReader,
  refs: readonly SideRef[],
  {
    tip,
    idLength,
    merged: before,
  }: {
    readonly tip: JudgedCommit;
    readonly idLength: 40 | 64;
    /** Commits of such refs that lie before everything that was judged now. */
    readonly merged: readonly string[];
  },
): Promise<SideOverrides> {
  /** By what they say. */
  const inForce = new Map<string, SideOverride>();
  const notObeyed: SideOverrides['notObeyed'][number][] = [];
  const brakesAlone: SideRef[] = [];
  const merged = new Set([...judge.history.judged.keys(), ...before]);
  /** What one ref brings is much the same as what the next does; nothing that could not be read is left in it. */
  let apart: Judge | null = null;
  for (const side of refs) {
    if (merged.has(side.commit)) {
      brakesAlone.push(side);
      continue;
    }
    const refuse = (override: string | null, why: string): void =>
      void notObeyed.push({ ...side, override, why });
    const known = judge.history.length;
    // Each ref has the whole allowance: one that is far too large must not silence the brake in the next.
    const reading: Judge = apart ?? judge.apart();
    reading.allowAnew();
    apart = reading;
    const beside = await readable(() => commitsBeside(reading, objects, side.commit, idLength));
    if (typeof beside === 'string') {
      apart = null;
      judge.history.forgetAfter(known);
      refuse(null, beside);
      continue;
    }
    const [found, refused] = [inForce.size, notObeyed.length];
    for (const commit of beside) {
      for (const { path, file, override } of broughtBy(commit)) {
        const why = lacksAuthority(commit, tip);
        if (why !== null && !isHeld(tip, inForce, file)) refuse(override.id, why);
        if (why === null && !isHeld(tip, inForce, file))
          inForce.set(file.sha256, { ...side, override, path, file });
      }
    }
    if (notObeyed.length === refused && beside.every(isBrakeAlone)) brakesAlone.push(side);
    const bringsAny = beside.some((commit) => broughtBy(commit).length > 0);
    if (inForce.size === found && notObeyed.length === refused && !bringsAny)
      refuse(null, 'it brings no override that anybody with authority signed');
    if (inForce.size === found) judge.history.forgetAfter(known);
  }
  return { inForce: [...inForce.values()], notObeyed, brakesAlone };
}

async function readable<T>(read: () => Promise<T>): Promise<T | string> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CannotTell) return `it cannot be read: ${error.message}`;
    throw error;
  }
}

/** Commits that the branch does not have, judged, each after its parents; or why they are not looked at. */
async function commitsBeside(
  judge: Judge,
  objects: ObjectReader,
  tip: string,
  idLength: 40 | 64,
): Promise<readonly JudgedCommit[] | string> {
  const { judged } = judge.history;
  const found = new Map<string, HistoryCommit>();
  const ordered: HistoryCommit[] = [];
  const stack: { readonly id: string; readonly entered: boolean }[] = [{ id: tip, entered: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const known = found.get(top.id);
    if (top.entered && known !== undefined) ordered.push(known);
    if (top.entered || known !== undefined || (judged.has(top.id) && top.id !== tip)) continue;
    const read = await readCommit(objects, top.id, idLength);
    found.set(top.id, read);
    if (found.size > MAX_COMMITS)
      return `it has more than ${MAX_COMMITS} commits that the branch does not have`;
    if (read.parents.length === 0) return 'it does not come from the trust root';
    stack.push({ id: top.id, entered: true });
    for (const parent of read.parents) stack.push({ id: parent, entered: false });
  }
  const commits: JudgedCommit[] = [];
  for (const entry of ordered) commits.push(judged.get(entry.id) ?? (await judge.judge(entry)));
  return commits;
}

interface Brought {
  readonly path: string;
  readonly file: TreeFile;
  readonly override: Override;
}

/** What a commit put in force: as a valid one, or on a void parent. */
function broughtBy({ void: isVoid, judgement, tree }: JudgedCommit): readonly Brought[] {
  return judgement.acts.flatMap((act): readonly Brought[] => {
    if (act.kind !== 'override') return [];
    const path = overrideFile(act.override.id);
    const file = isVoid ? (judgement.imposed.get(path) ?? null) : fileAt(tree, path);
    const parsed = file === null ? null : parseOverride(file.bytes, path);
    return file === null || parsed?.ok !== true ? [] : [{ path, file, override: parsed.value }];
  });
}

/** One parent, new overrides, nothing else governed: whether they are obeyed is another question. */
function isBrakeAlone(commit: JudgedCommit): boolean {
  const { parents, judgement } = commit;
  return (
    parents.length === 1 &&
    broughtBy(commit).length > 0 &&
    judgement.acts.every((act) => act.kind === 'override')
  );
}

function lacksAuthority({ judgement }: JudgedCommit, tip: JudgedCommit): string | null {
  const { signer, key } = judgement;
  if (signer === null || key === null) return 'nobody enrolled signed it';
  const { brakeLaws } = tip.force;
  const holds = brakeLaws.every((tree) => {
    const law = parseLaw(tree);
    const holder = law.ok ? holderOfKey(law.value, key) : null;
    return (
      holder?.principal.id === signer.id &&
      holder.principal.kind === 'human' &&
      !isKeyEnded(holder.key) &&
      holdsRole(holder.principal, 'override', null, tip.force.clock)
    );
  });
  return holds && brakeLaws.length > 0
    ? null
    : `${signer.id} may not pull the brake any more, by what is in force on the branch`;
}

/** Whether it is known by what it says already. Another one of its id does not replace it: both are in force. */
function isHeld(
  { force }: JudgedCommit,
  sides: ReadonlyMap<string, SideOverride>,
  { sha256 }: TreeFile,
): boolean {
  const holds = (tree: TreeFolder): boolean =>
    [...overridesOf(tree).values()].some((held) => held.sha256 === sha256);
  return sides.has(sha256) || (force.laws.length > 0 && force.laws.every(holds));
}
