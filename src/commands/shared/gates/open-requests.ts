import { openObjections } from '../../../machine/open-objections.ts';
import { standingOf } from '../../../machine/standing.ts';
import type { Bundle, World } from '../../../machine/world.ts';
import { counted } from '../views/notices.ts';

/** Change requests that nobody has settled, a sentence each: whose turn it is. @param at seconds since 1970. */
export function openRequests(world: World, bundle: Bundle, at: number): readonly string[] {
  return openObjections(world, bundle, standingOf(world, bundle, at), at).flatMap(({ entry, responses }) => {
    if (entry.act !== 'request-changes') return [];
    const asked = `${entry.principal} asked for changes at ${entry.gate} on ${entry.time.slice(0, 10)}`;
    const turn =
      responses.length === 0
        ? 'nobody has answered yet'
        : `${counted(responses.length, 'answer')}, to be looked at again`;
    return [`${asked}; ${turn} (modelsmith log ${entry.iteration})`];
  });
}
