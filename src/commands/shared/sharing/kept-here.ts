import { CannotTell } from '../../../base/errors.ts';
import type { Command, CommonOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { upstreamName } from './upstream.ts';

/** A verb whose commit is not pushed by itself: where the branch is shared, it says so, and what shares it. */
export function keptHere<Input extends object>(command: Command<Input>): Command<Input> {
  return {
    ...command,
    run: async (context, input, common) => {
      const outcome = await command.run(context, input, common);
      if (outcome.kind !== 'yes' || !('commit' in outcome.json) || typeof outcome.json.commit !== 'string')
        return outcome;
      const name = await sharedAs(context, common);
      return name === null
        ? outcome
        : {
            ...outcome,
            text: (view) => `${outcome.text(view)}\nnot pushed to ${name}; to share it: modelsmith sync`,
          };
    },
  };
}

/** Null where the branch is shared nowhere, and where that cannot be told: what is signed is signed all the same. */
async function sharedAs({ git }: Context, { directory }: CommonOptions): Promise<string | null> {
  try {
    const repository = await git.open(directory);
    const ref = await repository.currentBranch();
    const upstream = ref === null ? null : await repository.remotes.upstream(ref, null);
    return upstream === null ? null : upstreamName(upstream);
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    return null;
  }
}
