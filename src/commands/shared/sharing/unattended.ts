import { CannotTell } from '../../../base/errors.ts';
import type { Push } from '../../../domain/own-settings.ts';
import { cannotTellJson } from '../explaining/cannot-tell.ts';
import type { Upstream } from '../../../ports/remote.ts';
import type { CommonOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { escapeShown } from '../terminal/escape.ts';
import { kept, type Signed } from './publish.ts';
import { pushSetting, shared } from './publishing.ts';
import { synchronise, type SyncEnd } from './synchronise.ts';

/** What machines do before and after they sign, where nobody sits who could be asked. */

/** Whether what is signed goes to the branch of others at once. @param push what was typed. */
async function isPushedUnattended(
  context: Context,
  push: Push | undefined,
  { directory }: CommonOptions,
): Promise<boolean> {
  if (push !== undefined) return push === 'direct';
  const repository = await context.git.open(directory);
  const tip = await repository.resolve('HEAD');
  const own = tip === null ? null : await pushSetting(await context.settings.load(), repository, tip);
  return own === null || own === 'direct';
}

/** Where the branch here is shared; null where it is shared with nobody, or nothing may be written. */
export async function sharedWith(
  context: Context,
  { directory, dryRun }: CommonOptions,
): Promise<Upstream | null> {
  const repository = await context.git.open(directory);
  const ref = await repository.currentBranch();
  return ref === null || dryRun ? null : await repository.remotes.upstream(ref, null);
}

/** So long a machine waits for others while nothing comes from them. */
export const PATIENCE_MS = 10_000;

export interface Together {
  readonly end: SyncEnd;
  /** Others do not take what is here. What they have counts here all the same. */
  readonly isDeclined: boolean;
}

/** Takes in what others did, and shares what is here where that goes to the branch at once. */
export async function synchroniseUnattended(
  context: Context,
  common: CommonOptions,
  upstream: Upstream,
  { machine, push }: { readonly machine: string; readonly push: Push | undefined },
): Promise<Together> {
  const author = { name: 'modelsmith', email: `${machine}@modelsmith.invalid` };
  const together = (pushes: boolean): Promise<SyncEnd> =>
    synchronise(context, common, {
      ...{ upstream, push: pushes, patience: PATIENCE_MS, author: () => Promise.resolve(author) },
    });
  const end = await together(await isPushedUnattended(context, push, common));
  return end.kind === 'declined'
    ? { end: await together(false), isDeclined: true }
    : { end, isDeclined: false };
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
