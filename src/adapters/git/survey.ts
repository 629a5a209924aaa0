import { CannotTell } from '../../base/errors.ts';
import type { ObjectReader } from '../../ports/objects.ts';
import type { Survey, SurveyOptions } from '../../ports/repository.ts';
import type { FoundRepository } from './discover.ts';
import { factsOf, REPLACEMENTS } from './facts.ts';
import { isFullId } from './object-id.ts';
import {
  commitOf,
  commitsOf,
  fullName,
  listRefs,
  patternsFor,
  pick,
  refsUnder,
  resolveCommit,
} from './refs.ts';

/** Facts, the commit and the refs that judging begins with, from one listing, since each question takes a process. */
export async function survey(
  repository: FoundRepository,
  objects: ObjectReader,
  { revision, prefix }: SurveyOptions,
): Promise<Survey> {
  const isId = revision !== null && isFullId(revision, repository.objectFormat);
  const named = isId ? null : revision;
  const refs = await listRefs(repository, [
    REPLACEMENTS,
    ...(named === null ? [] : patternsFor(named)),
    ...(prefix === null ? [] : [prefix]),
  ]);
  const replacements = refs?.filter(({ ref }) => ref.startsWith(REPLACEMENTS)).map(({ ref }) => ref);
  const facts = await factsOf(repository, replacements);
  const under =
    prefix === null
      ? []
      : refs === null
        ? await refsUnder(repository, prefix)
        : await commitsOf(
            repository,
            refs.filter(({ ref }) => ref.startsWith(prefix)),
          );
  if (isId) return { facts, ref: null, commit: await commitWithId(objects, revision), under };
  if (named === null) return { facts, ref: null, commit: null, under };
  const found = refs === null ? null : pick(refs, named);
  if (found !== null) return { facts, ref: found.target, commit: await commitOf(repository, found), under };
  // A detached HEAD stands in no listing.
  return {
    facts,
    ref: await fullName(repository, named),
    commit: await resolveCommit(repository, named),
    under,
  };
}

/** The id itself where git calls it a commit: whatever bytes lie under it, reading them tells. */
async function commitWithId(objects: ObjectReader, id: string): Promise<string | null> {
  try {
    return (await objects.measure(id)).type === 'commit' ? id : null;
  } catch (error) {
    if (error instanceof CannotTell && error.code === 'OBJECT_MISSING') return null;
    throw error;
  }
}
