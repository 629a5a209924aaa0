import { CannotTell } from '../../base/errors.ts';
import type { CommonOptions } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { shownOf } from '../shared/shown.ts';
import { synchroniseUnattended } from '../shared/unattended.ts';
import { openWorkspace } from '../shared/workspace.ts';
import type { Ground } from './round.ts';

/** What the branch here says. */
export async function groundHere(context: Context, common: CommonOptions): Promise<Ground> {
  const { world, valid, verification } = await openWorkspace(context, common);
  return {
    world,
    at: Math.max(context.now(), valid.clock),
    isVoid: verification.findings.length > 0,
    known: [verification],
  };
}

/**
 * The same after what others did was taken in, where the branch is shared. What they have and is not valid is not taken in; the
 * brakes on it are obeyed all the same.
 */
export async function groundEverywhere(context: Context, common: CommonOptions): Promise<Ground> {
  const end = await synchroniseUnattended(context, common, 'reconcile').catch((error: unknown) => {
    if (error instanceof CannotTell && error.code === 'UNREACHABLE') return null;
    throw error;
  });
  // Brakes and repairs of what is known here do not wait for others.
  if (end === null) return await groundHere(context, common);
  if (end.kind === 'done') return await groundHere(context, common);
  const shown = end.kind === 'findings' ? shownOf(end.verification) : null;
  if (shown === null)
    throw new CannotTell('RACE_LOST', 'what is here and what others have do not go together', {
      remedy: 'modelsmith sync   (shows why)',
    });
  return { world: shown.world, at: Math.max(context.now(), shown.valid.clock), isVoid: true, known: [] };
}
