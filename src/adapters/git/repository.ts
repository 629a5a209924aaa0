import type { ObjectReader } from '../../ports/objects.ts';
import type { GitRepository, RepositoryFacts } from '../../ports/repository.ts';
import { bringAlong, dirtyPaths } from './bring-along.ts';
import { discover } from './discover.ts';
import { factsOf } from './facts.ts';
import { keptReader } from './kept-reader.ts';
import { openObjects } from './objects.ts';
import { advance, currentBranch, fullName, refsUnder, remoteBranches, resolveCommit } from './refs.ts';
import { remotesOf } from './remotes.ts';
import { changedPaths, stageTree, writeCommit } from './staging.ts';
import { survey } from './survey.ts';

/**
 * Opens the repository that holds `directory`.
 * @throws CannotTell NO_REPOSITORY, NOT_PERMITTED, TOOL_MISSING.
 */
export async function openRepository(
  directory: string,
  ambient: NodeJS.ProcessEnv = process.env,
): Promise<GitRepository> {
  const found = await discover(directory, ambient);
  // What a repository is does not change under a command, and each question takes a process.
  let facts: Promise<RepositoryFacts> | null = null;
  const reader = keptReader(() => openObjects(found.git, found.objectFormat, found.gitDir, found));
  return {
    remotes: remotesOf(found, ambient),
    openObjects: reader,
    facts: () => (facts ??= factsOf(found)),
    survey: async (objects, options) => {
      const seen = await survey(found, objects, options);
      facts = Promise.resolve(seen.facts);
      return seen;
    },
    resolve: (revision) => resolveCommit(found, revision),
    fullName: (revision) => fullName(found, revision),
    remoteBranches: () => remoteBranches(found),
    currentBranch: () => currentBranch(found),
    stageTree: (parent, put, remove) =>
      withReader(reader(), (objects) => stageTree(found, objects, parent, put, remove)),
    changedPaths: (from, to) => withReader(reader(), (objects) => changedPaths(found, objects, from, to)),
    refsUnder: (prefix) => refsUnder(found, prefix),
    writeCommit: (bytes) => writeCommit(found, bytes),
    advance: (ref, expected, to) => advance(found, ref, expected, to),
    dirty: async (paths) => {
      const head = await resolveCommit(found, 'HEAD');
      return await withReader(reader(), (objects) => dirtyPaths(found, objects, head, paths));
    },
    bringAlong: (from, to, paths) =>
      withReader(reader(), (objects) => bringAlong(found, objects, from, to, paths)),
  };
}

async function withReader<T>(objects: ObjectReader, work: (objects: ObjectReader) => Promise<T>): Promise<T> {
  try {
    return await work(objects);
  } finally {
    await objects.close();
  }
}
