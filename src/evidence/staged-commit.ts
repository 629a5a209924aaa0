import { CannotTell } from '../base/errors.ts';
import type { CommitUnderJudgement, JudgedParent } from '../judge/judgement.ts';
import type { GitRepository } from '../ports/repository.ts';
import type { SignatureVerifier } from '../ports/signatures.ts';
import { CommitFacts } from './commit-facts.ts';
import { readCommit } from './history.ts';

/** A commit just written, that nobody can see yet, read back as if a stranger had sent it. @param parents null for a root. */
export async function readStaged(
  repository: GitRepository,
  verifier: SignatureVerifier,
  id: string,
  parents: readonly JudgedParent[] | null,
): Promise<CommitUnderJudgement> {
  const { objectFormat } = await repository.facts();
  const objects = repository.openObjects();
  try {
    const { commit, fault } = await readCommit(objects, id, objectFormat === 'sha1' ? 40 : 64);
    if (commit === null)
      throw new Error(`the commit just written cannot be read: ${fault?.code ?? 'no reason'}`);
    return await new CommitFacts(objects, verifier, objectFormat).gather(id, commit, parents);
  } finally {
    await objects.close();
  }
}

/** @throws CannotTell CANNOT_CREATE where the user has changes of his own in a file to be written. */
export async function refuseDirty(repository: GitRepository, paths: readonly string[]): Promise<void> {
  const own = await repository.dirty(paths);
  if (own.length === 0) return;
  throw new CannotTell('CANNOT_CREATE', 'you have changes of your own in files that this would write', {
    facts: own,
    remedy: 'move them away (git stash, or copy them elsewhere) and run the command again',
  });
}

/**
 * Moves a branch to a commit that was judged, with what is checked out. @returns files left alone because the user changed
 * them meanwhile. @throws CannotTell CANNOT_CREATE as `refuseDirty`, RACE_LOST.
 */
export async function moveBranch(
  repository: GitRepository,
  ref: string,
  from: string,
  to: string,
): Promise<readonly string[]> {
  const { workTree } = await repository.facts();
  const paths = workTree === null ? [] : await repository.changedPaths(from, to);
  await refuseDirty(repository, paths);
  await repository.advance(ref, from, to);
  return await repository.bringAlong(from, to, paths);
}
