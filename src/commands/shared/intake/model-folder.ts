import { CannotTell } from '../../../base/errors.ts';
import type { TakenModel } from '../../../ports/model-sources.ts';
import type { OptionSpec } from '../command.ts';
import type { Context } from '../context.ts';
import { escapeShown } from '../terminal/escape.ts';

export const FROM_OPTION: OptionSpec = {
  flags: '--from <source>',
  description:
    'take the adapter or model from a folder, oci://<host>/<repository>:<tag> or …@sha256:<digest>, oci:<layout>:<tag>, ' +
    'hf-cache:<folder>[@<revision>] or mlflow:<address>/<model>/<version>[#<folder>]',
};

export interface ModelChoice {
  readonly adapter: string | null;
  readonly from: string | null;
  readonly plainHttp: boolean;
}

/**
 * Lets `work` have the folder of a model: one's own, or one that it was taken into and that goes afterwards.
 * @throws CannotTell USAGE unless exactly one of the two is named, and as taking does.
 */
export async function withModel<T>(
  context: Context,
  { adapter, from, plainHttp }: ModelChoice,
  work: (taken: TakenModel) => Promise<T>,
): Promise<T> {
  const named = adapter ?? from;
  if (named === null || (adapter !== null && from !== null))
    throw new CannotTell('USAGE', 'the model is named once: --adapter <folder>, or --from <source>');
  if (from === null || !isSource(from)) return await work({ folder: named, submission: null, origin: null });
  return await takingModel(context, { source: from, plainHttp }, work);
}

/** The same for what is taken from elsewhere in any case. */
export async function takingModel<T>(
  { modelSources, scratch, terminal, environment }: Context,
  { source, plainHttp }: { readonly source: string; readonly plainHttp: boolean },
  work: (taken: TakenModel) => Promise<T>,
): Promise<T> {
  const folder = await scratch.make();
  try {
    const token = environment['MODELSMITH_MLFLOW_TOKEN'] ?? null;
    const tell = (what: string): void => terminal.progress(escapeShown(what));
    const taken = await modelSources.take({ source, into: folder.path, token, plainHttp, tell });
    terminal.progress('');
    return await work(taken);
  } finally {
    terminal.progress('');
    await folder.remove();
  }
}

/** The names that others give to what is read here; no folder is meant by them. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  huggingface: 'download it, and write hf-cache:<folder of the cache>/models--<owner>--<name>',
  hf: 'download it, and write hf-cache:<folder of the cache>/models--<owner>--<name>',
  docker: 'write oci://<host>/<repository>:<tag>',
  http: 'download it, and give the folder',
  https: 'download it, and give the folder',
  s3: 'download it, and give the folder',
};

/** @throws CannotTell USAGE for what somebody takes for a source that is none here. */
function isSource(text: string): boolean {
  const [, scheme = ''] = /^([a-z][a-z0-9-]*):/i.exec(text) ?? [];
  if (/^(?:hf-cache|mlflow|oci)$/.test(scheme)) return true;
  const meant = ELSEWHERE[scheme.toLowerCase()];
  if (meant === undefined) return false;
  throw new CannotTell('USAGE', 'this is no place that models are taken from', {
    facts: [text],
    remedy: meant,
  });
}
