import { setTimeout as wait } from 'node:timers/promises';
import { CannotTell } from '../../../base/errors.ts';
import type { NonEmpty } from '../../../base/nonempty.ts';
import type { Reason } from '../../../domain/reason.ts';
import { readCommit } from '../../../evidence/history.ts';
import { moveBranch, refuseDirty } from '../../../evidence/staged-commit.ts';
import { SIDE_REFS, type SideRef } from '../../../evidence/side-overrides.ts';
import type { Verification } from '../../../evidence/verification.ts';
import type { MergeOrder } from '../../../evidence/merge-branches.ts';
import type { Law } from '../../../machine/law.ts';
import type { Upstream } from '../../../ports/remote.ts';
import type { GitRepository } from '../../../ports/repository.ts';
import type { CommonOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { join } from './join.ts';
import { ownCommits, type OwnCommit } from './own-commits.ts';
import { pushSides } from './push-sides.ts';
import { setAside } from './set-aside.ts';
import { signedHere } from './signed-here.ts';
import { takeIn, type TakenIn } from './take-in.ts';
import { demandConsent, pushTo, shortName, upstreamName } from './upstream.ts';
import { openWorkspace, type Workspace } from '../opening/workspace.ts';

export interface SyncOrder {
  readonly upstream: Upstream;
  /** Whether what only this clone has is pushed. */
  readonly push: boolean;
  /** As `FetchOrder` has it. */
  readonly patience?: number;
  /** Who makes a merge, by its headers; nobody signs it. Asked only where there is one. */
  readonly author: (law: Law) => Promise<MergeOrder['author']>;
}

/** How what is here and what is there relate. */
export type Relation = 'same' | 'ahead' | 'behind' | 'apart' | 'new there';

export type SyncEnd =
  | {
      readonly kind: 'done';
      readonly relation: Relation;
      readonly from: string;
      /** Where the branch stands now; with a dry run, where it would. */
      readonly to: string;
      readonly pushed: boolean;
      readonly took: TakenIn;
      readonly pushedSides: readonly string[];
      readonly own: readonly OwnCommit[];
      /** Commits that came in. */
      readonly came: number;
      readonly leftAlone: readonly string[];
      /** What was judged on the way. */
      readonly judged: readonly Verification[];
    }
  /** What the other copy has is not valid, so nothing of it was taken in. */
  | { readonly kind: 'findings'; readonly verification: Verification; readonly tip: string }
  | { readonly kind: 'conflict'; readonly paths: NonEmpty<string> }
  | {
      readonly kind: 'refused';
      readonly reasons: NonEmpty<Reason>;
      /** Own commits that do not go together with what came in. */
      readonly own: readonly OwnCommit[];
      /** The ref that keeps them, where the branch was put back; null where it was not. */
      readonly aside: string | null;
      /** Why what is left of the own commits, which the branch stands on now, did not get there; none where it did or nothing is left. */
      readonly notPushed: readonly string[];
    }
  /** The other side did not take it, in its words. */
  | { readonly kind: 'declined'; readonly words: readonly string[]; readonly commit: string };

/** Somebody else was quicker; with what was judged of theirs. */
interface Moved {
  readonly kind: 'moved';
  readonly judged: readonly Verification[];
}

const MAX_TRIES = 10;

/**
 * Brings this clone and another copy together: fetches, judges what came in, goes forwards or merges, and pushes. The branch
 * moves once, at the end; where somebody else was quicker all of it is done again, a bounded number of times.
 * @throws CannotTell BAD_DATA where the history here has findings, RACE_LOST after the last try, and what fetching throws.
 */
export async function synchronise(
  context: Context,
  common: CommonOptions,
  order: SyncOrder,
): Promise<SyncEnd> {
  const { upstream } = order;
  // Judged once: should the branch here move meanwhile, it is not moved again.
  const local = await openHere(context, common);
  let known = [local.verification];
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const begun = context.now();
    const end = await once(context, common, order, local, known);
    if (end.kind !== 'moved') return end;
    // Only what came in since is judged the next time.
    known = [local.verification, ...end.judged];
    context.terminal.progress(
      `${upstreamName(upstream)} was moved by somebody else; trying again (${attempt})`,
    );
    await wait(pause(context, attempt, context.now() - begun));
  }
  throw new CannotTell('RACE_LOST', `${upstreamName(upstream)} was moved by others ${MAX_TRIES} times`, {
    facts: ['your branch is as it was'],
    remedy: 'modelsmith sync',
  });
}

