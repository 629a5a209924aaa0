import { SIDE_REFS } from '../../../evidence/side-overrides.ts';
import type { Upstream } from '../../../ports/remote.ts';
import type { Context } from '../context.ts';
import type { Workspace } from '../opening/workspace.ts';
import { escapeShown } from '../terminal/escape.ts';
import type { TakenIn } from './take-in.ts';
import { demandConsent, pushTo } from './upstream.ts';

/** Overrides made in refs of their own here, that the other copy neither has so nor on the branch. */
export async function pushSides(
  context: Context,
  { repository }: Workspace,
  upstream: Upstream,
  { sides }: TakenIn,
  isMerged: (id: string) => boolean,
): Promise<readonly string[]> {
  const pushed: string[] = [];
  for (const { ref, commit } of await repository.refsUnder(SIDE_REFS)) {
    if (sides.has(ref) || isMerged(commit)) continue;
    await demandConsent(context, repository, upstream);
    const result = await pushTo(context, repository, upstream, commit, ref);
    if (result.kind === 'pushed' || result.kind === 'same') pushed.push(ref);
    else context.terminal.say(`warning: the override ${escapeShown(ref)} was not taken: ${result.kind}`);
  }
  return pushed;
}
