import { CannotTell } from '../../../base/errors.ts';
import { SIDE_REFS, type SideRef } from '../../../evidence/side-overrides.ts';
import type { Upstream } from '../../../ports/remote.ts';
import type { GitRepository } from '../../../ports/repository.ts';
import type { Context } from '../context.ts';
import { escapeShown } from '../terminal/escape.ts';

/** What another copy had when it was asked. Its objects are here; nothing of it was judged. */
export interface TakenIn {
  /** Where the branch stands there; null where it is not there. */
  readonly tip: string | null;
  /** Overrides in refs of their own there, by ref. */
  readonly sides: ReadonlyMap<string, string>;
  /** Those of them that are new here. */
  readonly freshSides: readonly SideRef[];
  /** Refs that stand at another commit here: ours is kept. */
  readonly otherSides: readonly string[];
}

/** More new refs for overrides than this at once are no overrides. */
const MAX_SIDES = 1000;

/**
 * Asks the other copy. Refs that are there to vouch for nothing follow: the remote-tracking ref, and new refs for overrides,
 * which bind by what they hold and not by who sent them.
 */
export async function takeIn(
  { terminal }: Pick<Context, 'terminal'>,
  repository: GitRepository,
  upstream: Upstream,
  { have, dryRun }: { readonly have: readonly string[]; readonly dryRun: boolean },
): Promise<TakenIn> {
  const known = new Map((await repository.refsUnder(SIDE_REFS)).map(({ ref, commit }) => [ref, commit]));
  const seen = (await repository.remoteBranches()).map(({ commit }) => commit);
  const found = await repository.remotes.fetch({
    from: upstream,
    refs: [upstream.branch, SIDE_REFS],
    have: [...have, ...seen, ...known.values()],
    onProgress: (line) => terminal.progress(escapeShown(line)),
  });
  terminal.progress('');
  const tip = found.get(upstream.branch) ?? null;
  const sides = new Map([...found].filter(([ref]) => ref.startsWith(SIDE_REFS)));
  const fresh = [...sides].filter(([ref]) => !known.has(ref)).map(([ref, commit]) => ({ ref, commit }));
  if (fresh.length > MAX_SIDES)
    throw new CannotTell('BAD_DATA', `the remote has ${fresh.length} new refs under ${SIDE_REFS}`, {
      remedy: 'ask whoever runs the remote to clear them; git fetch takes single ones',
    });
  if (!dryRun) {
    if (tip !== null && upstream.tracking !== null) await follow(repository, upstream.tracking, tip);
    for (const { ref, commit } of fresh) await keepSide(repository, terminal, ref, commit);
  }
  return {
    tip,
    sides,
    freshSides: fresh,
    otherSides: [...sides].flatMap(([ref, commit]) =>
      known.has(ref) && known.get(ref) !== commit ? [ref] : [],
    ),
  };
}

/** A name that cannot be had here must not keep the brakes under other names from being taken in. */
async function keepSide(
  repository: GitRepository,
  terminal: Context['terminal'],
  ref: string,
  commit: string,
): Promise<void> {
  try {
    await repository.advance(ref, null, commit);
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    terminal.say(`warning: ${escapeShown(ref)} is not taken in: ${escapeShown(error.message)}`);
  }
}

/** Moves a remote-tracking ref to what was seen. Whoever else moved it just now has seen it too. */
export async function follow(repository: GitRepository, tracking: string, to: string): Promise<void> {
  const before = await repository.resolve(tracking);
  if (before === to) return;
  try {
    await repository.advance(tracking, before, to);
  } catch (error) {
    if (!(error instanceof CannotTell) || error.code !== 'RACE_LOST') throw error;
  }
}
