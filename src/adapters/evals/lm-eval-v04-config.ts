import { sha256, type Sha256 } from '../../base/digest.ts';
import {
  isForeignObject,
  memberOf,
  numberTextOf,
  textOf,
  type ForeignJson,
} from '../../base/foreign-json.ts';
import { canonicalForeign } from './canonical-foreign.ts';

/**
 * Digest of what the harness was told to do: task configurations, shots, generation, prompts around the task. Two
 * models evaluated alike have the same digest, so what names the model or the machine is left out – the harness
 * writes the model's arguments into `configs.<task>.metadata` too.
 */
export function configDigest(root: ForeignJson): Sha256 {
  const configs = memberOf(root, 'configs');
  const parts = new Map<string, ForeignJson>([
    [
      'configs',
      isForeignObject(configs) ? new Map([...configs].map(([task, of]) => [task, withoutModel(of)])) : null,
    ],
    ...['n-shot', 'system_instruction_sha', 'chat_template_sha', 'fewshot_as_multiturn'].map(
      (key): [string, ForeignJson] => [key, memberOf(root, key) ?? null],
    ),
    ...['gen_kwargs', 'bootstrap_iters'].map((key): [string, ForeignJson] => [
      key,
      memberOf(root, 'config', key) ?? null,
    ]),
  ]);
  return sha256(canonicalForeign(parts));
}

const KEPT_METADATA = new Set(['version', 'num_fewshot']);

function withoutModel(config: ForeignJson): ForeignJson {
  const metadata = memberOf(config, 'metadata');
  if (!isForeignObject(config) || !isForeignObject(metadata)) return config;
  return new Map([...config, ['metadata', new Map([...metadata].filter(([key]) => KEPT_METADATA.has(key)))]]);
}

/** `random_seed`, `numpy_seed` and so on; a seed that was not set is no seed. Sorted by name. */
export function seedsOf(config: ForeignJson | undefined): { name: string; value: string }[] {
  if (!isForeignObject(config)) return [];
  return [...config]
    .filter(([name]) => name.endsWith('_seed'))
    .map(([name, value]) => ({ name, value: numberTextOf(value) ?? textOf(value) ?? '' }))
    .filter(({ value }) => value !== '')
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
