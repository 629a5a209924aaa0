import type { RegistryPlace } from '../../domain/registry-place.ts';
import type { ModelRegistry } from '../../ports/registry.ts';
import type { RemoteParts } from './remote.ts';
import { ociLayout } from './layout.ts';

/** Opens registries of either kind. What speaks with one over the network is loaded where one is asked for. */
export function registries(parts: RemoteParts): (place: RegistryPlace) => Promise<ModelRegistry> {
  return async (place) =>
    place.kind === 'layout' ? ociLayout(place.folder) : (await import('./remote.ts')).ociRemote(place, parts);
}
