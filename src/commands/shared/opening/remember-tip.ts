import { CannotTell } from '../../../base/errors.ts';
import { toTime } from '../../../domain/names.ts';
import type { Verification } from '../../../evidence/verification.ts';
import type { GitRepository } from '../../../ports/repository.ts';
import { branchNamed } from './branch-name.ts';
import type { Context } from '../context.ts';
import { escapeShown } from '../terminal/escape.ts';
import type { Recalled } from './recalled-tips.ts';

interface Verified {
  readonly repository: GitRepository;
  readonly verification: Verification;
  readonly recalled: Recalled;
}

/**
 * Remembers how far a branch without findings goes, for everything that is verified later.
 * @param forget commits a person no longer expects. @returns the commit that is expected from now on and was not before.
 */
export async function rememberTip(
  context: Pick<Context, 'now' | 'terminal'>,
  verified: Verified,
  forget: readonly string[] = [],
): Promise<string | null> {
  const { recalled, verification } = verified;
  if (recalled.kind !== 'branch') return null;
  const commit = await sharedTip(verified);
  if (commit === null) return null;
  const others = recalled.tips.map((tip) => tip.commit).filter((id) => id !== commit && !forget.includes(id));
  const older = ancestorsAmong(verification, commit, others);
  const newer = others.find((id) => !older.has(id) && ancestorsAmong(verification, id, [commit]).size > 0);
  const expected = newer ?? commit;
  const known = recalled.tips.some((tip) => tip.commit === expected);
  const instead = [...(newer === undefined ? older : []), ...forget];
  if (known && instead.length === 0) return null;
  try {
    const tip = { commit: expected, root: verification.root, verified: toTime(context.now()) };
    await recalled.memory.remember(recalled.identity, tip, instead);
  } catch (error) {
    const asked = recalled.named || forget.length > 0;
    if (asked || !(error instanceof CannotTell) || error.code !== 'IO_FAILED') throw error;
    // Nobody asked for a memory: the answer stands without it, but that is said.
    const { message, place } = error;
    context.terminal.say(`warning: ${message}${place === undefined ? '' : ` (${escapeShown(place.file)})`}`);
    return null;
  }
  return known ? null : expected;
}

/**
 * How far others have the branch too: its tip, where the clone knows no remote; else what a remote had when it was last
 * fetched. What nobody else has yet may still be made again. Null where no remote has any of it.
 */
export async function sharedTip({ repository, verification, recalled }: Verified): Promise<string | null> {
  if (recalled.kind !== 'branch') return null;
  const { ref, identity } = recalled;
  if (ref.startsWith('refs/remotes/')) return verification.tip;
  const remotes = await repository.remoteBranches();
  if (remotes.length === 0) return verification.tip;
  const there = new Set(
    remotes.flatMap((remote) => (branchNamed(remote.ref) === identity.branch ? remote.commit : [])),
  );
  // A void commit that a repair has set aside may also be put back instead.
  return verification.commits.findLast((commit) => !commit.void && there.has(commit.id))?.id ?? null;
}

/** Those of `wanted` that a judged commit descends from. What was judged under an earlier root lies before all of it. */
function ancestorsAmong(
  { commits }: Verification,
  start: string,
  wanted: readonly string[],
): ReadonlySet<string> {
  const judged = new Map(commits.map((commit) => [commit.id, commit]));
  const seen = new Set<string>();
  const stack = [start];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    stack.push(...(judged.get(id)?.parents ?? []));
  }
  return new Set(wanted.filter((id) => id !== start && (seen.has(id) || !judged.has(id))));
}
