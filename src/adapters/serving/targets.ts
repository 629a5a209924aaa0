import type { NamedTarget } from '../../domain/target.ts';
import type { DriverParts, TargetDriver } from '../../ports/targets.ts';
import { directoryDriver } from './directory.ts';
import { kserveDriver } from './kserve.ts';
import { registryDriver } from './registry-tag.ts';
import { vllmDriver } from './vllm.ts';
import { webhookDriver } from './webhook.ts';

/** What reaches a target, by its kind. */
export function targetDriver(named: NamedTarget, parts: DriverParts): TargetDriver {
  const { target } = named;
  switch (target.kind) {
    case 'vllm':
      return vllmDriver(target, parts);
    case 'kserve':
      return kserveDriver(target, parts);
    case 'webhook':
      return webhookDriver(named, target, parts);
    case 'directory':
      return directoryDriver(target, parts);
    case 'registry':
      return registryDriver(target, parts);
    case 'external':
      throw new Error('nobody reaches an external target');
  }
}
