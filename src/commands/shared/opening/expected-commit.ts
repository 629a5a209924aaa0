import { CannotTell } from '../../../base/errors.ts';
import type { ObjectReader } from '../../../ports/objects.ts';
import type { RepositoryFacts } from '../../../ports/repository.ts';

/** A commit that is not here is no ancestor of anything here; another object was never meant. @throws CannotTell USAGE, BAD_DATA. */
export async function mustBeCommit(
  objects: ObjectReader,
  { objectFormat }: RepositoryFacts,
  id: string,
): Promise<void> {
  if (id.length !== (objectFormat === 'sha1' ? 40 : 64))
    throw new CannotTell('USAGE', '--expect-descends is no id of this repository', {
      facts: [id, `its ids are ${objectFormat}`],
      remedy: 'name the full id of a commit that the tip must descend from',
    });
  const type = await objects.read(id).then(
    (object) => object.type,
    (error: unknown) => {
      if (error instanceof CannotTell && error.code === 'OBJECT_MISSING') return 'missing';
      throw error;
    },
  );
  if (type === 'commit' || type === 'missing' || type === 'corrupt') return;
  throw new CannotTell('BAD_DATA', `${id} is a ${type}, not a commit`, {
    remedy: 'name the full id of a commit after --expect-descends',
  });
}
