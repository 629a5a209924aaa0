import type { SideRef } from '../../../evidence/side-overrides.ts';
import { signedBrakes } from '../../../evidence/signed-brakes.ts';
import type { Context } from '../context.ts';
import type { Workspace } from '../opening/workspace.ts';

/** Those that bring what is not here and that somebody signed who may pull the brake, by what is in force here. */
export async function signedHere(
  context: Context,
  { repository, facts, verification, world, valid }: Workspace,
  sides: readonly SideRef[],
): Promise<readonly SideRef[]> {
  const objects = repository.openObjects();
  try {
    const fresh = sides.filter(({ commit }) => !verification.history.judged.has(commit));
    const idLength = facts.objectFormat === 'sha1' ? 40 : 64;
    return await signedBrakes(objects, context.verifier, fresh, {
      ...{ tree: world.tree, clock: valid.clock, idLength },
    });
  } finally {
    await objects.close();
  }
}
