const OF_A_REMOTE = /^refs\/remotes\/([^/]+)\/(.+)$/;
const LOCAL = /^refs\/heads\/(.+)$/;

/** Where platforms and their users keep proposals, which are made again as often as their authors like. */
const PROPOSALS = /^(?:pull|pull-requests|pr|merge-requests|mr)$/;
const PROPOSAL = /^(?:pull|pull-requests|pr|merge-requests|mr)\/\d+(?:\/|$)/;

/**
 * The name a branch has in every clone: `main` for `refs/heads/main` and `refs/remotes/origin/main`. Neither the
 * remote's name nor what a clone's configuration calls its upstream counts, since whoever hands over a clone chooses
 * both. Null for tags, pull requests and whatever else is no branch.
 */
export function branchNamed(ref: string): string | null {
  const [, remote, tracked] = OF_A_REMOTE.exec(ref) ?? [];
  const name = tracked ?? LOCAL.exec(ref)?.[1];
  if (name === undefined || PROPOSAL.test(name) || (remote !== undefined && PROPOSALS.test(remote)))
    return null;
  return name;
}
