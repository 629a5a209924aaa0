import type { EntryHeader } from '../domain/entry.ts';
import { toIterationId, toSeconds, type LineName } from '../domain/names.ts';
import { allExceptions } from '../machine/exceptions.ts';
import { taintOf } from '../machine/taint.ts';
import type { Material } from './material.ts';
import type { Named, Observation } from './observation.ts';
import { isWithin } from './window.ts';

/** How much of what was submitted, or went on being waived, needed an exception. */
export function exceptionUse({ world, bundles, window }: Material): readonly Observation[] {
  const taint = taintOf(world);
  const use = (line: LineName, entry: EntryHeader, named: readonly Named[]): readonly Observation[] =>
    !isWithin(window, toSeconds(entry.time)) || taint.isTainted(entry)
      ? []
      : [
          {
            metric: 'exception-use',
            line,
            role: entry.role,
            counted: named.length === 0 ? 0 : 1,
            of: 1,
            named,
          },
        ];
  return [
    ...bundles.flatMap(({ iteration, record: { request } }) => {
      const about = toIterationId(iteration);
      const named = (request.exceptions ?? []).map((id) => ({
        about,
        what: `uses the exception ${id.slice(0, 12)}`,
      }));
      return use(iteration.line, request, named);
    }),
    ...allExceptions(world.tree).flatMap(({ exception }) => {
      const { line, renews, waives } = exception;
      if (renews === undefined) return [];
      const what = `renews the exception ${renews.slice(0, 12)}, which waives ${waives.join(', ')}`;
      return use(line, exception, [{ about: line, what }]);
    }),
  ];
}
