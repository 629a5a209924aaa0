import { moveBranch } from '../../../evidence/staged-commit.ts';
import type { Upstream } from '../../../ports/remote.ts';
import type { GitRepository } from '../../../ports/repository.ts';
import type { Context } from '../context.ts';
import { escapeShown } from '../terminal/escape.ts';
import { ownLines, type OwnCommit } from './own-commits.ts';
import { shortName, upstreamName } from './upstream.ts';

/** Where commits lie that a person took off a branch: nothing that was signed is thrown away. */
const SET_ASIDE = 'refs/modelsmith/set-aside/';

export interface AsideOrder {
  readonly repository: GitRepository;
  readonly ref: string;
  /** Where the branch stands. */
  readonly ours: string;
  /** Where it would stand. */
  readonly to: string;
  readonly upstream: Upstream;
  /** What it would not hold any more. */
  readonly own: readonly OwnCommit[];
}

/**
 * Offers to put the branch back to what goes together with what came in. A signature cannot be carried over to another
 * commit, so what was decided is decided again on top. @returns the ref that keeps the commits; null where the person says no
 * or there is none.
 */
export async function setAside(
  context: Pick<Context, 'now' | 'terminal'>,
  { repository, ref, ours, to, upstream, own }: AsideOrder,
): Promise<string | null> {
  const { terminal } = context;
  if (!terminal.interactive) return null;
  const time = new Date(context.now() * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
  const keep = `${SET_ASIDE}${time}-${ours.slice(0, 12)}`;
  for (const line of ownLines(own)) terminal.say(line);
  const question = `take ${own.length === 1 ? 'it' : `these ${own.length}`} off ${shortName(ref)}, which then stands on ${upstreamName(upstream)}, and keep ${own.length === 1 ? 'it' : 'them'} under ${keep}?`;
  if (!(await terminal.confirm(question))) return null;
  await repository.advance(keep, null, ours);
  for (const path of await moveBranch(repository, ref, ours, to))
    terminal.say(`left alone, because you changed it meanwhile: ${escapeShown(path)}`);
  return keep;
}
