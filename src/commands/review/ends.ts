import { CannotTell } from '../../base/errors.ts';
import type { PrincipalName } from '../../domain/names.ts';
import { openObjections } from '../../machine/open-objections.ts';
import { standingOf } from '../../machine/standing.ts';
import type { Bundle, World } from '../../machine/world.ts';
import type { CommonOptions } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { findWho } from '../shared/opening/who.ts';

export type End = 'approve' | 'reject' | 'request-changes' | 'nothing';

/** What somebody who has read can decide: nothing without a key, and no approval where nothing waits for one of his. */
export function endsFor(world: World, bundle: Bundle, id: PrincipalName | null, at: number): readonly End[] {
  if (id === null) return ['nothing'];
  const standing = standingOf(world, bundle, at);
  const settles = openObjections(world, bundle, standing, at).some(
    ({ entry, author, others }) => others.includes(id) || (author && entry.principal === id),
  );
  const signs = settles || standing.gates.some(({ canSign }) => canSign.includes(id));
  return [...(signs ? (['approve'] as const) : []), 'reject', 'request-changes', 'nothing'];
}

/** Who reads, where a key of somebody enrolled is here: reading itself takes none. */
export async function readerOf(
  context: Context,
  world: World,
  common: CommonOptions,
): Promise<PrincipalName | null> {
  try {
    return (await findWho(context, world.law, common)).principal.id;
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    return null;
  }
}