const LONGEST_MS = 60_000;

/**
 * Milliseconds, never the same for two who started together: up to twice as long each time, and up to twice as long as the try
 * took. The more there are at once, the longer the other side takes to judge what each of them pushes; only spread out does
 * somebody get in before the branch has moved again.
 */
function pause({ random }: Pick<Context, 'random'>, attempt: number, seconds: number): number {
  const [a = 0, b = 0] = random(2);
  const longest = Math.max(Math.min(250 * 2 ** attempt, 8000), Math.min(seconds * 2000, LONGEST_MS));
  return Math.round(((a * 256 + b) / 65_535) * longest);
}

/** The branch checked out. That it lags behind what was verified in another clone is what this is for. */
async function openHere(context: Context, common: CommonOptions): Promise<Workspace & { ref: string }> {
  const local = await openWorkspace(context, { ...common, branch: null });
  const { ref } = local;
  if (ref === null)
    throw new CannotTell('USAGE', 'no branch is checked out, so there is nothing to move', {
      remedy: 'git switch main',
    });
  if (local.verification.findings.some(({ reason }) => reason.code !== 'NOT_DESCENDED'))
    throw new CannotTell('BAD_DATA', 'the history here has findings, so nothing is shared or merged', {
      remedy: 'modelsmith verify   (shows every finding)',
    });
  return { ...local, ref };
}

async function once(
  context: Context,
  common: CommonOptions,
  { upstream, push, patience, author }: SyncOrder,
  local: Workspace & { readonly ref: string },
  known: readonly Verification[],
): Promise<SyncEnd | Moved> {
  const { repository, ref, verification } = local;
  const { dryRun } = common;
  const ours = verification.tip;
  const mine = idsOf(local);
  const signed = (sides: readonly SideRef[]): Promise<readonly SideRef[]> =>
    signedHere(context, local, sides);
  const took = await takeIn(context, repository, upstream, { have: [ours], dryRun, patience, signed });
  const theirs = took.tip;
  const ahead = theirs === null || mine.has(theirs);
  if (ahead && verification.findings.length > 0) return { kind: 'findings', verification, tip: ours };
  const incoming = ahead
    ? null
    : await openIncoming(context, common, local, { upstream, took, commit: theirs, known });
  if (incoming !== null && incoming.verification.findings.length > 0)
    return { kind: 'findings', verification: incoming.verification, tip: incoming.verification.tip };
  const there =
    incoming === null ? new Set(theirs === null ? [] : ancestors(local, theirs)) : idsOf(incoming);
  const own = await ownCommits(repository, verification.commits, (id) => there.has(id));
  const relation = relationOf(theirs, ours, { ahead, behind: incoming !== null && there.has(ours) });

  let to = relation === 'behind' && theirs !== null ? theirs : ours;
  if (relation === 'apart' && incoming !== null) {
    const message = `Merge ${upstreamName(upstream)}`;
    const by = await author(local.world.law);
    const joined = await join({ context, local, incoming, author: by, message });
    if (joined.kind === 'conflict') return joined;
    if (joined.kind === 'refused') {
      const lost = joined.most === theirs ? own : await ownLost(local, joined.most, own);
      const aside = dryRun
        ? null
        : await setAside(context, { repository, ref, ours, to: joined.most, upstream, own: lost });
      const isLeft = aside !== null && push && joined.most !== theirs;
      const notPushed = isLeft ? await pushRest(context, repository, upstream, joined.most) : [];
      return { kind: 'refused', reasons: joined.reasons, own: lost, aside, notPushed };
    }
    to = joined.commit;
  }

  const isNew = to !== theirs && (own.length > 0 || theirs === null);
  const done = {
    ...({ kind: 'done', relation, from: ours, to, took, own } as const),
    judged: [verification, ...(incoming === null ? [] : [incoming.verification])],
    came: incoming === null ? 0 : [...there].filter((id) => !mine.has(id)).length,
  };
  if (dryRun) return { ...done, pushed: false, pushedSides: [], leftAlone: [] };
  if (to !== ours && local.facts.workTree !== null)
    await refuseDirty(repository, await repository.changedPaths(ours, to));
  if (push && isNew) {
    await demandConsent(context, repository, upstream);
    const result = await pushTo(context, repository, upstream, to);
    if (result.kind === 'moved')
      return { kind: 'moved', judged: incoming === null ? [] : [incoming.verification] };
    if (result.kind === 'refused') return { kind: 'declined', words: result.words, commit: ours };
  }
  const leftAlone = to === ours ? [] : await moveBranch(repository, ref, ours, to);
  const isMerged = (id: string): boolean => mine.has(id) || there.has(id);
  const pushedSides = push ? await pushSides(context, local, upstream, took, isMerged) : [];
  return { ...done, pushed: push && isNew, pushedSides, leftAlone };
}

