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
  /** Those of them that are new here and were taken in. */
  readonly freshSides: readonly SideRef[];
  /** Those that are new here and were left there. */
  readonly leftSides: readonly SideRef[];
  /** Refs that stand at another commit here: ours is kept, and theirs were left there. */
  readonly otherSides: readonly SideRef[];
}

/** As many refs for overrides are taken in as they come; beyond that only what somebody signed who may pull the brake. */
const MAX_SIDES = 1000;

export interface TakeInOrder {
  readonly have: readonly string[];
  readonly dryRun: boolean;
  /** As `FetchOrder` has it. */
  readonly patience?: number | undefined;
  /** Of refs that nobody judged, those that somebody signed who may pull the brake. */
  readonly signed: (sides: readonly SideRef[]) => Promise<readonly SideRef[]>;
}

/**
 * Asks the other copy. Refs that are there to vouch for nothing follow: the remote-tracking ref, and new refs for overrides,
 * which bind by what they hold and not by who sent them.
 */
export async function takeIn(
  { terminal }: Pick<Context, 'terminal'>,
  repository: GitRepository,
  upstream: Upstream,
  { have, dryRun, patience, signed }: TakeInOrder,
): Promise<TakenIn> {
  const known = new Map((await repository.refsUnder(SIDE_REFS)).map(({ ref, commit }) => [ref, commit]));
  const seen = (await repository.remoteBranches()).map(({ commit }) => commit);
  const found = await repository.remotes.fetch({
    from: upstream,
    refs: [upstream.branch, SIDE_REFS],
    have: [...have, ...seen, ...known.values()],
    ...(patience !== undefined && { patience }),
    onProgress: (line) => terminal.progress(escapeShown(line)),
  });
  terminal.progress('');
  const tip = found.get(upstream.branch) ?? null;
  const sides = new Map([...found].filter(([ref]) => ref.startsWith(SIDE_REFS)));
  const fresh = [...sides].filter(([ref]) => !known.has(ref)).map(([ref, commit]) => ({ ref, commit }));
  // Whoever can push makes as many as he likes, under any names and times. What he cannot make is a signature.
  const chosen = [...(known.size + fresh.length > MAX_SIDES ? await signed(fresh) : fresh)];
  const here = new Set(known.values());
  const others = [...sides].flatMap(([ref, commit]) =>
    known.has(ref) && !here.has(commit) ? [{ ref, commit }] : [],
  );
  // Whoever took its name first must not keep out a brake: what is signed comes in first, under a name that says what belongs there.
  const renamed = others.length === 0 ? [] : await signed(others);
  const named = renamed.map(({ commit }) => ({ ref: `${SIDE_REFS}${commit}`, commit }));
  fresh.unshift(...named);
  chosen.unshift(...named);
  const taken = new Set(chosen);
  if (!dryRun) {
    if (tip !== null && upstream.tracking !== null) await follow(repository, upstream.tracking, tip);
    for (const side of chosen) {
      const before = named.includes(side) ? (known.get(side.ref) ?? null) : null;
      if (!(await keepSide(repository, terminal, side, before))) taken.delete(side);
    }
  }
  const commits = new Set(chosen.map(({ commit }) => commit));
  const left = fresh.filter(({ commit }) => !commits.has(commit)).length;
  if (left > 0)
    terminal.say(
      `warning: ${left} new refs under ${SIDE_REFS} are left at the remote: there are more than ${MAX_SIDES}, and nobody ` +
        'who may pull the brake signed them; ask whoever runs the remote to clear them',
    );
  return {
    tip,
    sides,
    freshSides: fresh.filter((side) => taken.has(side)),
    leftSides: fresh.filter((side) => !taken.has(side)),
    otherSides: others.filter((side) => !renamed.includes(side)),
  };
}

/** A name that cannot be had here must not keep the brakes under other names from being taken in. @returns whether it was. */
async function keepSide(
  repository: GitRepository,
  terminal: Context['terminal'],
  { ref, commit }: SideRef,
  before: string | null,
): Promise<boolean> {
  try {
    await repository.advance(ref, before, commit);
    return true;
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    terminal.say(`warning: ${escapeShown(ref)} is not taken in: ${escapeShown(error.message)}`);
    return false;
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
