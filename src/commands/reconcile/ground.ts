import { CannotTell } from '../../base/errors.ts';
import { SIDE_REFS, type SideRef } from '../../evidence/side-overrides.ts';
import type { Verification } from '../../evidence/verification.ts';
import { overridesOf, withOverrides } from '../../judge/keep-brakes.ts';
import { lawOf } from '../../machine/law.ts';
import type { World } from '../../machine/world.ts';
import type { Upstream } from '../../ports/remote.ts';
import type { Push } from '../../domain/own-settings.ts';
import type { GitRepository } from '../../ports/repository.ts';
import type { CommonOptions } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { signedHere } from '../shared/sharing/signed-here.ts';
import { takeIn, type TakenIn } from '../shared/sharing/take-in.ts';
import { counted } from '../shared/views/notices.ts';
import { PATIENCE_MS, sharedWith, synchroniseUnattended } from '../shared/sharing/unattended.ts';
import { upstreamName } from '../shared/sharing/upstream.ts';
import { openWorkspace, type OpenOptions, type Workspace } from '../shared/opening/workspace.ts';

/** What evidence says at one time, and whether more can be signed on top of it. */
export interface Ground {
  readonly world: World;
  /** Seconds since 1970. */
  readonly at: number;
  /** Why nothing moves on its word and nothing is signed, in words; null where it can. Brakes are obeyed all the same. */
  readonly onlyBrakes: string | null;
  readonly isValid: boolean;
  /** What people should know beside that; null for nothing. */
  readonly aside: string | null;
  /** Refs for overrides that others have and nobody here takes for any. */
  readonly left: number;
  /** Of two histories, and where others are not reached, nobody knows all the receipts, so that nothing can be said of what lies where nothing moves. */
  readonly isOne: boolean;
  readonly known: readonly Verification[];
  /** Whether nothing was decided since, as far as anybody can tell without judging: it is asked before each step. @throws CannotTell as fetching does. */
  readonly stands: () => Promise<boolean>;
}

/** @param push what was typed. */
export type FindGround = (context: Context, common: CommonOptions, push: Push | undefined) => Promise<Ground>;

/** What the branch here says. */
export const groundHere: FindGround = async (context, common) =>
  await groundOf(context, common, null, NOBODY);

/**
 * The same after what others did was taken in, where the branch is shared. Where that cannot be, nothing is promoted, and the
 * brakes of both are obeyed.
 */
export const groundEverywhere: FindGround = async (context, common, push) => {
  const upstream = await sharedWith(context, common);
  if (upstream === null) return await groundHere(context, common, push);
  const took = await takenIn(context, common, upstream, push);
  return typeof took === 'string'
    ? await groundApart(context, common, upstream, took)
    : await groundOf(context, common, upstream, took);
};

/** What came of taking in what others did. */
interface Came extends Pick<Ground, 'aside'> {
  /** Commits of refs for overrides that were left there: they are known all the same. */
  readonly left: readonly SideRef[];
  readonly isReached: boolean;
}

const NOBODY: Came = { aside: null, left: [], isReached: true };

/** @returns in words why what others did could not be taken in. */
async function takenIn(
  context: Context,
  common: CommonOptions,
  upstream: Upstream,
  push: Push | undefined,
): Promise<string | Came> {
  try {
    const { end, isDeclined } = await synchroniseUnattended(context, common, upstream, {
      ...{ machine: 'reconcile', push },
    });
    if (end.kind === 'done')
      return {
        aside: isDeclined ? `${upstreamName(upstream)} does not take what was signed here` : null,
        left: leftBy(end.took),
        isReached: true,
      };
    return end.kind === 'findings'
      ? 'not everything is valid (modelsmith verify shows it)'
      : 'what is here and what others have do not go together (modelsmith sync shows why)';
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    // Brakes that are known here do not wait for others. What is put somewhere does: there may be a brake that is not known.
    return error.code === 'UNREACHABLE' ? { aside: null, left: [], isReached: false } : error.message;
  }
}

async function groundOf(
  context: Context,
  common: CommonOptions,
  upstream: Upstream | null,
  { aside, left, isReached }: Came,
): Promise<Ground> {
  const here = await openHere(context, common);
  const { world, valid, verification, sides, repository } = here;
  const isValid = verification.findings.length === 0;
  return {
    ...{ world, aside, left: left.length },
    at: Math.max(context.now(), valid.clock),
    isValid,
    onlyBrakes: !isValid ? 'the tip is not valid' : isReached ? null : 'others are not reached',
    isOne: isReached,
    known: [verification],
    stands: standing(repository, common, upstream, { judged: [verification], sides, left, isReached }),
  };
}

