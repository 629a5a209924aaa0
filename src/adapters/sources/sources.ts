import { CannotTell } from '../../base/errors.ts';
import type { ModelSources } from '../../ports/model-sources.ts';
import { takeFromCache } from './hf-cache.ts';
import { takeFromMlflow } from './mlflow.ts';

/** Takes models from the cache of Hugging Face and from registries of MLflow. */
export const modelSources: ModelSources = {
  async take(order) {
    const [, scheme, rest = ''] = /^([a-z-]+):(.+)$/s.exec(order.source) ?? [];
    switch (scheme) {
      case 'hf-cache':
        return await takeFromCache(rest, order);
      case 'mlflow':
        return await takeFromMlflow(rest, order);
      case undefined:
      default:
        throw new CannotTell('USAGE', 'this is no place that models are taken from', {
          facts: [order.source],
          remedy:
            'give a folder, hf-cache:<folder>[@<revision>] or mlflow:<address>/<model>/<version>[#<folder>]',
        });
    }
  },
};
