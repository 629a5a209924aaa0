import { CannotTell } from '../../base/errors.ts';
import { SIDE_REFS, type SideRef } from '../../evidence/side-overrides.ts';
import type { Verification } from '../../evidence/verification.ts';
import { overridesOf, withOverrides } from '../../judge/keep-brakes.ts';
import { lawOf } from '../../machine/law.ts';
import type { World } from '../../machine/world.ts';
import type { Upstream } from '../../ports/remote.ts';
import type { GitRepository } from '../../ports/repository.ts';
import type { CommonOptions } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { synchronise, type SyncEnd } from '../shared/sharing/synchronise.ts';
import { upstreamName } from '../shared/sharing/upstream.ts';
import { openWorkspace, type OpenOptions, type Workspace } from '../shared/opening/workspace.ts';

/** What evidence says at one time, and whether more can be signed on top of it. */
export interface Ground {
  readonly world: World;
  /** Seconds since 1970. */
  readonly at: number;
  /** Why nothing moves on its word and nothing is signed, in words; null where everything is valid. Brakes are obeyed all the same. */
  readonly onlyBrakes: string | null;
  /** What people should know beside that; null for nothing. */
  readonly aside: string | null;
  /** Of two histories nobody knows all the receipts, so that nothing can be said of what lies where nothing moves. */
  readonly isOne: boolean;
  readonly known: readonly Verification[];
  /** Whether nothing was decided since, as far as anybody can tell without judging: it is asked before each step. */
  readonly stands: () => Promise<boolean>;
}

/** @param pushes whether what only this clone has is shared. */
export type FindGround = (
  context: Context,
  common: CommonOptions,
  pushes: () => Promise<boolean>,
) => Promise<Ground>;

/** What the branch here says. */
export const groundHere: FindGround = async (context, common) => await groundOf(context, common, null, null);

/**
 * The same after what others did was taken in, where the branch is shared. Where that cannot be, nothing is promoted, and the
 * brakes of both are obeyed.
 */
export const groundEverywhere: FindGround = async (context, common, pushes) => {
  const repository = await context.git.open(common.directory);
  const ref = await repository.currentBranch();
  const upstream = ref === null ? null : await repository.remotes.upstream(ref, null);
  if (upstream === null || common.dryRun) return await groundHere(context, common, pushes);
  const took = await takeIn(context, common, upstream, pushes);
  return typeof took === 'string'
    ? await groundApart(context, common, upstream, took)
    : await groundOf(context, common, upstream, took.aside);
};

/** @returns in words why what others did could not be taken in. */
async function takeIn(
  context: Context,
  common: CommonOptions,
  upstream: Upstream,
  pushes: () => Promise<boolean>,
): Promise<string | Pick<Ground, 'aside'>> {
  const author = { name: 'modelsmith', email: 'reconcile@modelsmith.invalid' };
  const together = (push: boolean): Promise<SyncEnd> =>
    synchronise(context, common, { upstream, push, author: () => Promise.resolve(author) });
  try {
    const end = await together(await pushes());
    // What others have counts here although they do not take what was signed here.
    const without = end.kind === 'declined' ? await together(false) : end;
    const aside =
      end.kind === 'declined' ? `${upstreamName(upstream)} does not take what was signed here` : null;
    if (without.kind === 'done') return { aside };
    return without.kind === 'findings'
      ? 'not everything is valid (modelsmith verify shows it)'
      : 'what is here and what others have do not go together (modelsmith sync shows why)';
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    // What is known here does not wait for others.
    return error.code === 'UNREACHABLE' ? { aside: 'others are not reached' } : error.message;
  }
}

async function groundOf(
  context: Context,
  common: CommonOptions,
  upstream: Upstream | null,
  aside: string | null,
): Promise<Ground> {
  const here = await openHere(context, common);
  const { world, valid, verification, sides, repository } = here;
  return {
    ...{ world, aside },
    at: Math.max(context.now(), valid.clock),
    onlyBrakes: verification.findings.length > 0 ? 'the tip is not valid' : null,
    isOne: true,
    known: [verification],
    stands: standing(repository, common, upstream, { judged: [verification], sides }),
  };
}

/** Two histories that are not one: what is out there follows what others have, and every brake of either is obeyed. */
async function groundApart(
  context: Context,
  common: CommonOptions,
  upstream: Upstream,
  onlyBrakes: string,
): Promise<Ground> {
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
    ...{ onlyBrakes, aside: null, isOne: false, known: [] },
    stands: standing(repository, common, upstream, { judged, sides }),
  };
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
}

function standing(
  repository: GitRepository,
  { branch }: CommonOptions,
  upstream: Upstream | null,
  { judged, sides }: Looked,
): Ground['stands'] {
  const isJudged = (commit: string): boolean => judged.some(({ history }) => history.judged.has(commit));
  return async () => {
    if ((await repository.resolve(branch ?? 'HEAD')) !== judged[0]?.tip) return false;
    const now = await repository.refsUnder(SIDE_REFS);
    if (!now.every(({ commit }) => sides.some((side) => side.commit === commit))) return false;
    if (upstream === null) return true;
    const have = [...judged.map(({ tip }) => tip), ...sides.map(({ commit }) => commit)];
    const there = await repository.remotes
      .fetch({ from: upstream, refs: [upstream.branch, SIDE_REFS], have })
      .catch((error: unknown) => {
        if (error instanceof CannotTell && error.code === 'UNREACHABLE') return new Map<string, string>();
        throw error;
      });
    // Of two refs with one name ours is kept, whatever theirs says.
    return [...there].every(([ref, commit]) => isJudged(commit) || sides.some((side) => side.ref === ref));
  };
}

/** For the line that a log gets. */
export function asideWords({ aside, onlyBrakes }: Ground): readonly string[] {
  return [
    ...(onlyBrakes === null ? [] : [`${escapeShown(onlyBrakes)}, so nothing is promoted`]),
    ...(aside === null ? [] : [escapeShown(aside)]),
  ];
}
