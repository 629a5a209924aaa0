import { CannotTell } from '../../base/errors.ts';
import { toTime } from '../../domain/names.ts';
import { readCommit } from '../../evidence/history.ts';
import type { Verification } from '../../evidence/verify-history.ts';
import type { GitRepository, RepositoryFacts } from '../../ports/repository.ts';
import { branchNamed } from './branch-name.ts';
import type { Context } from './context.ts';
import { escapeShown } from './escape.ts';
import type { Recalled } from './recalled-tips.ts';

interface Verified {
  readonly repository: GitRepository;
  readonly facts: RepositoryFacts;
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
  const { recalled } = verified;
  if (recalled.kind !== 'branch') return null;
  const commit = await sharedTip(verified);
  if (commit === null) return null;
  const others = recalled.tips.map((tip) => tip.commit).filter((id) => id !== commit && !forget.includes(id));
  const older = await ancestorsAmong(verified, commit, others);
  const [newer] = (
    await Promise.all(
      others.map(async (id) => ((await ancestorsAmong(verified, id, [commit])).has(commit) ? [id] : [])),
    )
  ).flat();
  const expected = newer ?? commit;
  const known = recalled.tips.some((tip) => tip.commit === expected);
  const instead = [...(newer === undefined ? older : []), ...forget];
  if (known && instead.length === 0) return null;
  try {
    const tip = { commit: expected, verified: toTime(context.now()) };
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
  return verification.commits.findLast(({ id }) => there.has(id))?.id ?? null;
}

/** Those of `wanted` that a judged commit descends from. */
async function ancestorsAmong(
  { repository, facts, verification }: Verified,
  start: string,
  wanted: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if (wanted.length === 0) return found;
  // Parents come first, so nothing before the first of them can lead to any of them.
  const places = new Map(verification.commits.map(({ id }, index) => [id, index]));
  const first = Math.min(...wanted.map((id) => places.get(id) ?? Infinity));
  const objects = repository.openObjects();
  try {
    const seen = new Set<string>();
    const stack = [start];
    for (let id = stack.pop(); id !== undefined && found.size < wanted.length; id = stack.pop()) {
      if (seen.has(id) || (places.get(id) ?? -1) < first) continue;
      seen.add(id);
      if (id !== start && wanted.includes(id)) found.add(id);
      const { commit } = await readCommit(objects, id, facts.objectFormat === 'sha1' ? 40 : 64);
      stack.push(...(commit?.parents ?? []));
    }
    return found;
  } finally {
    await objects.close();
  }
}
