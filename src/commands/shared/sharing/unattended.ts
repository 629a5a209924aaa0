import { CannotTell } from '../../../base/errors.ts';
import type { Push } from '../../../domain/own-settings.ts';
import { cannotTellJson } from '../explaining/cannot-tell.ts';
import type { CommonOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { escapeShown } from '../terminal/escape.ts';
import { kept, type Signed } from './publish.ts';
import { shared } from './publishing.ts';
import { synchronise, type SyncEnd } from './synchronise.ts';

/** What machines do before and after they sign, where nobody sits who could be asked. */

/** Takes in what others did and shares what is here. @returns null where the branch is shared with nobody, or nothing may be written. */
export async function synchroniseUnattended(
  context: Context,
  common: CommonOptions,
  machine: string,
): Promise<SyncEnd | null> {
  const repository = await context.git.open(common.directory);
  const ref = await repository.currentBranch();
  const upstream = ref === null ? null : await repository.remotes.upstream(ref, null);
  if (upstream === null || common.dryRun) return null;
  const author = { name: 'modelsmith', email: `${machine}@modelsmith.invalid` };
  return await synchronise(context, common, { upstream, push: true, author: () => Promise.resolve(author) });
}

export interface PushEnd {
  readonly json: object;
  readonly lines: readonly string[];
  readonly well: boolean;
}

/** What is signed is signed; that it could not be shared is told, and the next round shares it. */
export async function pushUnattended(
  context: Context,
  push: Push | undefined,
  common: CommonOptions,
  signed: Signed,
): Promise<PushEnd | null> {
  try {
    const own = await context.settings.load();
    const end = await shared(context, { push }, common, own, signed);
    if (end === null) return null;
    if ('lines' in end) return { ...end, well: true };
    const lines = [
      end.kind === 'refused' ? `not pushed: ${end.headline}` : 'not pushed',
      'next: modelsmith sync',
    ];
    return { json: { pushed: false }, lines, well: false };
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    const told = kept(signed, error);
    return {
      json: { pushed: false, error: cannotTellJson(told) },
      lines: [escapeShown(told.message)],
      well: false,
    };
  }
}
