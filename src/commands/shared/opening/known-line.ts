import type { LineName } from '../../../domain/names.ts';
import { reason } from '../../../domain/reason.ts';
import { aliasesOf, linesOf, type World } from '../../../machine/world.ts';
import type { Outcome } from '../command.ts';
import { lineMeant } from './line-meant.ts';

/** The refusal of what takes a line that was ever promoted; null where it was. */
export function knownLine(
  world: World,
  line: LineName,
  headline: string,
): Extract<Outcome, { kind: 'refused' }> | null {
  if (aliasesOf(world.tree, line) !== null) return null;
  const meant = lineMeant(world, line);
  return {
    kind: 'refused',
    headline,
    reasons: [reason('NEVER_PROMOTED', { line, lines: linesOf(world.tree) })],
    ...(meant !== null && { next: [`did you mean ${meant}?`] }),
  };
}
