import { CannotTell } from '../../base/errors.ts';
import type { ModelSources } from '../../ports/model-sources.ts';
import { takeFromCache } from './hf-cache.ts';
import { takeFromMlflow } from './mlflow.ts';
import { takeFromRegistry, type OpenRegistry } from './registry.ts';
import { shownSource } from '../../domain/remote-address.ts';

/** Takes models from the cache of Hugging Face, from registries of MLflow, and from registries of OCI artifacts. */
export function modelSources(openRegistry: OpenRegistry): ModelSources {
  return {
    async take(order) {
      const [, scheme, rest = ''] = /^([a-z-]+):(.+)$/s.exec(order.source) ?? [];
      switch (scheme) {
        case 'hf-cache':
          return { folder: await takeFromCache(rest, order), submission: null, origin: null };
        case 'mlflow':
          return { folder: await takeFromMlflow(rest, order), submission: null, origin: null };
        case 'oci':
          return await takeFromRegistry(order, openRegistry);
        case undefined:
        default:
          throw new CannotTell('USAGE', 'this is no place that models are taken from', {
            facts: [shownSource(order.source)],
            remedy:
              'give a folder, hf-cache:<folder>[@<revision>], mlflow:<address>/<model>/<version>[#<folder>] or ' +
              'oci://<host>/<repository>:<tag>',
          });
      }
    },
  };
}
