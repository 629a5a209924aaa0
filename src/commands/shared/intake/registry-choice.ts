import { CannotTell } from '../../../base/errors.ts';
import type { RepositoryId } from '../../../domain/names.ts';
import { readRegistryPlace, type RegistryPlace } from '../../../domain/registry-place.ts';
import type { RepositoryFacts } from '../../../ports/repository.ts';
import type { OptionSpec } from '../command.ts';
import type { Context } from '../context.ts';
import { shownSource } from '../../../domain/remote-address.ts';

export interface RegistryChoice {
  /** As it was typed; null where nothing was. */
  readonly registry: string | null;
  readonly plainHttp: boolean;
}

export const PLAIN_HTTP_OPTION: OptionSpec = {
  flags: '--plain-http',
  description: 'speak plain HTTP with the registry: anybody on the way can read and change it',
};

/** @throws CannotTell USAGE. */
export function registryNamed(text: string, plainHttp: boolean): RegistryPlace {
  const read = readRegistryPlace(text, plainHttp);
  if (read.ok) return read.place;
  throw new CannotTell('USAGE', `the registry ${read.why}`, { facts: [shownSource(text)] });
}

/** What the person named: with --registry, in the environment, or in his settings, for this repository before any. */
export async function namedRegistry(
  { environment, settings }: Pick<Context, 'environment' | 'settings'>,
  { registry, plainHttp }: RegistryChoice,
  repository: RepositoryId,
): Promise<RegistryPlace | null> {
  const typed = registry ?? environment['MODELSMITH_REGISTRY'] ?? '';
  if (typed !== '') return registryNamed(typed, plainHttp);
  const own = await settings.load();
  const set = own?.repositories?.[repository]?.registry ?? own?.registry;
  return set === undefined ? null : registryNamed(set, plainHttp);
}

/**
 * Where exports go: what the person named, else a folder beside the repository.
 * @throws CannotTell USAGE where it would lie in the repository, which is for evidence and not for weights.
 */
export async function exportRegistry(
  context: Context,
  choice: RegistryChoice,
  { id, facts }: { readonly id: RepositoryId; readonly facts: Pick<RepositoryFacts, 'workTree' | 'gitDir'> },
): Promise<RegistryPlace> {
  const { workTree, gitDir } = facts;
  const beside = { kind: 'layout', folder: `${workTree ?? gitDir}-registry` } as const;
  const place = (await namedRegistry(context, choice, id)) ?? beside;
  if (place.kind === 'remote') return place;
  const folder = context.files.absolute(place.folder);
  const inside = [workTree, gitDir].some((top) => top !== null && `${folder}/`.startsWith(`${top}/`));
  if (!inside) return { kind: 'layout', folder };
  throw new CannotTell('USAGE', 'the registry must lie outside the evidence repository', {
    facts: [folder],
    remedy: 'name another folder with --registry, or with MODELSMITH_REGISTRY',
  });
}
