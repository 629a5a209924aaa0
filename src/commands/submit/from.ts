import { CannotTell } from '../../base/errors.ts';
import type { OptionSpec } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { escapeShown } from '../shared/escape.ts';

export const FROM_OPTION: OptionSpec = {
  flags: '--from <source>',
  description:
    'take the adapter or model from a folder, hf-cache:<folder>[@<revision>] or mlflow:<address>/<model>/<version>[#<folder>]',
};

/**
 * Lets `work` have the folder of what is submitted: one's own, or one that it was taken into and that goes afterwards.
 * @throws CannotTell USAGE unless exactly one of the two is named, and as taking does.
 */
export async function withModel<T>(
  { modelSources, scratch, terminal, environment }: Context,
  { adapter, from }: { readonly adapter: string | null; readonly from: string | null },
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const named = adapter ?? from;
  if (named === null || (adapter !== null && from !== null))
    throw new CannotTell('USAGE', 'what is submitted is named once: --adapter <folder>, or --from <source>');
  if (from === null || !/^(?:hf-cache|mlflow|oci):/.test(from)) return await work(named);
  const folder = await scratch.make();
  try {
    const token = environment['MODELSMITH_MLFLOW_TOKEN'] ?? null;
    const tell = (what: string): void => terminal.progress(escapeShown(what));
    const taken = await modelSources.take({ source: from, into: folder.path, token, tell });
    terminal.progress('');
    return await work(taken);
  } finally {
    terminal.progress('');
    await folder.remove();
  }
}