/** Pushes what was left on the branch. @returns why it was not taken; nothing where it was. */
async function pushRest(
  context: Context,
  repository: GitRepository,
  upstream: Upstream,
  commit: string,
): Promise<readonly string[]> {
  await demandConsent(context, repository, upstream);
  const result = await pushTo(context, repository, upstream, commit);
  if (result.kind === 'moved') return ['it was moved by somebody else meanwhile'];
  return result.kind === 'refused' ? result.words : [];
}

function relationOf(
  theirs: string | null,
  ours: string,
  { ahead, behind }: { readonly ahead: boolean; readonly behind: boolean },
): Relation {
  if (theirs === null) return 'new there';
  if (theirs === ours) return 'same';
  return ahead ? 'ahead' : behind ? 'behind' : 'apart';
}

interface Incoming {
  readonly upstream: Upstream;
  readonly took: TakenIn;
  readonly commit: string;
  readonly known: readonly Verification[];
}

/** What the other copy's branch holds, judged as that branch: also by what was verified of it before. */
async function openIncoming(
  context: Context,
  common: CommonOptions,
  { repository }: Workspace,
  { upstream: { remote, branch, tracking }, took: { freshSides }, commit, known }: Incoming,
): Promise<Workspace> {
  const ref = tracking ?? `refs/remotes/${remote ?? 'elsewhere'}/${shortName(branch)}`;
  // With a dry run the new refs were not made, and count all the same.
  const sides = common.dryRun ? [...(await repository.refsUnder(SIDE_REFS)), ...freshSides] : null;
  const options = { ...common, branch: null, at: { commit, ref }, known, ...(sides !== null && { sides }) };
  return await openWorkspace(context, options);
}

/** What a branch holds. Overrides in refs of their own are judged with it, and are no part of it. */
function idsOf({ verification }: Workspace): ReadonlySet<string> {
  return new Set(verification.commits.map(({ id }) => id));
}

/** A commit of this clone and everything before it. */
function ancestors({ verification }: Workspace, start: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const stack = [start];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    stack.push(...(verification.history.judged.get(id)?.parents ?? []));
  }
  return seen;
}

/** Own commits that a merge of some of them does not hold. */
async function ownLost(
  local: Workspace,
  merge: string,
  own: readonly OwnCommit[],
): Promise<readonly OwnCommit[]> {
  const kept = new Set(await parentsOf(local, merge));
  const held = new Set([...kept].flatMap((id) => [...ancestors(local, id)]));
  return own.filter(({ commit }) => !held.has(commit));
}

async function parentsOf({ repository, facts }: Workspace, id: string): Promise<readonly string[]> {
  const objects = repository.openObjects();
  try {
    return (await readCommit(objects, id, facts.objectFormat === 'sha1' ? 40 : 64)).parents;
  } finally {
    await objects.close();
  }
}