/** Two histories that are not one: what is out there follows what others have, and every brake of either is obeyed. */
async function groundApart(
  context: Context,
  common: CommonOptions,
  upstream: Upstream,
  onlyBrakes: string,
): Promise<Ground> {
  const left = await brakesOf(context, common, upstream);
  const here = await openHere(context, common);
  const { repository, verification, sides } = here;
  const { tracking } = upstream;
  const commit = tracking === null ? null : await repository.resolve(tracking);
  const there =
    tracking === null || commit === null
      ? null
      : await openWorkspace(context, {
          ...{ ...common, branch: null, sides, known: [verification] },
          at: { commit, ref: tracking },
        }).catch(nothingWhereUnread);
  const judged = [verification, ...(there === null ? [] : [there.verification])];
  const tree = withOverrides((there ?? here).world.tree, overridesOf(here.world.tree));
  return {
    world: { tree, law: lawOf(tree) },
    at: Math.max(context.now(), here.valid.clock, there?.valid.clock ?? 0),
    ...{ isValid: false, onlyBrakes, aside: null, left: left.length, isOne: false, known: [] },
    stands: standing(repository, common, upstream, { judged, sides, left, isReached: true }),
  };
}

/** Where nothing could be brought together nobody may have asked what others have, and their brakes count all the same. @returns what was left there. */
async function brakesOf(
  context: Context,
  common: CommonOptions,
  upstream: Upstream,
): Promise<readonly SideRef[]> {
  const repository = await context.git.open(common.directory);
  const signed = async (sides: readonly SideRef[]): Promise<readonly SideRef[]> =>
    signedHere(context, await openWorkspace(context, common), sides);
  const took = await takeIn(context, repository, upstream, {
    ...{ have: [], dryRun: false, patience: PATIENCE_MS, signed },
  }).catch(nothingWhereUnread);
  return took === null ? [] : leftBy(took);
}

function leftBy({ leftSides, otherSides }: TakenIn): readonly SideRef[] {
  return [...leftSides, ...otherSides];
}

function nothingWhereUnread(error: unknown): null {
  if (error instanceof CannotTell) return null;
  throw error;
}

/** With the refs for overrides that were looked at, so that one that comes later is known for new. */
async function openHere(
  context: Context,
  common: OpenOptions,
): Promise<Workspace & { readonly sides: readonly SideRef[] }> {
  const sides = await (await context.git.open(common.directory)).refsUnder(SIDE_REFS);
  return { ...(await openWorkspace(context, { ...common, sides })), sides };
}

interface Looked {
  readonly judged: readonly Verification[];
  readonly sides: readonly SideRef[];
  readonly left: readonly SideRef[];
  readonly isReached: boolean;
}

function standing(
  repository: GitRepository,
  { branch }: CommonOptions,
  upstream: Upstream | null,
  { judged, sides, left, isReached }: Looked,
): Ground['stands'] {
  const isJudged = (commit: string): boolean => judged.some(({ history }) => history.judged.has(commit));
  return async () => {
    if ((await repository.resolve(branch ?? 'HEAD')) !== judged[0]?.tip) return false;
    const now = await repository.refsUnder(SIDE_REFS);
    if (!now.every(({ commit }) => sides.some((side) => side.commit === commit))) return false;
    if (upstream === null) return true;
    const looked = new Set([...sides, ...left].map(({ commit }) => commit));
    const have = [...judged.map(({ tip }) => tip), ...looked];
    const there = await repository.remotes.fetch({
      ...{ from: upstream, refs: [upstream.branch, SIDE_REFS], have, patience: PATIENCE_MS },
    });
    // Others can be asked again.
    if (!isReached) return false;
    return [...there].every(
      ([ref, commit]) => isJudged(commit) || (looked.has(commit) && ref !== upstream.branch),
    );
  };
}

/** For the line that a log gets. */
export function asideWords({ aside, onlyBrakes, left }: Ground): readonly string[] {
  return [
    ...(onlyBrakes === null ? [] : [`${escapeShown(onlyBrakes)}, so nothing is promoted`]),
    ...(aside === null ? [] : [escapeShown(aside)]),
    ...(left === 0 ? [] : [`${counted(left, 'ref')} for overrides left where others have them`]),
  ];
}
