import { CannotTell } from '../../base/errors.ts';
import { readCommit } from '../../evidence/history.ts';
import type { Judged } from '../shared/opening/workspace.ts';

/**
 * The commits a range names: `A..B` those reachable from B and not from A, anything else one commit.
 * @throws CannotTell NO_INPUT for a name that is not there.
 */
export async function commitsInRange(
  { repository, facts, verification }: Judged,
  range: string,
): Promise<ReadonlySet<string>> {
  const resolve = async (name: string): Promise<string> => {
    const id = await repository.resolve(name === '' ? 'HEAD' : name);
    if (id !== null) return id;
    throw new CannotTell('NO_INPUT', `there is no ${name} here`, {
      remedy: 'name branches, refs or full commit ids, as in <id>..main',
    });
  };
  const [from, to, extra] = range.split('..');
  if (from === undefined || to === undefined || extra !== undefined) return new Set([await resolve(range)]);
  const parents = new Map<string, readonly string[]>();
  const objects = repository.openObjects();
  try {
    for (const { id } of verification.commits) {
      const { commit } = await readCommit(objects, id, facts.objectFormat === 'sha1' ? 40 : 64);
      parents.set(id, commit?.parents ?? []);
    }
  } finally {
    await objects.close();
  }
  const excluded = reachable(parents, await resolve(from));
  return new Set([...reachable(parents, await resolve(to))].filter((id) => !excluded.has(id)));
}

function reachable(parents: ReadonlyMap<string, readonly string[]>, start: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const stack = [start];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    stack.push(...(parents.get(id) ?? []));
  }
  return seen;
}
