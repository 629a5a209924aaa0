import { CannotTell } from '../../../base/errors.ts';
import { readAddress, shownAddress } from '../../../domain/remote-address.ts';
import type { PushResult, Upstream } from '../../../ports/remote.ts';
import type { GitRepository } from '../../../ports/repository.ts';
import type { Context } from '../context.ts';
import { escapeShown, shellPath, shellWord } from '../terminal/escape.ts';
import { follow } from './take-in.ts';

/** What people call it: `origin main`. */
export function upstreamName({ remote, fetchFrom, branch }: Upstream): string {
  return escapeShown(`${remote ?? shownAddress(fetchFrom)} ${shortName(branch)}`);
}

/**
 * Said where git would take another branch for the upstream: a decision goes to the branch of its own name, since a branch made from
 * another one is often meant to come in by a pull request.
 */
export function otherBranchLines({ branch, configured }: Upstream): readonly string[] {
  return configured === null
    ? []
    : [
        `the branch there is ${escapeShown(shortName(branch))}; git pull here takes ${escapeShown(shortName(configured))}, which stays as it is`,
      ];
}

export function shortName(ref: string): string {
  return ref.replace(/^refs\/(heads|remotes)\//, '');
}

/** Where a branch is shared. @throws CannotTell USAGE where it is shared nowhere. */
export async function demandUpstream(
  context: Pick<Context, 'files'>,
  repository: GitRepository,
  ref: string,
  named: string | null,
): Promise<Upstream> {
  const { remotes } = repository;
  const names = await remotes.names();
  const read = named === null ? null : readAddress(named);
  const isPath =
    named !== null && !names.includes(named) && read?.ok === true && read.address.kind === 'file';
  const found = await remotes.upstream(ref, isPath ? context.files.absolute(read.address.path) : named);
  if (found !== null) return found;
  throw new CannotTell('USAGE', 'this clone has no remote to share with', {
    facts: names.length === 0 ? [] : [`remotes: ${names.join(', ')}`],
    remedy:
      names[0] === undefined
        ? 'git remote add origin <address>'
        : `modelsmith sync ${shellWord(names[0], 'remote')}`,
  });
}

/**
 * A folder of this machine that is pushed to runs programs of its own, and a clone's configuration can name any folder: so a
 * person has named it, or says yes. @throws CannotTell NOT_PERMITTED.
 */
export async function demandConsent(
  { terminal }: Pick<Context, 'terminal'>,
  repository: GitRepository,
  upstream: Upstream,
): Promise<void> {
  if (upstream.typed) return;
  const programs = await repository.remotes.startedByPush(upstream);
  if (programs.length === 0) return;
  const shown = programs.slice(0, 5).map((program) => escapeShown(program));
  const more = programs.length > shown.length ? [`and ${programs.length - shown.length} more`] : [];
  const refused = new CannotTell('NOT_PERMITTED', 'pushing to this folder starts programs that lie there', {
    facts: [...shown, ...more],
    place: { file: upstream.pushTo },
    remedy: `if you trust that folder, name it: modelsmith sync ${shellPath(upstream.pushTo)}`,
  });
  if (!terminal.interactive) throw refused;
  terminal.say(
    `${escapeShown(upstream.pushTo)} lies on this machine. A push there starts, with your rights:`,
  );
  for (const line of [...shown, ...more]) terminal.say(`  ${line}`);
  if (!(await terminal.confirm('push there?'))) throw refused;
}

/** Pushes, and has the remote-tracking ref follow where the branch itself was pushed. */
export async function pushTo(
  { terminal }: Pick<Context, 'terminal'>,
  repository: GitRepository,
  upstream: Upstream,
  commit: string,
  ref = upstream.branch,
): Promise<PushResult> {
  const result = await repository.remotes.push({
    to: upstream,
    commit,
    ref,
    onProgress: (line) => terminal.progress(escapeShown(line)),
  });
  terminal.progress('');
  const isThere = result.kind === 'pushed' || result.kind === 'same';
  if (isThere && ref === upstream.branch && upstream.tracking !== null)
    await follow(repository, upstream.tracking, commit);
  return result;
}
